"""Take in what people suggest about the platform itself (意见建议), and answer it once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import Suggestion, User
from accounts.notices import tell_suggested
from audit.actions import append_entry, committed
from common.errors import RuleViolation


@transaction.atomic
def file_suggestion(
    user: User, *, text: str, page: str, at: datetime, keepers: Iterable[str] = ()
) -> Suggestion:
    """Store a suggestion and return it; the person quotes it later by its number. ``keepers`` are told: audiences."""
    suggestion = Suggestion.objects.create(user=user, text=text.strip(), page=page[:200], created_at=at)
    for keeper in keepers:
        tell_suggested(keeper, suggestion, at=at)
    return suggestion


@transaction.atomic
def answer_suggestion(suggestion: Suggestion, *, answer: str, by: User, at: datetime) -> Suggestion:
    """Answer a suggestion and tell its author. Raises :class:`RuleViolation` if somebody has answered it before."""
    row = Suggestion.objects.select_for_update().get(pk=suggestion.pk)
    if row.answered_at:
        raise RuleViolation("这条意见已经有人答复了，没有再答一遍。刷新可以看到。")
    row.answer, row.answered_at = answer.strip(), at
    row.save(update_fields=["answer", "answered_at"])
    tell_suggested(f"user:{row.user_id}", row, at=at)
    append_entry(
        f"account:{row.user_id}",
        verb="answer_suggestion",
        at=at,
        actor_id=by.pk,
        record={"suggestion": row.pk, "answer": committed(row.answer)},
    )
    return row
