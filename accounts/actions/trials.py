"""Wrong codes and passwords of somebody who is signed in already are counted in the database and soon refused."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import FailedTrial, User
from common.errors import Refusal, RuleViolation

MOST = 5
WITHIN = timedelta(minutes=10)


class TooManyTrials(Refusal):
    """Too many wrong codes or passwords; the account itself is not locked for anybody else."""

    code = "too_many_trials"
    status = 429


def require_trials_left(user: User, kind: str, *, at: datetime) -> None:
    """Raise :class:`TooManyTrials` after five wrong ones in ten minutes."""
    recent = FailedTrial.objects.filter(user=user, kind=kind, at__gt=at - WITHIN)
    if recent.count() >= MOST:
        raise TooManyTrials(f"输错 {MOST} 次了，请 10 分钟后再试。")


def note_failure(user: User, kind: str, *, at: datetime) -> None:
    """Count one wrong one; called outside the transaction that is refused."""
    FailedTrial.objects.create(user=user, kind=kind, at=at)


def confirm_password(user: User, password: str, *, at: datetime) -> None:
    """Let the owner prove the password once more; raises :class:`RuleViolation` when it is wrong."""
    require_trials_left(user, "password", at=at)
    if not user.check_password(password):
        raise RuleViolation("密码不对，请再试。", field="password")
