"""Write a trace. Everybody above calls these functions and nothing else writes the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from audit.chain import GENESIS, digest
from audit.models import AccessEntry, Entry


def append_entry(
    subject: str,
    *,
    verb: str,
    at: datetime,
    actor_id: int | None,
    record: Mapping[str, Any],
    first: bool = False,
) -> Entry:
    """Append one link to the chain of ``subject`` (``case:7``).

    The caller holds the row lock of the subject; the unique constraint on (subject, seq) refuses a fork. With
    ``first`` the subject is known to be new and its chain is not looked up.
    """
    last = None if first else _head_of(subject)
    seq, prev_hash = (last[0] + 1, last[1]) if last else (1, GENESIS)
    full = {"verb": verb, "at": at.isoformat(), "actor": actor_id, **record}
    algorithm = settings.AUDIT_HASH
    return Entry.objects.create(
        subject=subject,
        seq=seq,
        at=at,
        actor_id=actor_id,
        verb=verb,
        record=full,
        prev_hash=prev_hash,
        hash=digest(prev_hash=prev_hash, seq=seq, record=full, algorithm=algorithm),
        algorithm=algorithm,
    )


def begin_chains(
    records: Mapping[str, Mapping[str, Any]], *, verb: str, at: datetime, actor_id: int | None
) -> int:
    """Write the first link of many new subjects at once, each with its record; returns how many."""
    algorithm = settings.AUDIT_HASH
    links = []
    for subject, record in records.items():
        full = {"verb": verb, "at": at.isoformat(), "actor": actor_id, **record}
        links.append(
            Entry(
                subject=subject,
                seq=1,
                at=at,
                actor_id=actor_id,
                verb=verb,
                record=full,
                prev_hash=GENESIS,
                hash=digest(prev_hash=GENESIS, seq=1, record=full, algorithm=algorithm),
                algorithm=algorithm,
            )
        )
    return len(Entry.objects.bulk_create(links, batch_size=1000))


def _head_of(subject: str) -> tuple[int, str] | None:
    return Entry.objects.filter(subject=subject).order_by("-seq").values_list("seq", "hash").first()


def record_access(
    subject: str,
    *,
    at: datetime,
    actor_id: int,
    fields: Sequence[str],
    purpose: str,
    person_id: int | None = None,
    tier: str = "",
    network: str = "",
    ends_at: datetime | None = None,
) -> AccessEntry:
    """Record that ``actor_id`` saw personal ``fields`` of ``subject`` and why (Art. 12, 20, 26).

    ``person_id`` is the account whose data it was, where there is one; ``ends_at`` when a reveal is masked again.
    """
    return AccessEntry.objects.create(
        subject=subject,
        at=at,
        actor_id=actor_id,
        person_id=person_id,
        fields=list(fields),
        tier=tier,
        purpose=purpose,
        network=network,
        ends_at=ends_at,
    )
