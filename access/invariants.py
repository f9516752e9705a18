"""Checks that special grants are exactly those that a second person approved and that have not ended (Art. 20)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F

from access.models import GrantRequest
from common.records.invariants import Invariant
from personnel.models import Grant


def special_grants_nobody_approved() -> Iterator[str]:
    """Yield special grants without an application in effect, and applications in effect without their grant."""
    for grant in Grant.objects.filter(is_special=True).exclude(request__status="in_effect"):
        yield f"专项授权 {grant.pk} 没有批准的申请"
    for request in GrantRequest.objects.filter(status="in_effect", grant=None):
        yield f"{request} 生效中却没有授权"
    for request in GrantRequest.objects.filter(status="in_effect").exclude(grant__user=F("grantee")):
        yield f"{request} 的授权给了别人"


INVARIANTS = (Invariant("专项授权都经第二个人批准", special_grants_nobody_approved),)
