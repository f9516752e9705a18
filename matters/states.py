"""The life of a proposal on one screen (Art. 14, 16). Pure.

Admission and adjustment go through all stations. An exit needs no review. A temporary admission is decided at once and
ends by itself. The next edition lists what was adopted.
"""

from __future__ import annotations

from common.records.moves import Move, MoveTable
from filing import life as filing

KINDS = {"admit": "准入", "adjust": "调整", "exit": "退出", "temporary": "临时准入"}
STATUSES = {
    "drafting": "起草中",
    "formal_check": "形式审查",
    "legal_review": "合法性审查",
    "joint_review": "会审中",
    "deciding": "待主管部门决定",
    "noticed": "公示中",
    "adopted": "待列入清单",
    "listed": "已列入清单",
    "barred": "禁止纳入",
    "refused": "不予同意",
    "withdrawn": "已撤回",
}
ENDED = ("listed", "barred", "refused", "withdrawn")
OPEN = tuple(status for status in STATUSES if status not in ENDED)
BEFORE_DECISION = ("formal_check", "legal_review", "joint_review", "deciding")
VERBS = {
    "propose": "起草申请",
    "revise": "修改申请",
    "submit": "提交申请",
    "return_proposal": "退回补充",
    "pass_check": "形式审查通过",
    "clear": "合法性审查通过",
    "bar": "认定禁止纳入",
    "vote": "会审表决",
    "recuse": "回避",
    "close_review": "结束会审",
    "consent": "同意纳入",
    "refuse": "不予同意",
    "reconsider": "重新决定",
    "end_notice": "公示期满",
    "enlist": "列入清单",
    "withdraw": "撤回申请",
}
PROPOSAL_MOVES = MoveTable(
    [
        Move("propose", ("",), ("drafting",)),
        Move("revise", ("drafting",), ("drafting",)),
        Move("submit", ("drafting",), ("formal_check",)),
        Move("return_proposal", ("formal_check", "legal_review"), ("drafting",)),
        Move("pass_check", ("formal_check",), ("legal_review", "deciding")),
        Move("clear", ("legal_review",), ("joint_review", "deciding")),
        Move("bar", ("legal_review",), ("barred",)),
        Move("vote", ("joint_review",), ("joint_review", "deciding")),
        Move("recuse", ("joint_review",), ("joint_review", "deciding")),
        Move("close_review", ("joint_review",), ("deciding",)),
        Move("consent", ("deciding",), ("noticed", "adopted")),
        Move("refuse", ("deciding",), ("refused",)),
        Move("reconsider", ("noticed", "adopted"), ("deciding",)),
        Move("end_notice", ("noticed",), ("adopted",)),
        Move("enlist", ("adopted",), ("listed",)),
        Move("withdraw", ("drafting", *BEFORE_DECISION), ("withdrawn",)),
    ],
    labels=STATUSES,
    verbs=VERBS,
)
SYSTEM_VERBS = ("end_notice", "enlist")

# The stations of each kind, in order.
PATHS: dict[str, tuple[str, ...]] = {
    "admit": ("drafting", "formal_check", "legal_review", "joint_review", "deciding", "noticed", "adopted", "listed"),
    "adjust": ("drafting", "formal_check", "legal_review", "joint_review", "deciding", "noticed", "adopted", "listed"),
    "exit": ("drafting", "formal_check", "deciding", "adopted", "listed"),
    "temporary": ("drafting", "formal_check", "legal_review", "deciding", "adopted", "listed"),
}  # fmt: skip

ANSWERS = {"waiting": "待表决", "for": "赞成", "against": "反对", "abstain": "弃权", "recused": "回避"}
VOTES = ("for", "against", "abstain")

REQUEST_STATUSES = {"handed": "待办", "done": "已办", "refused": "已拒绝"}
REQUEST_VERBS = {"hand": "派给网格", "do": "办好了", "turn_down": "拒绝清单外任务"}
REQUEST_MOVES = MoveTable(
    [
        Move("hand", ("",), ("handed",)),
        Move("do", ("handed",), ("done",)),
        Move("turn_down", ("handed",), ("refused",)),
    ],
    labels=REQUEST_STATUSES,
    verbs=REQUEST_VERBS,
)

FILING_STATUSES, FILING_MOVES = filing.STATUSES, filing.MOVES


def next_on_path(kind: str, status: str) -> str:
    """Returns the station after ``status`` for a proposal of this kind."""
    path = PATHS[kind]
    return path[path.index(status) + 1]
