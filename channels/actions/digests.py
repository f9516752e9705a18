"""Once a day one message with what can wait: how many notices of which kind, and the cases; never twice (Art. 20)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.db.models import Q

from accounts.models import User
from channels.actions.spreading import channels_of
from channels.models import NoticeSettings
from channels.outside_words import INBOX, address_of, described
from channels.recipients import PERSON
from notifications.models import Message, Outbox
from personnel.scopes import authorities_of
from sweeps.actions import sweep_rows
from worktime.clocks import SHANGHAI, day_of

DIGEST = "channels.digest"
SHOWN, LOOKED_AT = 6, 500
FURTHEST = timedelta(days=2)  # of what happened before, the inbox tells


def send_digests(*, at: datetime) -> int:
    """Queues the digests whose hour has come today; returns how many people got one."""
    local = at.astimezone(SHANGHAI)
    due = NoticeSettings.objects.filter(ordinary="digest", digest_hour__lte=local.hour, user__is_active=True)
    due = due.filter(Q(digested_on__isnull=True) | Q(digested_on__lt=local.date())).order_by("pk")
    return sweep_rows(DIGEST, due, lambda pk: _digest(pk, at=at), at=at).done


def _digest(pk: int, *, at: datetime) -> bool:
    locked = NoticeSettings.objects.select_for_update(of=("self",), skip_locked=True).select_related("user")
    today = day_of(at)
    wants = locked.filter(pk=pk).exclude(digested_on__gte=today).first()
    if wants is None:
        return False  # another sweep has it
    since = max(wants.digested_until or at - FURTHEST, at - FURTHEST)
    wants.digested_on, wants.digested_until = today, at
    wants.save(update_fields=["digested_on", "digested_until"])
    channels = channels_of({wants.user_id}).get(wants.user_id, [])
    sentence = digest_of(wants.user, since=since, until=at) if channels else ""
    if not sentence:
        return True
    source = uuid5(NAMESPACE_URL, f"digest:{wants.user_id}:{today.isoformat()}")
    rows = [
        Outbox(
            channel=channel,
            recipient=wants.user,
            source=source,
            topic="digest",
            audience=f"{PERSON}{wants.user_id}",
            subject=f"digest:{wants.user_id}",
            sentence=sentence,
            created_at=at,
            next_attempt_at=at,
        )
        for channel in channels
    ]
    Outbox.objects.bulk_create(rows, ignore_conflicts=True)
    return True


def digest_of(user: User, *, since: datetime, until: datetime) -> str:
    """Returns one message about what came and is unread: how many, and which cases; empty if nothing did."""
    authority = authorities_of([user.pk]).get(user.pk)
    audiences = authority.audiences() if authority else [f"{PERSON}{user.pk}"]
    came = Message.objects.filter(audience__in=audiences, sent_at__gt=since, sent_at__lte=until)
    unread = came.exclude(readers=user).order_by("-pk")[:LOOKED_AT]
    subjects = Counter(message.subject for message in unread)
    words = described(subjects)
    known = {subject: words[subject] for subject in subjects if not words[subject].is_secret}
    count = sum(subjects[subject] for subject in known)
    if not count:
        return ""
    named = [outside.words for outside in known.values() if outside.path != INBOX]
    parts = [f"{len(named)} 件事项：{'；'.join(named[:SHOWN])}"] if named else []
    more = f"，另有 {len(named) - SHOWN} 件" if len(named) > SHOWN else ""
    text = f"【濮阳网格】汇总：{count} 条未读消息{'，' if parts else ''}{''.join(parts)}{more}"
    return f"{text[:330]}。打开 {address_of(INBOX)}"
