"""What a person can do about the platform itself."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Suggestion, User


def file_suggestion(user: User, *, text: str, page: str, at: datetime) -> Suggestion:
    """Take in a suggestion; its number is what the person quotes later."""
    return Suggestion.objects.create(user=user, text=text.strip(), page=page[:200], created_at=at)
