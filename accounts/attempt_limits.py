"""Limits on wrong passwords and codes: the more have failed, the longer the wait, so that nobody can guess for a year.

Every failure is one row in PostgreSQL with the kind, the name and the network as keyed digests, so the limits hold
without Redis. At sign-in they hold for one name at one network, so that nobody is locked out elsewhere; for a user who
is signed in they hold for the account.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Q, QuerySet

from accounts.digests import keyed_digest
from accounts.models import FailedAttempt, User
from common.errors import Refusal, RuleViolation

SIGN_IN = "sign_in"


@dataclass(frozen=True)
class Limit:
    """So many failures within a period, which is also given in words."""

    most: int
    within: timedelta
    words: str


AT_SIGN_IN = (
    Limit(40, timedelta(days=1), "一天"),
    Limit(16, timedelta(hours=2), "2 小时"),
    Limit(8, timedelta(minutes=15), "15 分钟"),
)
WHEN_SIGNED_IN = (
    Limit(20, timedelta(days=1), "一天"),
    Limit(10, timedelta(hours=1), "1 小时"),
    Limit(5, timedelta(minutes=10), "10 分钟"),
)
MOST_FOR_A_CODE = WHEN_SIGNED_IN[-1].most
KEPT = timedelta(days=1)  # the longest of the periods


class TooManyAttempts(Refusal):
    """Too many wrong codes or passwords; the account itself is not locked for anybody else."""

    code = "too_many_attempts"
    status = 429


def limit_reached(failed: QuerySet[FailedAttempt], limits: Sequence[Limit], *, at: datetime) -> Limit | None:
    """Return the longest limit that these failures reach, or None; one statement."""
    counts = failed.aggregate(
        **{f"limit_{n}": Count("pk", filter=Q(at__gt=at - limit.within)) for n, limit in enumerate(limits)}
    )
    return next((limit for n, limit in enumerate(limits) if counts[f"limit_{n}"] >= limit.most), None)


# --- at sign-in: one name at one network ----------------------------------------------------------------------------


def failed_sign_ins(name: str, network: str) -> QuerySet[FailedAttempt]:
    """Return the failed sign-ins of a name from a network."""
    return FailedAttempt.objects.filter(kind=SIGN_IN, **digests(name, network))


def take_turn_at(name: str, network: str) -> None:
    """Let the attempts at one name from one network run one after the other, inside a transaction: each is counted."""
    key = "".join(digests(name, network).values())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def refusal_at(name: str, network: str, *, at: datetime) -> str:
    """Return why the name may not be tried from the network now, as a sentence; empty if it may.

    An existing account and a missing one get the same answer.
    """
    limit = limit_reached(failed_sign_ins(name, network).filter(at__gt=at - KEPT), AT_SIGN_IN, at=at)
    if limit is None:
        return ""
    return (
        f"这个账号在这里输错 {limit.most} 次了，请过{limit.words}再试，或请管理员重发密码；"
        "在别处登录不受影响。"
    )


def note_failed_sign_in(name: str, network: str, *, at: datetime) -> None:
    """Count one wrong password."""
    FailedAttempt.objects.create(kind=SIGN_IN, **digests(name, network), at=at)


def forgive_sign_ins(name: str, network: str = "") -> None:
    """Delete the failures of a name: at the network where it has signed in, or everywhere after a new password."""
    failed = FailedAttempt.objects.filter(kind=SIGN_IN, name_digest=digests(name, network)["name_digest"])
    if network:
        failed = failed.filter(network_digest=digests(name, network)["network_digest"])
    failed.delete()


def digests(name: str, network: str) -> dict[str, str]:
    """Return the columns that name an account and a network."""
    return {"name_digest": keyed_digest("name", name), "network_digest": keyed_digest("network", network)}


# --- signed in: one account ------------------------------------------------------------------------------------------


def failed_attempts(user: User, kind: str) -> QuerySet[FailedAttempt]:
    """Return the wrong codes or passwords of a user who is signed in."""
    return FailedAttempt.objects.filter(kind=kind, name_digest=keyed_digest("name", user.username))


def take_turn(user: User, kind: str, *, at: datetime) -> None:
    """Let the account's attempts run one after the other, inside a transaction; raises :class:`TooManyAttempts`.

    Of a hundred attempts that are sent at once, each is counted.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    require_attempts_left(user, kind, at=at)


def require_attempts_left(user: User, kind: str, *, at: datetime) -> None:
    """Raise :class:`TooManyAttempts` when one of the limits is reached."""
    failed = failed_attempts(user, kind).filter(at__gt=at - KEPT)
    if limit := limit_reached(failed, WHEN_SIGNED_IN, at=at):
        raise TooManyAttempts(f"输错 {limit.most} 次了，请过{limit.words}再试。")


def note_failure(user: User, kind: str, *, at: datetime) -> None:
    """Count one wrong attempt; call it outside the savepoint that is rolled back."""
    FailedAttempt.objects.create(kind=kind, name_digest=keyed_digest("name", user.username), at=at)


def forgive(user: User, kind: str) -> None:
    """Delete the wrong attempts after a right one."""
    failed_attempts(user, kind).delete()


def confirm_password(user: User, password: str, *, at: datetime) -> None:
    """Check the owner's password once more; raises :class:`RuleViolation` when it is wrong."""
    require_attempts_left(user, "password", at=at)
    if not user.check_password(password):
        raise RuleViolation("密码不对，请再试。", field="password")
