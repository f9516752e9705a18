"""The states of an application to post a person who serves elsewhere (Art. 10, 11, 20). Pure."""

from __future__ import annotations

from common.records.moves import Move, MoveTable

STATUSES = {
    "waiting": "待上级确认",
    "confirmed": "已确认任命",
    "refused": "上级不同意",
    "withdrawn": "已收回申请",
}
VERBS = {"ask": "申请岗位", "confirm": "确认任命", "refuse": "不同意任命", "withdraw": "收回申请"}
POST_REQUEST_MOVES = MoveTable(
    [
        Move("ask", ("",), ("waiting",)),
        Move("confirm", ("waiting",), ("confirmed",)),
        Move("refuse", ("waiting",), ("refused",)),
        Move("withdraw", ("waiting",), ("withdrawn",)),
    ],
    labels=STATUSES,
    verbs=VERBS,
)
HUMAN_VERBS = ("confirm", "refuse", "withdraw")
