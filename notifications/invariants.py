"""The invariant that all due notices have been delivered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from common import clock
from common.records.invariants import Invariant
from notifications.models import Outbox

OLDEST = timedelta(seconds=60)


def stuck_messages() -> Iterator[str]:
    """Find rows that should have been delivered more than a minute ago and were not parked by a person."""
    late = Outbox.objects.filter(
        channel=Outbox.INBOX,
        delivered_at__isnull=True,
        parked_at__isnull=True,
        next_attempt_at__lt=clock.now() - OLDEST,
    )
    for row in late.order_by("next_attempt_at")[:1000]:
        yield f"发件箱 {row.pk}（{row.subject} {row.topic}）应于 {row.next_attempt_at:%m-%d %H:%M:%S} 送出"


INVARIANTS = (Invariant("发件箱没有滞留超过 60 秒的消息", stuck_messages),)
