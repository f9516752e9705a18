"""Since when the oldest undelivered message has waited."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Min

from notifications.models import Outbox
from sweeps.due import register_due


def oldest_message(at: datetime) -> datetime | None:
    """When the earliest row that should be delivered by ``at`` became due; a failed row counts from its creation."""
    waiting = Outbox.objects.filter(channel=Outbox.INBOX, delivered_at__isnull=True, parked_at__isnull=True)
    due = waiting.filter(attempts=0, next_attempt_at__lte=at).aggregate(since=Min("next_attempt_at"))["since"]
    failed = waiting.filter(attempts__gt=0).aggregate(since=Min("created_at"))["since"]
    return min((moment for moment in (due, failed) if moment is not None), default=None)


register_due("notifications.outbox", oldest_message)
