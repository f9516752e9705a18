"""The retention of notices: delivered outbox rows, and messages in an inbox, read or unread (Art. 20)."""

from __future__ import annotations

from common.privacy.datasets import SUBJECT, DataSet, delete_rows, register
from notifications.models import Message, Outbox

register(
    DataSet(
        "notifications.outbox",
        "已送达的发件",
        lambda: Outbox.objects.filter(delivered_at__isnull=False),
        {"delivered": "delivered_at"},
        delete_rows(Outbox),
        {SUBJECT: "subject"},
    ),
    DataSet(
        "notifications.messages",
        "收件箱消息",
        Message.objects.all,
        {"sent": "sent_at"},
        delete_rows(Message),
        {SUBJECT: "subject"},
    ),
)
