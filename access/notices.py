"""The notices about special grants and unusual looks."""

from __future__ import annotations

from datetime import datetime, timedelta

from access import states
from access.models import GrantRequest
from access.policies import territory_of
from access.tiers import TIERS
from accounts.models import User
from grids.models import Division
from notifications.actions import tell
from notifications.models import Outbox
from personnel.scopes import audience

TOPIC, LOOKS = "grant_request", "looks"
OUTCOMES = {
    "approve": "已批准",
    "refuse": "没有批准",
    "revoke": "已收回",
    "expire": "已到期",
    "review": "已复核保留",
}


def asked(request: GrantRequest, *, at: datetime) -> None:
    """Tell the people who decide there that an application waits."""
    place = territory_of(request)
    while place.level not in ("county", "city") and place.parent is not None:
        place = place.parent
    sentence = (
        f"{request.asked_by.name}为{request.grantee.name}申请{states.GRANTABLE[request.verb]}，请审批。"
    )
    _tell(audience("approve_grants", "division", place.pk), request, sentence, at=at)


def decided(request: GrantRequest, verb: str, *, at: datetime) -> None:
    """Tell the applicant and the grantee the result."""
    if verb not in OUTCOMES:
        return
    sentence = f"专项授权“{states.GRANTABLE[request.verb]}”（{request.place}）{OUTCOMES[verb]}。"
    for user_id in sorted({request.asked_by_id, request.grantee_id}):
        _tell(f"user:{user_id}", request, sentence, at=at)


def _tell(to: str, request: GrantRequest, sentence: str, *, at: datetime) -> None:
    tell(to, topic=TOPIC, subject=f"grant_request:{request.pk}", sentence=sentence, at=at)


def warn_of_looks(user: User, *, tier: str, at: datetime) -> None:
    """Tell the security administrators that somebody has reached a limit; once a day for each person."""
    subject = f"account:{user.pk}"
    since = at - timedelta(days=1)
    if Outbox.objects.filter(topic=LOOKS, subject=subject, created_at__gt=since).exists():
        return
    sentence = f"{user.name}（{user.username}）查看{TIERS[tier].name}达到上限，请核对查阅记录。"
    for city in Division.objects.of_level("city").values_list("pk", flat=True):
        tell(
            audience("administer_security", "division", city),
            topic=LOOKS,
            subject=subject,
            sentence=sentence,
            at=at,
        )
