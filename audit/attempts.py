"""Refused attempts of one request: noted when they are refused, written after the request is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from audit.actions import append_entry
from audit.models import Entry

REFUSED = "refused"
ONE_EACH = timedelta(hours=1)  # the same attempt is written once in this time
MOST_AN_HOUR = 60  # for one account, so that nobody can fill the trace


@dataclass(frozen=True)
class Attempt:
    """A user tried an action on an object and was not allowed to."""

    actor_id: int
    verb: str
    on: str


_noted: ContextVar[list[Attempt] | None] = ContextVar("refused_attempts", default=None)


@contextmanager
def noting_attempts() -> Iterator[list[Attempt]]:
    """Collect the attempts refused inside; the caller writes them, outside every transaction that was rolled back."""
    found: list[Attempt] = []
    token = _noted.set(found)
    try:
        yield found
    finally:
        _noted.reset(token)


def note_attempt(actor_id: int, *, verb: str, on: str) -> None:
    """Remember a refused attempt until the request ends."""
    noted = _noted.get()
    if noted is not None:
        noted.append(Attempt(actor_id, verb[:40], on[:64]))


@transaction.atomic
def write_attempts(attempts: list[Attempt], *, at: datetime) -> int:
    """Write one link for each attempt into the chain of the actor's account, within the limits; returns how many.

    The caller holds the row locks of the accounts.
    """
    count = 0
    for attempt in dict.fromkeys(attempts):
        subject = f"account:{attempt.actor_id}"
        recent = Entry.objects.filter(subject=subject, verb=REFUSED, at__gt=at - ONE_EACH)
        known = [(record["what"], record["on"]) for record in recent.values_list("record", flat=True)]
        if (attempt.verb, attempt.on) in known or len(known) >= MOST_AN_HOUR:
            continue
        attempted = {"what": attempt.verb, "on": attempt.on}
        append_entry(subject, verb=REFUSED, at=at, actor_id=attempt.actor_id, record=attempted)
        count += 1
    return count
