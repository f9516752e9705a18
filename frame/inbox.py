"""The notices for a user, by the posts that the user holds now."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from django.db.models import BigIntegerField, CharField, Exists, Func, Max, OuterRef, Q, QuerySet, When
from django.db.models import Case as Choice
from django.db.models.functions import Cast

from accounts.models import User
from common.records.statements import Statement, compiled, rows_of
from notifications.models import Message
from personnel.scopes import Authority, authority_of
from workflow.models import Case

ONE_THING = r"^(case|grid_plan|proposal|matter_list|supervision_order|improvement):"
THREAD = Choice(
    When(subject__regex=ONE_THING, then="subject"),
    default=Cast("pk", CharField()),
    output_field=CharField(),
)


class CaseOf(Func):
    """The number of the case that a subject names, or null."""

    template = "substring(%(expressions)s from '^case:([0-9]{1,18})$')::bigint"


def messages_for(user: User) -> QuerySet[Any]:
    """Returns the messages to this user or to a post the user holds, newest first, with ``is_read``.

    A notice about a case is shown only while the user may see the case. If the case has become confidential or has gone
    to another unit, the notice is hidden.
    """
    messages = Message.objects.filter(audience__in=authority_of(user).audiences())
    return (
        _with_readers(user, messages)
        .annotate(case_id=CaseOf("subject", output_field=BigIntegerField()))
        .filter(Q(case_id=None) | Exists(Case.objects.visible_to(user).filter(pk=OuterRef("case_id"))))
        .order_by("-pk")
    )


def newest_of_threads(user: User) -> QuerySet[Any]:
    """Returns the newest message of each thread, newest first: what was told about one thing is one thread."""
    newest = messages_for(user).order_by().values(thread=THREAD).annotate(newest=Max("pk")).values("newest")
    return _with_readers(user, Message.objects.filter(pk__in=newest)).order_by("-pk")


def earlier_in_threads(user: User, newest: Collection[Message]) -> dict[str, list[Any]]:
    """Returns the messages before the newest of each thread by subject, newest first; one statement."""
    subjects = [message.subject for message in newest if is_thread(message.subject)]
    earlier = (
        messages_for(user).filter(subject__in=subjects).exclude(pk__in=[message.pk for message in newest])
    )
    found: dict[str, list[Any]] = defaultdict(list)
    for message in earlier:
        found[message.subject].append(message)
    return found


def is_thread(subject: str) -> bool:
    """Whether all messages with this subject are about one thing, such as one case."""
    return re.match(ONE_THING, subject) is not None


def _with_readers(user: User, messages: QuerySet[Message]) -> QuerySet[Any]:
    read = Message.readers.through.objects.filter(message=OuterRef("pk"), user=user)
    return messages.annotate(is_read=Exists(read))


def unread_count(user: User, *, at_most: int = 99) -> int:
    """Returns how many are unread, counted no further than ``at_most``."""
    ((count,),) = rows_of(_unread(user, authority_of(user), at_most))
    return int(count)


@lru_cache(maxsize=1024)
def _unread(user: User, authority: Authority, at_most: int) -> Statement:
    """Returns the statement behind the number in every head, compiled once while the user's authority is the same."""
    assert authority_of(user) == authority
    unread = messages_for(user).filter(is_read=False).order_by().values("pk")[:at_most]
    sql, values = compiled(unread)
    return f"SELECT count(*) FROM ({sql}) AS unread", values


def mark_read(user: User, message_ids: list[int]) -> int:
    """Marks these messages as read by ``user``. Only messages that reach the user count. Returns how many."""
    reached = messages_for(user).filter(pk__in=message_ids, is_read=False).values_list("pk", flat=True)
    through = Message.readers.through
    rows = [through(message_id=pk, user_id=user.pk) for pk in reached]
    through.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
