"""The states and moves of a supervision order (督办单, Art. 17, 18). Pure."""

from __future__ import annotations

from common.records.moves import Move, MoveTable, along

STATUSES = {
    "issued": "待签收",
    "received": "待答复",
    "answered": "待审核",
    "accepted": "已通过",
    "lifted": "已撤销",
}
OPEN = ("issued", "received", "answered")
WAITING = ("issued", "received")  # the addressee has the next move, and a clock
VERBS = {
    "issue": "下达督办",
    "receive": "签收督办",
    "answer": "答复督办",
    "accept": "通过答复",
    "send_back": "退回重答",
    "lift": "撤销督办",
    "climb": "逾期未答，升级",
    "lift_with_case": "事项已结束，自动撤销",
}
SYSTEM_VERBS = ("climb", "lift_with_case")
ORDER_MOVES = MoveTable(
    (
        Move("issue", ("",), ("issued",)),
        Move("receive", ("issued",), ("received",)),
        Move("answer", WAITING, ("answered",)),
        Move("accept", ("answered",), ("accepted",)),
        Move("send_back", ("answered",), ("received",)),
        Move("lift", OPEN, ("lifted",)),
        along("climb", {(status, status) for status in WAITING}),
        Move("lift_with_case", OPEN, ("lifted",)),
    ),
    labels=STATUSES,
    verbs=VERBS,
)

GROUNDS = {
    "red_light": "严重超期（红灯）",
    "failed_checks": "三次核查未通过",
    "by_hand": "机构或主管部门督办",
}
EFFECTS = {
    "none": "说明清楚，不作处理",
    "notice": "通报",
    "talk": "约谈",
    "assessment": "计入考核",
}
ANSWER_STEP = "supervision_order"  # the row of the step limits
