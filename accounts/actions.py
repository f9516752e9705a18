"""What a person can do about the platform itself."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Suggestion, User
from audit.actions import append_entry


def file_suggestion(user: User, *, text: str, page: str, at: datetime) -> Suggestion:
    """Take in a suggestion; its number is what the person quotes later."""
    return Suggestion.objects.create(user=user, text=text.strip(), page=page[:200], created_at=at)


@transaction.atomic
def close_account(user: User, *, at: datetime, by: User | None) -> None:
    """Close the account of somebody who has left: nothing opens any more, from the next request on."""
    if not user.is_active:
        return
    user.is_active = False
    user.save(update_fields=["is_active"])
    _trace(user, "close", at=at, by=by)


@transaction.atomic
def reopen_account(user: User, *, at: datetime, by: User) -> None:
    """Open a closed account again; what it may do follows from the posts that are given to it."""
    if user.is_active:
        return
    user.is_active = True
    user.save(update_fields=["is_active"])
    _trace(user, "reopen", at=at, by=by)


def _trace(user: User, verb: str, *, at: datetime, by: User | None) -> None:
    append_entry(f"account:{user.pk}", verb=verb, at=at, actor_id=by.pk if by else None, record={})
