"""Who may open the pages of lists, and for which counties (Art. 14, 16)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from grids.models import Division, Grid
from matters import policies
from matters.models import ListFiling
from personnel.models import Organization
from personnel.rules import Entrance, holding
from personnel.scopes import authority_of
from personnel.visibility import counties_within

OFFICES = ("publish_matters", "supervise", "dispatch", "review_law", "handle", "oversee")
KEEPERS = ("publish_matters", "supervise")


def own_county(user: User) -> Division | None:
    """Returns the county of the user's posts: in the county, in its townships or villages, or in their bodies."""
    authority = authority_of(user)
    places = {pk for _, kind, pk in authority.grants if kind == "division"}
    bodies = authority.places("organization", "handle", "oversee")
    grids = authority.places("grid", "report")
    counties = Division.objects.of_level("county").defer("outline")
    within = ("", "children__", "children__children__")
    found = counties.none()
    for step in within:
        found |= counties.filter(**{f"{step}pk__in": places}) | counties.filter(
            **{f"{step}organizations__in": bodies}
        )
    found |= counties.filter(children__children__grids__in=grids)
    return found.distinct().order_by("code").first()


@dataclass(frozen=True)
class Asking:
    """The county, and the bodies in whose name the user hands tasks to grids."""

    bodies: QuerySet[Organization]
    county: Division


def asking(user: User) -> Asking | None:
    """Returns the bodies that the user works for and the county that the user works in, or None."""
    units, county = authority_of(user).places("organization", "handle"), own_county(user)
    if not units or county is None:
        return None
    return Asking(Organization.objects.filter(pk__in=units, is_active=True).order_by("code"), county)


def own_grids(user: User) -> QuerySet[Grid]:
    """Returns the grids that the user works in."""
    places = authority_of(user).places("grid", "report")
    return Grid.objects.in_force().with_place().filter(pk__in=places).defer("boundary").order_by("code")


def working(user: User) -> tuple[QuerySet[Grid], Division] | None:
    """Returns the grids that the user works in and their county, or None."""
    grids, county = own_grids(user), own_county(user)
    return (grids, county) if county is not None and grids.exists() else None


def counties_published(user: User) -> list[Division]:
    """Returns the counties whose lists the user keeps."""
    held = authority_of(user).places("division", "publish_matters")
    return list(Division.objects.of_level("county").filter(pk__in=held).defer("outline"))


def counties_kept(user: User) -> list[Division]:
    """Returns the counties whose filings and unlisted reports the user watches over."""
    return list(counties_within(authority_of(user), *KEEPERS).order_by("code"))


def filings_in_sight(user: User) -> QuerySet[ListFiling]:
    """Returns the filings of the counties that the user watches over."""
    counties = counties_within(authority_of(user), *KEEPERS)
    return ListFiling.objects.filter(edition__county__in=counties.values("pk"))


BURDEN = Entrance(holding(*OFFICES), "清单负担供办公岗位查看。您的工作从首页进入。")
DIFFERENCES = Entrance(holding(*KEEPERS), "各县区对照由市、县区主管部门查看。")
FILINGS = Entrance(counties_kept, "备案由县区和市主管部门办理。")
UNLISTED = Entrance(counties_kept, "清单外的上报由县区和市主管部门研究。")
MISSED_WORDS = Entrance(counties_kept, "没有查到的词由县区和市主管部门补进清单。")
DRAFTING = Entrance(counties_published, "清单由县区主管部门编制、公布（条例第十四条）。")
PROPOSING = Entrance(policies.applicants, policies.WHO_MAY["propose"].sentence)
HANDING = Entrance(asking, "由部门、单位的人员派给网格。")
RECORDING = Entrance(working, "由网格员登记。")
