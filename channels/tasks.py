"""The scheduled tasks of the channels outside; they decide nothing themselves and may run twice."""

from __future__ import annotations

from celery import shared_task
from django.core.cache import cache

from channels.actions import send_digests, send_outside, spread_notices
from common import clock

ONE_AT_A_TIME = "channels.send_outside"
AT_MOST = 55  # seconds; below the soft limit of a task


@shared_task(name="channels.tasks.spread_notices")
def spread() -> int:
    """Make the outside rows of new notices, and the digests whose hour has come."""
    at = clock.now()
    return spread_notices(at=at) + send_digests(at=at)


@shared_task(name="channels.tasks.send_outside")
def send() -> int:
    """Send what is due. One worker at a time waits for gateways; the rows themselves keep two from sending the same."""
    if not cache.add(ONE_AT_A_TIME, 1, timeout=AT_MOST):
        return 0
    try:
        return send_outside(at=clock.now())
    finally:
        cache.delete(ONE_AT_A_TIME)
