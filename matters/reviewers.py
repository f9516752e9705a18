"""Who can be asked to join a joint review, and who must stand back from it (Art. 14, 16)."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from accounts.models import User
from grids.models import Division
from matters.models import Proposal
from personnel.models import OfficePosting, Organization

ROLES = ("desk_head", "dispatcher", "handler", "department_head")
OWN = "这是您本单位的申请，应当回避。"


def reviewers_in(county: Division, *, day: date) -> list[tuple[User, Organization]]:
    """Returns everybody with a current post in a body of the county or of its townships, grouped by body."""
    places = Q(organization__division=county) | Q(organization__division__parent=county)
    posts = OfficePosting.objects.current(day).filter(places, role__in=ROLES, user__is_active=True)
    posts = posts.filter(organization__is_active=True).select_related("user", "organization")
    found = {
        (post.user_id, post.organization_id): (post.user, post.organization)
        for post in posts.order_by("organization__division__code", "organization__code", "user__name", "pk")
    }
    return list(found.values())


def why_recused(proposal: Proposal, user: User, organization: Organization, *, today: date) -> str:
    """Returns why a reviewer must stand back, as a sentence; empty if they may vote."""
    if organization.pk == proposal.applicant_id or proposal.drafted_by_id == user.pk:
        return OWN
    own = OfficePosting.objects.current(today).filter(user=user, organization=proposal.applicant_id)
    return OWN if own.exists() else ""
