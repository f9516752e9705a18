"""Which plan a user may see, and where they may draw in it (Art. 20)."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from accounts.models import User
from common.errors import IllegalMove
from grids.models import Division
from personnel.scopes import authority_of
from plans import policies
from plans.entrances import SECTORS, sectors_in_sight
from plans.models import GridPlan, ImportJob, SectorGrid
from plans.policies import require_sector_keeper


def plan_in_sight(user: User | AnonymousUser, pk: int) -> GridPlan:
    """Return a plan with county and filing; raises :class:`Http404` if it does not exist or the user may not see it."""
    plans = GridPlan.objects.visible_to(user).select_related(
        "county__parent", "filing", "reverses", "drafted_by"
    )
    plan = plans.filter(pk=pk).first()
    if plan is None:
        raise Http404
    return plan


def reach_of(user: User, plan: GridPlan) -> frozenset[int] | None:
    """Return the townships that the user may draw in now; None for the whole county."""
    if not policies.may_draw(user, plan):
        return frozenset()
    authority = authority_of(user)
    return None if policies.of_county(authority, plan) else policies.townships_of(authority, plan.county_id)


def township_of(plan: GridPlan, code: str) -> Division:
    """Return a township of the plan's county by its code; raises :class:`Http404` for any other code."""
    found = Division.objects.filter(code=code[:12], level="township", parent_id=plan.county_id)
    township = found.defer("outline").first()
    if township is None:
        raise Http404
    return township


def import_in_sight(user: User, pk: int, number: int) -> ImportJob:
    """Return a file of this plan; raises :class:`Http404` also for users who may not draw in the county."""
    plan = plan_in_sight(user, pk)
    if not policies.WHO_MAY.may("change", user, plan):
        raise Http404
    found = plan.imports.select_related("by").filter(pk=number).first()
    if found is None:
        raise Http404
    found.plan = plan
    return found


def undecided_sector_grid(user: User, pk: int) -> SectorGrid:
    """Return a sector grid that the user's county still has to decide on.

    Raises :class:`Http404` if it does not exist or the user may not see it, :class:`NotPermitted` for users of another
    office and :class:`IllegalMove` if it is already decided.
    """
    SECTORS.require(user)
    row = sectors_in_sight(user).select_related("owner", "township__parent").filter(pk=pk).first()
    if row is None:
        raise Http404
    require_sector_keeper(row.township, user)
    if row.status != SectorGrid.Status.REGISTERED:
        raise IllegalMove(f"这个专业网格{row.get_status_display()}，不用再办。")
    return row
