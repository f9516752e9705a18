"""The steps that all verbs of a proposal share: lock, authorize, move, save, tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from common.errors import RuleViolation
from matters import notices
from matters.models import Proposal
from matters.norms import step_deadline
from matters.states import PROPOSAL_MOVES, next_on_path
from personnel.life import write_step

NOTE_LIMIT = 500


def go_on(
    proposal: Proposal,
    verb: str,
    *,
    by: User,
    at: datetime,
    note: str = "",
    post: str = "",
    record: Mapping[str, Any] | None = None,
) -> Proposal:
    """Moves the proposal to the next station on the path of its kind and tells the new holder."""
    target = next_on_path(proposal.kind, proposal.status)
    move(proposal, verb, to=target, by=by, at=at, note=note, post=post, record=record)
    notices.tell_holder(proposal, at=at)
    return proposal


def move(
    proposal: Proposal,
    verb: str,
    *,
    by: User | None,
    at: datetime,
    to: str | None = None,
    note: str = "",
    post: str = "",
    record: Mapping[str, Any] | None = None,
) -> None:
    """Changes the status, starts the next clock, saves, writes the event and the audit link."""
    before, proposal.status = proposal.status, PROPOSAL_MOVES.target_of(verb, status=proposal.status, to=to)
    if proposal.status != before:
        deadline = step_deadline(proposal.status, county=proposal.county, at=at)
        proposal.due_at = deadline.due_at if deadline else None
        proposal.explanation = deadline.explain() if deadline else ""
        proposal.reminded_at = None
    write_step(proposal, verb, by=by, at=at, post=post, note=note, record=record)


def required_text(text: str, sentence: str, *, field: str, limit: int = NOTE_LIMIT) -> str:
    """Returns the trimmed text. Raises RuleViolation with ``sentence`` if it is empty, and if it is too long."""
    plain = text.strip()
    if not plain:
        raise RuleViolation(sentence, field=field)
    return optional_text(plain, field=field, limit=limit)


def optional_text(text: str, *, field: str, limit: int = NOTE_LIMIT) -> str:
    plain = text.strip()
    if len(plain) > limit:
        raise RuleViolation(f"最多 {limit} 字，您写了 {len(plain)} 字。", field=field)
    return plain
