"""The phrases that a user can put into a text."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from workflow.models import Phrase


def phrases_of(user: User) -> QuerySet[Phrase]:
    """Returns the user's own phrases, oldest first, so that each keeps its place."""
    return Phrase.objects.filter(owner=user).order_by("pk")
