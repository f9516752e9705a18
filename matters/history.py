"""One call writes the proposal's own line and the audit line (Art. 16, 25)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from audit.actions import append_entry, committed
from matters.models import Proposal, ProposalEvent


def write_event(
    proposal: Proposal,
    verb: str,
    *,
    by: User | None,
    at: datetime,
    post: str = "",
    note: str = "",
    record: Mapping[str, Any] | None = None,
) -> ProposalEvent:
    """Append the event to the proposal's line and its commitment to the audit chain; saves the proposal.

    The caller holds the row lock. ``record`` is what else the chain shall commit to.
    """
    proposal.event_count += 1
    proposal.version += 1
    proposal.save()
    event = ProposalEvent.objects.create(
        proposal=proposal,
        seq=proposal.event_count,
        verb=verb,
        actor=by,
        post=post[:120],
        at=at,
        to_status=proposal.status,
        due_at=proposal.due_at,
        note=note,
    )
    append_entry(
        f"proposal:{proposal.pk}",
        verb=verb,
        at=at,
        actor_id=by.pk if by else None,
        record={
            "seq": event.seq,
            "to": proposal.status,
            "note": committed(note),
            **(record or {}),
        },
        first=event.seq == 1,
    )
    return event
