"""The states and moves of an improvement task (治理任务, Art. 19). Pure."""

from __future__ import annotations

from common.records.moves import Move, MoveTable
from workflow.states import ENDED

STATUSES = {
    "unowned": "待定责任",
    "at_work": "治理中",
    "reported": "待验收",
    "accepted": "已完成",
    "dropped": "已撤销",
}
OPEN = ("unowned", "at_work", "reported")
VERBS = {
    "open": "立项",
    "join": "又发生一件",
    "name_owner": "定责任和期限",
    "plan": "写治理措施",
    "report": "报告完成",
    "accept": "验收通过",
    "send_back": "退回再治理",
    "extend": "延长期限",
    "drop": "撤销任务",
    "flag_overdue": "到期提醒",
}
SYSTEM_VERBS = ("open", "join", "flag_overdue")
MOVES = MoveTable(
    (
        Move("open", ("",), ("unowned",)),
        Move("join", OPEN, ()),
        Move("name_owner", ("unowned", "at_work"), ("at_work",)),
        Move("plan", ("at_work",), ()),
        Move("report", ("at_work",), ("reported",)),
        Move("accept", ("reported",), ("accepted",)),
        Move("send_back", ("reported",), ("at_work",)),
        Move("extend", ("at_work",), ()),
        Move("drop", OPEN, ("dropped",)),
        Move("flag_overdue", OPEN, ()),
    ),
    labels=STATUSES,
    verbs=VERBS,
)

SOURCES = {"recurrence": "反复发生"}
NONE_AT_ALL = tuple(
    status for status in ENDED if status != "closed"
)  # was no matter of its own: does not count
THREE = 3  # so many cases of one line make a task (the city's default, docs/decisions/0027)
NAMING, MENDING = "improvement_naming", "improvement"  # the rows of the step limits
