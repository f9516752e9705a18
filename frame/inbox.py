"""The notices that reach a person through the posts held now."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, Exists, Func, OuterRef, Q, QuerySet

from accounts.models import User
from notifications.models import Message
from personnel.scopes import authority_of
from workflow.models import Case


class CaseOf(Func):
    """The number of the case that a subject names, or null."""

    template = "substring(%(expressions)s from '^case:([0-9]{1,18})$')::bigint"


def messages_for(user: User) -> QuerySet[Any]:
    """Messages to this person or to a post the person holds, newest first, with ``is_read``.

    A notice about a case lives and dies with the sight of the case: one that has become confidential, or has
    gone to another unit, is no longer told.
    """
    read = Message.readers.through.objects.filter(message=OuterRef("pk"), user=user)
    return (
        Message.objects.filter(audience__in=authority_of(user).audiences())
        .annotate(is_read=Exists(read), case_id=CaseOf("subject", output_field=BigIntegerField()))
        .filter(Q(case_id=None) | Exists(Case.objects.visible_to(user).filter(pk=OuterRef("case_id"))))
        .order_by("-pk")
    )


def unread_count(user: User, *, at_most: int = 99) -> int:
    """How many are unread, counted no further than ``at_most``."""
    return messages_for(user).filter(is_read=False)[:at_most].count()


def mark_read(user: User, message_ids: list[int]) -> int:
    """Remember that ``user`` has read these; only messages that reach the user count."""
    reached = messages_for(user).filter(pk__in=message_ids, is_read=False).values_list("pk", flat=True)
    through = Message.readers.through
    rows = [through(message_id=pk, user_id=user.pk) for pk in reached]
    through.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
