"""Slows down those who try one password on many names, or one name from many networks.

One name at one network is limited by ``attempt_limits``. A name that is guessed from many changing addresses is slowed
as a name, but not for its owner: the networks from which the owner has signed in before, and the owner's bound phone,
never have to wait because of strangers.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Max

from accounts.attempt_limits import AT_SIGN_IN, KEPT, SIGN_IN, digests
from accounts.models import FailedAttempt, KnownNetwork, User

MOST_FAILURES = 100  # per network; a whole township shares one address, and people mistype
WITHIN = timedelta(minutes=10)
FREE = 20  # failures of a name within a day, from networks its owner has not used, before it is slowed
MOST_OF_ONE = AT_SIGN_IN[-1].most  # of these per network: guessing from one network is already stopped there
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
DOUBLED_EVERY = 5  # further failures
KNOWN_FOR = timedelta(days=180)
AT_ONCE = "这个账号正有别处在登录，请过几秒再试。"
TOO_MANY = "从这里登录失败的次数太多，请 10 分钟后再试；在别处登录不受影响。"


def refusal_among_names(network: str, *, at: datetime) -> str:
    """Return why nobody may try to sign in from this network now, or an empty string; others are not affected."""
    digest = digests("", network)["network_digest"]
    failed = FailedAttempt.objects.filter(kind=SIGN_IN, network_digest=digest, at__gt=at - WITHIN)
    return TOO_MANY if failed[:MOST_FAILURES].count() >= MOST_FAILURES else ""


def is_known(name: str, network: str, *, at: datetime, phone: bool = False) -> bool:
    """Whether the owner of the name has signed in from this network recently, or uses a bound phone."""
    digest = digests(name, network)["network_digest"]
    networks = KnownNetwork.objects.filter(user__username=name, network_digest=digest)
    return phone or networks.filter(seen_at__gt=at - KNOWN_FOR).exists()


def refusal_among_many(name: str, *, at: datetime) -> str:
    """Return why a name may not be tried now from an unknown network, or an empty string; call it inside a transaction.

    Strangers try one at a time, and each failure makes the wait between two attempts longer. A refusal is not counted,
    so nobody can prolong the wait by asking again. An existing account and a missing one get the same answer.
    """
    digest = digests(name, "")["name_digest"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [digest])
        if not cursor.fetchone()[0]:
            return AT_ONCE
    known = KnownNetwork.objects.filter(user__username=name, seen_at__gt=at - KNOWN_FOR)
    failed = FailedAttempt.objects.filter(kind=SIGN_IN, name_digest=digest, at__gt=at - KEPT)
    strange = failed.exclude(network_digest__in=known.values("network_digest")).order_by()
    networks = list(strange.values("network_digest").annotate(count=Count("pk"), last=Max("at")))
    wait = wait_after(sum(min(each["count"], MOST_OF_ONE) for each in networks))
    until = max((each["last"] for each in networks), default=at) + wait
    if not wait or until <= at:
        return ""
    minutes = max(1, math.ceil((until - at) / timedelta(minutes=1)))
    return f"这个账号近来在多处输错密码，请过 {minutes} 分钟再试；在常用的网络或绑定的手机上登录不受影响。"


def wait_after(failures: int) -> timedelta:
    """How long a stranger waits after so many failures of a name."""
    if failures < FREE:
        return timedelta(0)
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(10, (failures - FREE) // DOUBLED_EVERY))


def remember_network(user: User, network: str, *, at: datetime) -> None:
    """Record that the owner has signed in from this network."""
    digest = digests(user.username, network)["network_digest"]
    KnownNetwork.objects.update_or_create(user=user, network_digest=digest, defaults={"seen_at": at})
