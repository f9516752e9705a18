"""Slows down password guessing. Everything is counted in PostgreSQL and per network, so nobody is locked out elsewhere.

django-axes stops one name at one address for 15 minutes after eight failures. This module also slows patient guessing
(one name, one address, all day), and one address that tries one password on many names. A name that is guessed from
many changing addresses is slowed as a name, but not for its owner: the networks from which the owner has signed in
before, and the owner's bound phone, never have to wait because of strangers.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from axes.models import AccessAttempt
from axes.utils import reset
from django.db import connection
from django.db.models import Count, Max, Q, Sum

from accounts.digests import keyed_digest
from accounts.models import FailedSignIn, KnownNetwork, User

MOST_FAILURES = 100  # per address; a whole township shares one address, and people mistype
WITHIN = timedelta(minutes=10)
PATIENCE = (  # per name and address: number of failures, the period, and the period in words
    (40, timedelta(days=1), "一天"),
    (16, timedelta(hours=2), "2 小时"),
)
KEPT = PATIENCE[0][1]
FREE = 20  # failures of a name within a day, from networks its owner has not used, before it is slowed
MOST_OF_ONE = 8  # of these per network: guessing from one network is already stopped there
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
DOUBLED_EVERY = 5  # further failures
KNOWN_FOR = timedelta(days=180)
AT_ONCE = "这个账号正有别处在登录，请过几秒再试。"
TOO_MANY = "从这里登录失败的次数太多，请 10 分钟后再试；在别处登录不受影响。"


def refusal_for(name: str, address: str, *, at: datetime) -> str:
    """Return why this name may not be tried from this address now, as a sentence; empty if it may.

    An existing account and a missing one get the same answer.
    """
    if has_failed_too_often(address, at=at):
        return TOO_MANY
    failed = FailedSignIn.objects.filter(**_digests(name, address), at__gt=at - KEPT)
    counts = failed.aggregate(
        **{
            f"within_{number}": Count("pk", filter=Q(at__gt=at - step[1]))
            for number, step in enumerate(PATIENCE)
        }
    )
    for number, (most, _, words) in enumerate(PATIENCE):
        if counts[f"within_{number}"] >= most:
            return (
                f"这个账号在这里输错 {most} 次了，请过{words}再试，或请管理员重发密码；在别处登录不受影响。"
            )
    return ""


def has_failed_too_often(address: str, *, at: datetime) -> bool:
    """Whether sign-in has failed too often from this address recently; other addresses are not affected."""
    recent = AccessAttempt.objects.filter(ip_address=address or None, attempt_time__gt=at - WITHIN)
    failures = recent.aggregate(all=Sum("failures_since_start"))["all"] or 0
    return bool(failures >= MOST_FAILURES)


def is_known(name: str, address: str, *, at: datetime, phone: bool = False) -> bool:
    """Whether the owner of the name has signed in from this network recently, or uses a bound phone."""
    said = _digests(name, address)
    networks = KnownNetwork.objects.filter(user__username=name, network_digest=said["network_digest"])
    return phone or networks.filter(seen_at__gt=at - KNOWN_FOR).exists()


def refusal_among_many(name: str, *, at: datetime) -> str:
    """Return why a name may not be tried now from an unknown network, or an empty string; call it inside a transaction.

    Strangers try one at a time, and each failure makes the wait between two attempts longer. A refusal is not counted,
    so nobody can prolong the wait by asking again. An existing account and a missing one get the same answer.
    """
    digest = _digests(name, "")["name_digest"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [digest])
        if not cursor.fetchone()[0]:
            return AT_ONCE
    known = KnownNetwork.objects.filter(user__username=name, seen_at__gt=at - KNOWN_FOR)
    failed = FailedSignIn.objects.filter(name_digest=digest, at__gt=at - KEPT)
    strange = failed.exclude(network_digest__in=known.values("network_digest")).order_by()
    told = list(strange.values("network_digest").annotate(count=Count("pk"), last=Max("at")))
    wait = wait_after(sum(min(each["count"], MOST_OF_ONE) for each in told))
    until = max((each["last"] for each in told), default=at) + wait
    if not wait or until <= at:
        return ""
    minutes = max(1, math.ceil((until - at) / timedelta(minutes=1)))
    return f"这个账号近来在多处输错密码，请过 {minutes} 分钟再试；在常用的网络或绑定的手机上登录不受影响。"


def wait_after(failures: int) -> timedelta:
    """How long a stranger waits after so many failures of a name."""
    if failures < FREE:
        return timedelta(0)
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(10, (failures - FREE) // DOUBLED_EVERY))


def remember_network(user: User, address: str, *, at: datetime) -> None:
    """Record that the owner has signed in from this network."""
    digest = _digests(user.username, address)["network_digest"]
    KnownNetwork.objects.update_or_create(user=user, network_digest=digest, defaults={"seen_at": at})


def note_failed_sign_in(name: str, address: str, *, at: datetime) -> None:
    """Count one wrong password."""
    FailedSignIn.objects.create(**_digests(name, address), at=at)


def forgive_sign_ins(name: str, address: str = "") -> None:
    """Delete the failures of a name: at the address where it has signed in, or everywhere after a new password."""
    said = _digests(name, address)
    if not address:
        del said["network_digest"]
        reset(username=name)
    FailedSignIn.objects.filter(**said).delete()


def _digests(name: str, address: str) -> dict[str, str]:
    return {"name_digest": keyed_digest("name", name), "network_digest": keyed_digest("network", address)}
