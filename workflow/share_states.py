"""The life of an assisting unit's share of a joint case, on one screen (联办, Art. 17). Pure.

The leading unit has no share of this kind: its state is the case's. The trigger in the database is built from the same
edges. `SHARE_CLOCKS` says which step limit runs in a status; none of them outlasts the case.
"""

from __future__ import annotations

from common.records.moves import Move, MoveTable

SHARE_STATUSES = {
    "awaiting_signature": "待签收",
    "in_hand": "办理中",
    "return_review": "退回待定",
    "fed_back": "已反馈",
    "passed_down": "已转下级",
    "released": "已解除",
    "invited": "受邀会商",
}
AWAITED = ("awaiting_signature", "in_hand", "return_review")  # the case's result waits for these
SHARE_OPEN = (*AWAITED, "invited")
SHARE_ENDED = ("fed_back", "passed_down", "released")
OF_UNIT = ("awaiting_signature", "in_hand")  # the assisting unit has the next move

SHARE_VERBS = {
    "sign_share": "协办签收",
    "feed_back_share": "协办反馈",
    "hand_back_share": "协办退回",
    "pass_share_down": "转下级协办",
    "keep_share": "不同意退回",
    "release_share": "解除协办",
}

SHARE_MOVES = MoveTable(
    (
        Move("sign_share", ("awaiting_signature",), ("in_hand",)),
        Move("feed_back_share", ("in_hand",), ("fed_back",)),
        Move("hand_back_share", OF_UNIT, ("return_review",)),
        Move("pass_share_down", OF_UNIT, ("passed_down",)),
        Move("keep_share", ("return_review",), OF_UNIT),
        Move("release_share", AWAITED, ("released",)),
    ),
    labels=SHARE_STATUSES,
    verbs=SHARE_VERBS,
)

# What the platform does to a share when the case, the conference or the body ends, and when that is undone.
ENDED_BY_PLATFORM = {(status, "released") for status in SHARE_OPEN}
TAKEN_BACK = {("released", status) for status in AWAITED}

SHARE_CLOCKS = {
    "awaiting_signature": "awaiting_signature",
    "in_hand": "matter",
    "return_review": "return_review",
}
