"""One plan for one person: in sight or not there at all, and where one may draw in it (Art. 20)."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from accounts.models import User
from grids.models import Division
from personnel.scopes import authority_of
from plans import policies
from plans.models import GridPlan


def plan_in_sight(user: User | AnonymousUser, pk: int) -> GridPlan:
    """Fetch a plan with its county and filing; raises :class:`Http404` alike for out of sight and missing."""
    plans = GridPlan.objects.visible_to(user).select_related(
        "county__parent", "filing", "reverses", "drafted_by"
    )
    plan = plans.filter(pk=pk).first()
    if plan is None:
        raise Http404
    return plan


def reach_of(user: User, plan: GridPlan) -> frozenset[int] | None:
    """The townships one may draw in now; None for the whole county."""
    if not policies.may_draw(user, plan):
        return frozenset()
    authority = authority_of(user)
    return None if policies.of_county(authority, plan) else policies.townships_of(authority, plan.county_id)


def township_of(plan: GridPlan, code: str) -> Division:
    """A township of the plan's county by its code; any other does not exist here."""
    found = Division.objects.filter(code=code[:12], level="township", parent_id=plan.county_id)
    township = found.defer("outline").first()
    if township is None:
        raise Http404
    return township
