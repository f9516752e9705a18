"""Delete expired sessions and counters. Data that is kept longer has its own retention rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from accounts.attempt_limits import KEPT
from accounts.models import Counter, FailedAttempt
from sweeps.actions import sweep_together


def forget_what_is_over(*, at: datetime) -> int:
    """Delete expired sessions, failed attempts and counters; returns how many rows."""
    rows = (
        Session.objects.filter(expire_date__lt=at),
        FailedAttempt.objects.filter(at__lt=at - KEPT),
        Counter.objects.filter(ends_at__lt=at),
    )
    return sum(_forget(found, at=at) for found in rows)


def _forget(found: QuerySet[Any], *, at: datetime) -> int:
    def delete(numbers: Sequence[Any]) -> int:
        count: int = found.model._default_manager.filter(pk__in=numbers).delete()[0]
        return count

    numbers = list(found.values_list("pk", flat=True))
    return sweep_together(f"accounts.{found.model._meta.model_name}", numbers, delete, at=at).done
