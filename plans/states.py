"""The statuses and moves of a plan and of its filing (Art. 7). Pure.

County and townships draft together (会同), the county approves and publishes, the city receives the filing. Filing
never delays effect, so it has its own table.
"""

from __future__ import annotations

from common.records.moves import Move, MoveTable
from filing import life as filings

STATUSES = {
    "drafting": "起草中",
    "consulting": "会签中",
    "agreed": "会签完成",
    "approved": "已批准",
    "published": "已公布",
    "in_force": "已生效",
    "withdrawn": "已撤回",
}
ENDED = ("in_force", "withdrawn")
OPEN = tuple(status for status in STATUSES if status not in ENDED)
PUBLIC = ("published", "in_force")
# From approval on, a plan's grids have codes and the plan can no longer be changed.
SETTLED = ("approved", "published")

VERBS = {
    "draft": "起草",
    "change": "修改",
    "submit": "提交会签",
    "consent": "同意",
    "object": "不同意",
    "return_to_draft": "退回起草",
    "approve": "批准",
    "publish": "公布",
    "withdraw": "撤回",
    "come_into_force": "生效",
    **filings.VERBS,
}

PLAN_MOVES = MoveTable(
    [
        Move("draft", ("",), ("drafting",)),
        Move("change", ("drafting",), ("drafting",)),
        Move("submit", ("drafting",), ("consulting",)),
        Move("consent", ("consulting",), ("consulting", "agreed")),
        Move("object", ("consulting",), ("drafting",)),
        Move("return_to_draft", ("consulting", "agreed"), ("drafting",)),
        Move("approve", ("agreed",), ("approved",)),
        Move("publish", ("approved",), ("published",)),
        Move("withdraw", OPEN, ("withdrawn",)),
        Move("come_into_force", ("published",), ("in_force",)),
    ],
    labels=STATUSES,
    verbs=VERBS,
)
SYSTEM_VERBS = ("come_into_force",)


def filing_allows(verb: str, *, filing: str, plan: str) -> bool:
    """Whether the status allows a filing's verb; a plan withdrawn before its day is no longer filed."""
    return filings.MOVES.allows(verb, status=filing) and not (verb == "send_filing" and plan == "withdrawn")
