"""What nobody needs any more: sessions that have run out, failures past counting, codes that open nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session

from accounts.actions.trials import LONGEST
from accounts.guessing import KEPT, KNOWN_FOR
from accounts.models import DeviceCode, FailedSignIn, FailedTrial, KnownNetwork

CODES_KEPT = timedelta(days=1)


def forget_what_is_over(*, at: datetime) -> int:
    """Delete it; returns how many rows. Bound phones stay: they say who carried what when."""
    rows = (
        Session.objects.filter(expire_date__lt=at),
        FailedTrial.objects.filter(at__lt=at - LONGEST),
        FailedSignIn.objects.filter(at__lt=at - KEPT),
        DeviceCode.objects.filter(expires_at__lt=at - CODES_KEPT),
        KnownNetwork.objects.filter(seen_at__lt=at - KNOWN_FOR),
        AccessAttempt.objects.filter(attempt_time__lt=at - KEPT),
    )
    return sum(found.delete()[0] for found in rows)
