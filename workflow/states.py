"""The life of a case on one screen (Art. 17–19). Pure.

`CASE_MOVES` says when a verb is allowed, `CLOCKS` which step limit runs in a status, and `HOLDERS` who has the case
there. The trigger in the database is built from the same edges.
"""

from __future__ import annotations

from common.records.moves import Move, MoveTable, along, back
from workflow.share_states import SHARE_VERBS

STATUSES = {
    "self_handling": "网格员自办",
    "awaiting_leader": "待网格长接办",
    "coordinating": "网格长协调",
    "awaiting_acceptance": "待受理",
    "returned_for_correction": "退回补正",
    "awaiting_assignment": "待交办",
    "awaiting_signature": "待签收",
    "return_review": "退单审核",
    "conference": "会商",
    "in_hand": "办理中",
    "extension_review": "延期审批",
    "shelving_review": "挂账审批",
    "shelved": "挂账",
    "awaiting_verification": "待核查",
    "rework": "返工",
    "awaiting_rating": "待评价",
    "closed": "已结案",
    "refused": "不予受理",
    "withdrawn": "已撤回",
    "void": "已作废",
    "merged": "重复并案",
}

ENDED = ("closed", "refused", "withdrawn", "void", "merged")
OPEN = tuple(status for status in STATUSES if status not in ENDED)

# Statuses in which somebody works on the matter itself: their due time is the promise made to the resident.
WORKING = ("self_handling", "coordinating", "in_hand", "rework")

VERBS = {
    "report": "上报",
    "settle": "办结",
    "pass_to_leader": "转网格长",
    "take_up": "接办",
    "send_up": "上报乡镇街道",
    "return_for_correction": "退回补正",
    "resubmit": "重报",
    "withdraw": "撤回",
    "accept": "受理",
    "refuse": "不予受理",
    "escalate": "升级",
    "assign": "交办",
    "undo": "撤销",
    "sign": "签收",
    "hand_back": "申请退单",
    "uphold_return": "同意改派",
    "reject_return": "驳回退单",
    "convene": "召集会商",
    "name_lead": "裁定主办",
    "reassign": "改派",
    "ask_extension": "申请延期",
    "grant_extension": "同意延期",
    "refuse_extension": "不同意延期",
    "ask_shelving": "申请挂账",
    "grant_shelving": "同意挂账",
    "refuse_shelving": "不同意挂账",
    "resume": "恢复办理",
    "press": "催办",
    "take_charge": "我来接",
    "feed_back": "办结反馈",
    "pass_check": "核查通过",
    "fail_check": "返工",
    "rate": "评价",
    "join": "增加协办",
    "ask_join": "申请协办",
    "void": "作废",
    "merge": "并案",
    "supplement": "补充",
    "unlink": "不是复发",
    "escalate_overdue": "超期自动升级",
    "lapse_correction": "逾期未补正自动撤回",
    "close_unrated": "未评价自动结案",
    "resume_when_due": "挂账到期自动恢复",
}

# Events of the platform that do not move the case. Events of the clock and what is added to a report keep the version,
# so that open pages stay valid; a hand-over and a change of desk change whose turn it is, so they raise the version.
CLOCK_NOTES = {
    "call": "紧急叫人",
    "remind": "临期提醒",
    "flag_overdue": "超期认定",
    "report_up": "超期报上一级",
    "raise_supervision": "列入督办",
    "replan": "期限重新推算",
}
NOTES = {
    "hand_over": "移交",
    "change_desk": "登记区划变更，改由新辖区负责",
    "gather": "并入重复上报",
    **SHARE_VERBS,
    **CLOCK_NOTES,
}
PASSED_UP = (
    "send_up",
    "escalate",
    "escalate_overdue",
)  # who has the case changes; nothing has been done about it
KEEPS_VERSION = (
    *(*CLOCK_NOTES, *SHARE_VERBS),
    *("supplement", "press", "take_charge", "convene", "gather", "join", "ask_join", "unlink"),
)
# Where an urgent case waits for somebody who takes it: whoever is on duty is called there.
CALLED_IN = ("awaiting_acceptance", "awaiting_signature", "return_review")
# A unit at work: with the case in its hands, and while somebody decides what it has asked for.
AT_WORK = ("in_hand", "rework")
REVIEWS = ("extension_review", "shelving_review")
# The statuses in which a unit leads, whoever's turn it is.
WITH_LEAD = ("awaiting_signature", "return_review", "conference", *AT_WORK, *REVIEWS, "shelved")

FORWARD = (
    # Discovery and work inside the grid, Art. 18 first paragraph.
    Move("report", ("",), ("self_handling", "awaiting_leader", "awaiting_acceptance")),
    Move("settle", ("self_handling", "coordinating"), ("awaiting_verification",)),
    Move("pass_to_leader", ("self_handling",), ("awaiting_leader",)),
    Move("take_up", ("awaiting_leader",), ("coordinating",)),
    Move("send_up", ("awaiting_leader", "coordinating"), ("awaiting_acceptance",)),
    Move(
        "return_for_correction",
        ("awaiting_leader", "coordinating", "awaiting_acceptance"),
        ("returned_for_correction",),
    ),
    Move("resubmit", ("returned_for_correction",), ("awaiting_leader", "awaiting_acceptance")),
    Move(
        "withdraw",
        ("self_handling", "awaiting_leader", "awaiting_acceptance", "returned_for_correction"),
        ("withdrawn",),
    ),
    # The institutions, Art. 18 second paragraph and Art. 19.
    Move("accept", ("awaiting_acceptance",), ("awaiting_assignment",)),
    Move("refuse", ("awaiting_acceptance",), ("refused",)),
    Move("escalate", ("awaiting_acceptance", "awaiting_assignment"), ("awaiting_acceptance",)),
    Move("assign", ("awaiting_assignment",), ("awaiting_signature",)),
    # The responsible unit.
    Move("sign", ("awaiting_signature",), ("in_hand",)),
    Move("hand_back", ("awaiting_signature", "in_hand"), ("return_review", "conference")),
    Move("uphold_return", ("return_review",), ("awaiting_signature",)),
    Move("reject_return", ("return_review",), ("awaiting_signature", "in_hand")),
    Move("convene", ("conference",), ()),
    Move("name_lead", ("conference",), ("awaiting_signature", "in_hand")),
    Move("reassign", ("awaiting_signature", *AT_WORK), ("awaiting_signature",)),
    Move("ask_extension", AT_WORK, ("extension_review",)),
    Move("grant_extension", ("extension_review",), AT_WORK),
    Move("refuse_extension", ("extension_review",), AT_WORK),
    Move("ask_shelving", AT_WORK, ("shelving_review",)),
    Move("grant_shelving", ("shelving_review",), ("shelved",)),
    Move("refuse_shelving", ("shelving_review",), AT_WORK),
    Move("resume", ("shelved",), AT_WORK),
    Move("feed_back", (*AT_WORK, "extension_review"), ("awaiting_verification",)),
    # Verification by somebody other than the handler, rating, closing.
    Move("pass_check", ("awaiting_verification",), ("closed", "awaiting_rating")),
    Move("fail_check", ("awaiting_verification",), ("rework", "coordinating", "self_handling")),
    Move("rate", ("awaiting_rating",), ("closed", "rework", "coordinating", "self_handling")),
    Move("supplement", OPEN, ()),
    Move("press", OPEN, ()),
    Move("take_charge", CALLED_IN, ()),
    Move("unlink", OPEN, ()),
    # Joint handling: the units that assist each have a share with a life of its own (share_states.py).
    Move("join", ("awaiting_signature", *AT_WORK, "extension_review"), ()),
    Move("ask_join", AT_WORK, ()),
    Move("void", OPEN, ("void",)),
    Move("merge", ("awaiting_leader", "awaiting_acceptance", "awaiting_assignment"), ("merged",)),
    # The clock's own verbs.
    along(
        "escalate_overdue",
        {
            ("self_handling", "awaiting_leader"),
            ("self_handling", "awaiting_acceptance"),  # a clue passes the leader by
            ("awaiting_leader", "awaiting_acceptance"),
            ("coordinating", "awaiting_acceptance"),
            ("awaiting_acceptance", "awaiting_acceptance"),
            ("awaiting_assignment", "awaiting_acceptance"),
            ("return_review", "return_review"),
        },
    ),
    Move("lapse_correction", ("returned_for_correction",), ("withdrawn",)),
    Move("close_unrated", ("awaiting_rating",), ("closed",)),
    Move("resume_when_due", ("shelved",), AT_WORK),
)
# What its author may take back for ten seconds. Acceptance and assignment in one step are one act.
UNDOABLE = ("accept", "assign", "pass_check", "fail_check", "rate")
ONE_ACT = ("accept", "assign")
TAKEN_BACK = {edge for move in FORWARD if move.verb in UNDOABLE for edge in move.edges()} | {
    ("awaiting_acceptance", "awaiting_signature")
}
CASE_MOVES = MoveTable((*FORWARD, back("undo", TAKEN_BACK)), labels=STATUSES, verbs=VERBS)

# Verbs that lead back to a stay, and the verb that interrupted it: its clock goes on with what was left.
GOES_ON = {
    "resubmit": "return_for_correction",
    **dict.fromkeys(("reject_return", "name_lead"), "hand_back"),
    **dict.fromkeys(("grant_extension", "refuse_extension"), "ask_extension"),
    **dict.fromkeys(("refuse_shelving", "resume", "resume_when_due"), "ask_shelving"),
}

SYSTEM_VERBS = ("escalate_overdue", "lapse_correction", "close_unrated", "resume_when_due")
HUMAN_VERBS = tuple(verb for verb in CASE_MOVES.moves if verb not in SYSTEM_VERBS)

# Which row of the step limits runs in a status. "matter" is the matter's own limit; None means that the case ended.
CLOCKS: dict[str, str | None] = {
    "self_handling": "self_handling",
    "awaiting_leader": "awaiting_leader",
    "coordinating": "coordinating",
    "awaiting_acceptance": "awaiting_acceptance",
    "returned_for_correction": "returned_for_correction",
    "awaiting_assignment": "awaiting_assignment",
    "awaiting_signature": "awaiting_signature",
    "return_review": "return_review",
    "conference": "conference",
    "in_hand": "matter",
    "extension_review": "extension_review",
    "shelving_review": "shelving_review",
    "shelved": "shelved",  # until the day of review that was agreed
    "awaiting_verification": "awaiting_verification",
    "rework": "rework",
    "awaiting_rating": "awaiting_rating",
} | dict.fromkeys(ENDED, None)

HOLDERS: dict[str, str] = {
    "self_handling": "worker",
    "awaiting_leader": "leader",
    "coordinating": "leader",
    "awaiting_acceptance": "desk",
    "returned_for_correction": "reporter",
    "awaiting_assignment": "desk",
    "awaiting_signature": "unit",
    "return_review": "desk",
    "conference": "desk",
    "in_hand": "unit",
    "extension_review": "desk",
    "shelving_review": "desk",
    "shelved": "unit",
    "awaiting_verification": "verifier",
    "rework": "unit",
    "awaiting_rating": "resident",
}

LEVELS = ("township", "county", "city")
BINDING_RETURN = 2  # the second return calls a conference one level up, whose ruling is binding (Art. 17)
LEVEL_NAMES = {"township": "乡镇街道", "county": "县区", "city": "市"}


def taken_back(source: str, target: str) -> str:
    """Returns the word for what an undo from ``source`` to ``target`` took back: ``受理交办``, ``核查通过``."""
    words = [VERBS[verb] for verb in UNDOABLE if CASE_MOVES.moves[verb].leads(target, source)]
    return words[0] if words else "".join(VERBS[verb] for verb in ONE_ACT)


def level_above(level: str) -> str | None:
    """Returns the next level in the order township → county → city, or None above the city (Art. 18)."""
    position = LEVELS.index(level) + 1
    return LEVELS[position] if position < len(LEVELS) else None
