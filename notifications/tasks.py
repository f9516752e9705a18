"""The Celery task of the relay: Beat wakes it, the rows decide what is done."""

from __future__ import annotations

from celery import shared_task

from common import clock
from notifications.actions import MOST_IN_ONE_PASS, relay_waiting


@shared_task(name="notifications.tasks.relay_outbox")
def relay_outbox() -> int:
    """Deliver the waiting rows; after a full pass start another."""
    total = 0
    while (tried := relay_waiting(at=clock.now())) > 0:
        total += tried
        if tried < MOST_IN_ONE_PASS:
            break
    return total
