"""From a notice come the rows of the channels outside: one for each recipient and channel, once.

It has nothing to do with the inbox, which has the notice already. What a person wants to have gathered makes no row
here: the digest finds it in the inbox.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.conf import settings

from channels.deadlines import after_quiet
from channels.models import NoticeSettings, PersonalChannel
from channels.outside_words import Outside, described, text_of
from channels.recipients import PERSON, people_behind
from notifications.models import Outbox
from sweeps.actions import MOST_IN_ONE_PASS, sweep_claimed

SPREAD = "channels.spread"


def spread_notices(*, at: datetime, most: int = MOST_IN_ONE_PASS) -> int:
    """Makes the outside rows of all notices that are due; returns how many notices were looked at."""
    waiting = Outbox.objects.filter(to_spread=True, next_attempt_at__lte=at).order_by("next_attempt_at", "id")
    return sweep_claimed(SPREAD, waiting, partial(spread, at=at), at=at, most=most).done


def spread(notices: Sequence[Outbox], *, at: datetime) -> int:
    """Makes the outside rows of notices that the caller has locked; the same few statements for many."""
    people = people_behind({notice.audience for notice in notices})
    channels = channels_of({user for users in people.values() for user in users})
    wanted = {row.user_id: row for row in NoticeSettings.objects.filter(user__in=sorted(channels))}
    words = described(notice.subject for notice in notices) if channels else {}
    made = [
        outside_row(notice, user, channel, words[notice.subject], at=when)
        for notice in notices
        for user in sorted(people.get(notice.audience, ()))
        for when in [moment_for(notice, wanted.get(user), at=at)]
        for channel in channels.get(user, ())
        if when is not None and may_leave(notice, words[notice.subject])
    ]
    Outbox.objects.bulk_create(made, ignore_conflicts=True)
    Outbox.objects.filter(pk__in=[notice.pk for notice in notices]).update(to_spread=False)
    return len(notices)


def channels_of(users: set[int]) -> dict[int, list[str]]:
    """Returns the channels that people have switched on, by account; one statement."""
    found: dict[int, list[str]] = defaultdict(list)
    if users:
        for row in PersonalChannel.objects.in_use(users, email_is_on=bool(settings.EMAIL_HOST)):
            found[row.user_id].append(row.channel)
    return found


def moment_for(notice: Outbox, wants: NoticeSettings | None, *, at: datetime) -> datetime | None:
    """Returns when a notice is sent to a person: an urgent one now, in quiet hours too; None for what can wait."""
    if notice.is_urgent:
        return at
    wants = wants or NoticeSettings()
    if wants.ordinary != "each":
        return None
    return after_quiet(at, wants.quiet_from, wants.quiet_until)


def may_leave(notice: Outbox, outside: Outside) -> bool:
    """Whether a notice is told outside at all: of a secret only to a person who was named."""
    return not outside.is_secret or notice.audience.startswith(PERSON)


def outside_row(notice: Outbox, user: int, channel: str, outside: Outside, *, at: datetime) -> Outbox:
    """Returns the row of one recipient and channel."""
    return Outbox(
        channel=channel,
        recipient_id=user,
        source=notice.event_id,
        is_urgent=notice.is_urgent,
        topic=notice.topic,
        audience=f"{PERSON}{user}",
        subject=notice.subject,
        sentence=text_of(notice, outside)[:400],
        created_at=notice.created_at,
        next_attempt_at=at,
    )
