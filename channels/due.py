"""Since when notices wait to be spread, outside rows to be tried, and whether some wait for a person."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Min

from channels.actions.sending import SEND, parked
from channels.actions.spreading import SPREAD
from common.web.health import register_finding
from notifications.models import Outbox
from sweeps.due import register_due


def oldest_unspread(at: datetime) -> datetime | None:
    """Returns since when the oldest notice has waited for its outside rows."""
    waiting = Outbox.objects.filter(to_spread=True, next_attempt_at__lte=at)
    return waiting.aggregate(since=Min("next_attempt_at"))["since"]


def oldest_untried(at: datetime) -> datetime | None:
    """Returns since when the oldest outside row has waited to be tried; a failing gateway moves it ahead."""
    waiting = Outbox.objects.exclude(channel=Outbox.INBOX).filter(
        delivered_at__isnull=True, parked_at__isnull=True, next_attempt_at__lte=at
    )
    return waiting.aggregate(since=Min("next_attempt_at"))["since"]


def finding() -> str:
    """``ok``, or how many outside messages were given up and wait for a person."""
    count = parked()
    return f"{count} parked" if count else "ok"


register_due(SPREAD, oldest_unspread)
register_due(SEND, oldest_untried)
register_finding("channels", finding)
