"""One address trying one password on many accounts: django-axes locks accounts, this slows the address."""

from __future__ import annotations

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.db.models import Sum

MOST_FAILURES = 100  # a township shares one address, and people mistype
WITHIN = timedelta(minutes=10)


def has_failed_too_often(address: str, *, at: datetime) -> bool:
    """Say whether this address has failed to sign in too often of late; nobody elsewhere is locked out."""
    recent = AccessAttempt.objects.filter(ip_address=address or None, attempt_time__gt=at - WITHIN)
    failures = recent.aggregate(all=Sum("failures_since_start"))["all"] or 0
    return bool(failures >= MOST_FAILURES)
