"""The states of a special grant: asked for, decided by a second person, reviewed, ended (Art. 20). Pure."""

from __future__ import annotations

from datetime import timedelta

from common.records.moves import Move, MoveTable

STATUSES = {
    "waiting": "待审批",
    "in_effect": "生效中",
    "refused": "未批准",
    "cancelled": "已撤销申请",
    "revoked": "已收回",
    "expired": "已到期",
}
VERBS = {
    "ask": "申请",
    "approve": "批准",
    "refuse": "不批准",
    "cancel": "撤销申请",
    "review": "复核保留",
    "revoke": "收回",
    "expire": "到期",
}
REQUEST_MOVES = MoveTable(
    [
        Move("ask", ("",), ("waiting",)),
        Move("approve", ("waiting",), ("in_effect",)),
        Move("refuse", ("waiting",), ("refused",)),
        Move("cancel", ("waiting",), ("cancelled",)),
        Move("review", ("in_effect",), ("in_effect",)),
        Move("revoke", ("in_effect",), ("revoked",)),
        Move("expire", ("waiting", "in_effect"), ("expired",)),
    ],
    labels=STATUSES,
    verbs=VERBS,
)
HUMAN_VERBS = ("approve", "refuse", "cancel", "review", "revoke")

# What may be granted by name, in addition to what posts give.
GRANTABLE = {
    "view_personal": "查阅身份证号等敏感个人信息",
    "view_clues": "查阅保密线索",
    "view_minors": "查阅未成年人的登记",
    "view_special": "查阅健康、救助和特定对象的登记",
}
LONGEST = timedelta(days=180)  # the longest grant by name; a longer need takes a new application
REVIEW_EVERY = timedelta(days=90)
REVIEW_GRACE = timedelta(days=14)  # without a review by then the grant ends
A_DAY = timedelta(days=1)
