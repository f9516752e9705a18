"""What must always be true of the messages outside the platform."""

from __future__ import annotations

from collections.abc import Iterator

from common.records.invariants import Invariant
from notifications.models import Outbox


def parked_messages() -> Iterator[str]:
    """Find outside messages that were given up and that nobody has looked at."""
    rows = Outbox.objects.exclude(channel=Outbox.INBOX).filter(parked_at__isnull=False)
    for row in rows.order_by("pk")[:1000]:
        yield f"发件箱 {row.pk}（{row.channel}）试了 {row.attempts} 次没有发出：{row.last_error}"


INVARIANTS = (Invariant("平台以外的消息没有搁置的", parked_messages),)
