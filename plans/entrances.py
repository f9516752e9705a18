"""Who may open the pages of plans, and for which counties (Art. 5, 7, 9)."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import User
from grids.levels import level_of
from grids.models import Division
from personnel.rules import Entrance, holding
from personnel.scopes import authority_of
from personnel.visibility import counties_within
from plans.models import SectorGrid
from plans.policies import WHO_MAY, keeps_norm
from plans.querysets import WATCHING

KEEPERS = ("publish_grids", "supervise")
OFFICES = (*KEEPERS, "dispatch", "handle", "oversee")


def keeps_counties(user: User) -> bool:
    """Whether the user supervises a county or the city."""
    authority = authority_of(user)
    held = authority.places("division", *KEEPERS)
    return authority.sees_all or any(level_of(pk) in ("city", "county") for pk in held)


def counties_watched(user: User) -> list[Division]:
    """Return the counties for whose authority, or whose city's authority, the user acts."""
    return list(counties_within(authority_of(user), *KEEPERS)) if keeps_counties(user) else []


def counties_to_draft_in(user: User) -> list[Division]:
    """Return the counties in which the user acts for the authority or a township (Art. 7); one statement."""
    authority = authority_of(user)
    own = authority.places("division", "publish_grids")
    desks = authority.places("division", "dispatch")
    if not own and not desks:
        return []
    counties = Division.objects.of_level("county").defer("outline")
    below = Division.objects.filter(pk__in=desks, level="township").values("parent")
    return list(counties.filter(pk__in=own) | counties.filter(pk__in=below))


def own_county(user: User) -> Division | None:
    """Return the one county in which the user drafts or which the user watches over; None if there are several."""
    own = counties_to_draft_in(user) or list(counties_within(authority_of(user), *WATCHING)[:2])
    return own[0] if len(own) == 1 else None


def counties_kept(user: User) -> list[Division]:
    """Return the counties for whose authority the user acts."""
    own = authority_of(user).places("division", "publish_grids")
    return list(Division.objects.of_level("county").filter(pk__in=own).defer("outline")) if own else []


def norms_kept(user: User) -> list[Division | None]:
    """Return the counties whose norm the user may publish, and None for the city's default."""
    return [*([None] if keeps_norm(None, user) else []), *counties_kept(user)]


def sectors_in_sight(user: User) -> QuerySet[SectorGrid]:
    """Sector grids of the user's city, county or township, and of the user's own department."""
    authority = authority_of(user)
    if authority.sees_all:
        return SectorGrid.objects.all()
    places = authority.places("division", *KEEPERS, "dispatch")
    units = authority.places("organization", "handle", "oversee")
    return SectorGrid.objects.filter(
        Q(township__in=places)
        | Q(township__parent__in=places)
        | Q(township__parent__parent__in=places)
        | Q(owner__in=units)
    )


def has_post(user: User) -> bool:
    """Whether the account holds any post."""
    authority = authority_of(user)
    return authority.sees_all or bool(authority.grants)


DRAFTING = Entrance(counties_to_draft_in, WHO_MAY["draft"].sentence)
FILINGS = Entrance(counties_watched, "备案由县区和市主管部门办理。您的工作从首页进入。")
DIVISIONS = Entrance(holding(*OFFICES), "区划由主管部门、乡镇街道和有关部门查看。您的工作从首页进入。")
RULES = Entrance(holding(*OFFICES), "规则由主管部门、乡镇街道和有关部门查看。您的工作从首页进入。")
SECTORS = Entrance(holding(*OFFICES), "专业网格由主管部门、乡镇街道和有关部门查看。您的工作从首页进入。")
MERGING = Entrance(counties_kept, "专业网格由县区主管部门会同有关部门整合（条例第九条）。")
NORMS = Entrance(norms_kept, "网格标准由县区主管部门制定，默认标准由市主管部门制定。")
EXPORT = Entrance(has_post, "网格册供在岗人员导出。")
