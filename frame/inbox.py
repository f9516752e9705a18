"""The notices for a user, by the posts that the user holds now."""

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
    """Returns the messages to this user or to a post the user holds, newest first, with ``is_read``.

    A notice about a case is shown only while the user may see the case. If the case has become confidential or has gone
    to another unit, the notice is hidden.
    """
    read = Message.readers.through.objects.filter(message=OuterRef("pk"), user=user)
    return (
        Message.objects.filter(audience__in=authority_of(user).audiences())
        .annotate(is_read=Exists(read), case_id=CaseOf("subject", output_field=BigIntegerField()))
        .filter(Q(case_id=None) | Exists(Case.objects.visible_to(user).filter(pk=OuterRef("case_id"))))
        .order_by("-pk")
    )


def unread_count(user: User, *, at_most: int = 99) -> int:
    """Returns how many are unread, counted no further than ``at_most``."""
    return messages_for(user).filter(is_read=False)[:at_most].count()


def mark_read(user: User, message_ids: list[int]) -> int:
    """Marks these messages as read by ``user``. Only messages that reach the user count. Returns how many."""
    reached = messages_for(user).filter(pk__in=message_ids, is_read=False).values_list("pk", flat=True)
    through = Message.readers.through
    rows = [through(message_id=pk, user_id=user.pk) for pk in reached]
    through.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
