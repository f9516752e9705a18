"""Reveal masked data: with a reason, for five minutes, counted and recorded (Art. 12, 20, 26)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from access.subjects import Found
from access.tiers import LONGEST_REASON, SHORTEST_REASON, SHOWN_FOR, TIERS
from accounts.models import User
from audit.actions import record_access
from audit.models import AccessEntry
from common.errors import NotPermitted, Refusal, RuleViolation


class TooManyLooks(Refusal):
    """The user has reached the limit of this tier for now; nothing was shown."""

    code = "too_many_looks"
    status = 429


@transaction.atomic
def reveal(found: Found, *, reason: str, network: str = "", by: User, at: datetime) -> AccessEntry:
    """Open one column of one row for five minutes; the look is recorded before anything is shown.

    Raises :class:`NotPermitted`, :class:`RuleViolation` for an empty reason, :class:`TooManyLooks`.
    """
    User.objects.select_for_update().only("pk").get(pk=by.pk)  # two tabs are counted one after the other
    if sentence := found.subject.refusal(by, found.row, found.name):
        raise NotPermitted(sentence)
    text = " ".join(reason.split())
    if len(text) < SHORTEST_REASON or len(set(text)) < SHORTEST_REASON - 1:
        raise RuleViolation(f"请写明为什么要看，至少 {SHORTEST_REASON} 个字；上级能看到。", field="reason")
    if len(text) > LONGEST_REASON:
        raise RuleViolation(f"原因最多 {LONGEST_REASON} 字。", field="reason")
    tier = TIERS[found.tier]
    if looks_of(by, tier=tier.key, since=at - tier.within) >= tier.limit:
        raise TooManyLooks(
            f"查看{tier.name}{tier.limit_words}，已经用完。确因工作需要，请联系本级安全管理员。",
            tier=tier.key,
        )
    return record_access(
        found.key,
        at=at,
        actor_id=by.pk,
        person_id=found.subject.person_id(found.row),
        fields=[found.name],
        tier=tier.key,
        purpose=text,
        network=network,
        ends_at=at + SHOWN_FOR,
    )


def looks_of(user: User, *, tier: str, since: datetime) -> int:
    """Return how often the user has opened a tier since ``since``."""
    return AccessEntry.objects.filter(
        actor_id=user.pk, tier=tier, at__gt=since, ends_at__isnull=False
    ).count()


def open_look(found: Found, *, by: User, at: datetime) -> AccessEntry | None:
    """Return the look that keeps the column open for the user now, or None."""
    looks = AccessEntry.objects.filter(actor_id=by.pk, subject=found.key, ends_at__gt=at)
    mine = [look for look in looks.order_by("-pk") if found.name in look.fields]
    if not mine or found.subject.refusal(by, found.row, found.name):
        return None
    return mine[0]
