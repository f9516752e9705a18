"""Wrong codes and passwords of somebody who is signed in already are counted in the database and soon refused.

The more there were, the longer it takes: a code of six digits is not found in a year of patience.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Q

from accounts.models import FailedTrial, User
from common.errors import Refusal, RuleViolation

LIMITS = (  # so many wrong ones, within so long, and the words for it
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
    """Let one try of an account follow the other, inside a transaction, and refuse when none is left.

    Whoever sends a hundred tries at once is counted a hundred times. Raises :class:`TooManyTrials`.
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
    """Count one wrong one; called outside the savepoint that is rolled back. What is past counting goes."""
    FailedTrial.objects.filter(user=user, at__lte=at - LONGEST).delete()
    FailedTrial.objects.create(user=user, kind=kind, at=at)


def forgive(user: User, kind: str) -> None:
    """A right one: the wrong ones before it were slips."""
    FailedTrial.objects.filter(user=user, kind=kind).delete()


def failed_since(user: User, kind: str, *, since: datetime) -> int:
    """How many wrong ones there were since a moment."""
    return FailedTrial.objects.filter(user=user, kind=kind, at__gte=since).count()


def confirm_password(user: User, password: str, *, at: datetime) -> None:
    """Let the owner prove the password once more; raises :class:`RuleViolation` when it is wrong."""
    require_trials_left(user, "password", at=at)
    if not user.check_password(password):
        raise RuleViolation("密码不对，请再试。", field="password")
