"""Sends notices: an outbox row in the caller's transaction, and its delivery afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from common.records.many import insert_rows
from notifications.models import Message, Outbox
from sweeps.actions import MOST_IN_ONE_PASS, sweep_rows

MAX_BACKOFF = timedelta(minutes=10)


def tell(
    audience: str,
    *,
    topic: str,
    subject: str,
    sentence: str,
    at: datetime,
    hold: timedelta = timedelta(),
) -> Outbox:
    """Queue a ``sentence`` for ``audience``; ``hold`` delays it while the act can still be undone."""
    row = notice(audience, topic=topic, subject=subject, sentence=sentence, at=at, hold=hold)
    row.save(force_insert=True)
    return row


def notice(
    audience: str,
    *,
    topic: str,
    subject: str,
    sentence: str,
    at: datetime,
    hold: timedelta = timedelta(),
    is_urgent: bool = False,
) -> Outbox:
    """Return the row of a notice, which :func:`tell_many` queues; an urgent one waits for nobody's quiet hours."""
    return Outbox(
        is_urgent=is_urgent,
        to_spread=True,
        audience=audience,
        topic=topic,
        subject=subject,
        sentence=sentence,
        created_at=at,
        next_attempt_at=at + hold,
    )


def tell_many(notices: Sequence[Outbox]) -> None:
    """Queue many notices with one statement."""
    insert_rows(notices)


def take_back(subject: str, *, since: datetime, at: datetime) -> int:
    """Delete the notices of the act at ``since`` that are still on hold; returns how many."""
    waiting = Outbox.objects.select_for_update().filter(
        subject=subject, created_at=since, delivered_at__isnull=True, next_attempt_at__gt=at
    )
    count, _ = waiting.delete()
    return count


def deliver_in_app(row: Outbox, at: datetime) -> None:
    """Put the notice into the inbox; the unique event number makes a repeated delivery harmless."""
    Message.objects.get_or_create(
        event_id=row.event_id,
        defaults={
            "audience": row.audience,
            "topic": row.topic,
            "subject": row.subject,
            "sentence": row.sentence,
            "sent_at": at,
        },
    )


def relay_waiting(*, at: datetime, most: int = MOST_IN_ONE_PASS) -> int:
    """Deliver the waiting rows, oldest first; returns how many rows were tried."""
    waiting = Outbox.objects.filter(
        channel=Outbox.INBOX, delivered_at__isnull=True, parked_at__isnull=True, next_attempt_at__lte=at
    ).order_by("next_attempt_at", "id")
    return sweep_rows("notifications.outbox", waiting, lambda pk: _relay(pk, at=at), at=at, most=most).done


def wait_after(attempts: int) -> timedelta:
    """Return how long a row waits after so many attempts: 10 s, 20 s, 40 s … 10 minutes."""
    return min(timedelta(seconds=5 * 2 ** min(attempts, 7)), MAX_BACKOFF)


def _relay(pk: int, *, at: datetime) -> bool:
    row = (
        Outbox.objects.select_for_update(skip_locked=True)
        .filter(pk=pk, delivered_at__isnull=True, next_attempt_at__lte=at)
        .first()
    )
    if row is None:
        return False  # another relay has it
    _deliver(row, at=at)
    return True


def _deliver(row: Outbox, *, at: datetime) -> None:
    """Put the row into the inbox; if that fails, it is tried again later and keeps the reason."""
    row.attempts += 1
    try:
        with transaction.atomic():
            deliver_in_app(row, at)
    except Exception as error:
        row.last_error = f"{type(error).__name__}: {error}"[:300]
        row.next_attempt_at = at + wait_after(row.attempts)
    else:
        row.delivered_at, row.last_error = at, ""
    row.save(update_fields=["attempts", "last_error", "next_attempt_at", "delivered_at"])
