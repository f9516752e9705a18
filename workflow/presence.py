"""Who else has a case open: numbers of accounts, kept in Redis for some seconds, never written down.

Only people who have the case now are named, and only to people who see it. Without Redis nobody is named.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError

from accounts.models import User
from personnel.scopes import authority_of
from workflow.models import Case
from workflow.policies import holds_now

KEPT_SECONDS = 20  # an open page asks again every seven seconds (static/js/presence.js)


def others_at(case: Case, user: User, *, at: datetime) -> str:
    """Notes that ``user`` has the case open and returns who else has: ``李某 正在处理``; empty if nobody.

    ``user`` must see the case.
    """
    name, now = f"presence:{case.pk}", at.timestamp()
    try:
        present = _fresh(cache.get(name), now)
        if holds_now(authority_of(user), case):
            present[str(user.pk)] = now
            cache.set(name, present, KEPT_SECONDS)
    except (RedisError, OSError):
        return ""
    others = [int(number) for number in present if number != str(user.pk)]
    if not others:
        return ""
    names = User.objects.filter(pk__in=others).order_by("pk").values_list("name", flat=True)
    return f"{'、'.join(names)} 正在处理"


def _fresh(kept: Any, now: float) -> dict[str, float]:
    """Returns when the cache has lately seen whom, by account number."""
    return {number: seen for number, seen in (kept or {}).items() if now - seen < KEPT_SECONDS}
