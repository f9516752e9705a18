"""Count wrong codes and passwords of users who are already signed in, in the database, and refuse after a few.

The more attempts have failed, the longer the wait, so that nobody can find a six-digit code by trying for a year.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Q

from accounts.models import FailedTrial, User
from common.errors import Refusal, RuleViolation

LIMITS = (  # number of wrong attempts, the period, and the period in words
    (20, timedelta(days=1), "一天"),
    (10, timedelta(hours=1), "1 小时"),
    (5, timedelta(minutes=10), "10 分钟"),
)
LONGEST = LIMITS[0][1]
MOST = LIMITS[-1][0]


class TooManyTrials(Refusal):
    """Too many wrong codes or passwords; the account itself is not locked for anybody else."""

    code = "too_many_trials"
    status = 429


def take_turn(user: User, kind: str, *, at: datetime) -> None:
    """Let the account's attempts run one after the other, inside a transaction; raises :class:`TooManyTrials`.

    Of a hundred attempts that are sent at once, each is counted.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    require_trials_left(user, kind, at=at)


def require_trials_left(user: User, kind: str, *, at: datetime) -> None:
    """Raise :class:`TooManyTrials` when one of the limits is reached."""
    failed = FailedTrial.objects.filter(user=user, kind=kind, at__gt=at - LONGEST)
    counts = failed.aggregate(
        **{
            f"within_{number}": Count("pk", filter=Q(at__gt=at - limit[1]))
            for number, limit in enumerate(LIMITS)
        }
    )
    for number, (most, _, words) in enumerate(LIMITS):
        if counts[f"within_{number}"] >= most:
            raise TooManyTrials(f"输错 {most} 次了，请过{words}再试。")


def note_failure(user: User, kind: str, *, at: datetime) -> None:
    """Count one wrong attempt and delete the expired ones; call it outside the savepoint that is rolled back."""
    FailedTrial.objects.filter(user=user, at__lte=at - LONGEST).delete()
    FailedTrial.objects.create(user=user, kind=kind, at=at)


def forgive(user: User, kind: str) -> None:
    """Delete the wrong attempts after a right one."""
    FailedTrial.objects.filter(user=user, kind=kind).delete()


def failed_since(user: User, kind: str, *, since: datetime) -> int:
    """How many attempts have failed since ``since``."""
    return FailedTrial.objects.filter(user=user, kind=kind, at__gte=since).count()


def confirm_password(user: User, password: str, *, at: datetime) -> None:
    """Check the owner's password once more; raises :class:`RuleViolation` when it is wrong."""
    require_trials_left(user, "password", at=at)
    if not user.check_password(password):
        raise RuleViolation("密码不对，请再试。", field="password")
