"""Guessing at the door. Everything is counted in PostgreSQL and for one network, so nobody is locked out elsewhere.

django-axes stops one name at one address for a quarter of an hour after eight failures. Here the patient are
slowed (one name, one address, all day), and one address that tries one password on many names.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from axes.utils import reset
from django.db.models import Count, Q, Sum

from accounts.digests import keyed_digest
from accounts.models import FailedSignIn

MOST_FAILURES = 100  # of one address; a township shares one, and people mistype
WITHIN = timedelta(minutes=10)
PATIENCE = (  # of one name at one address: so many, within so long, and the words for it
    (40, timedelta(days=1), "一天"),
    (16, timedelta(hours=2), "2 小时"),
)
KEPT = PATIENCE[0][1]
TOO_MANY = "从这里登录失败的次数太多，请 10 分钟后再试；在别处登录不受影响。"


def refusal_for(name: str, address: str, *, at: datetime) -> str:
    """Why this name may not be tried from this address now, as a sentence; nothing when it may.

    An account that exists and one that does not are answered alike.
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
    """Say whether this address has failed to sign in too often of late; nobody elsewhere is locked out."""
    recent = AccessAttempt.objects.filter(ip_address=address or None, attempt_time__gt=at - WITHIN)
    failures = recent.aggregate(all=Sum("failures_since_start"))["all"] or 0
    return bool(failures >= MOST_FAILURES)


def note_failed_sign_in(name: str, address: str, *, at: datetime) -> None:
    """Count one wrong password."""
    FailedSignIn.objects.create(**_digests(name, address), at=at)


def forgive_sign_ins(name: str, address: str = "") -> None:
    """Forget the failures of a name: at the address where it has signed in, or everywhere with a new password."""
    said = _digests(name, address)
    if not address:
        del said["network_digest"]
        reset(username=name)
    FailedSignIn.objects.filter(**said).delete()


def _digests(name: str, address: str) -> dict[str, str]:
    return {"name_digest": keyed_digest("name", name), "network_digest": keyed_digest("network", address)}
