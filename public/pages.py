"""The public pages of the register. They show no more about people than a notice board does (Art. 7, 13)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import shapely
from django.db.models import Count, Prefetch, Q
from django.http import Http404
from django.urls import reverse

from boards.content import ROLES, StoredPerson
from boards.models import BoardEdition
from common import clock
from common.drawing.qr import qr_path
from common.errors import RuleViolation
from common.shapes import Context
from common.web.shapes import Crumb
from geometry.areas import area_m2
from grids.models import Division, Grid, GridUnit, GridVersion
from grids.neighbours import neighbours_of
from grids.outlines import PATH_TO
from grids.range_words import range_words
from grids.register_on_day import grid_by_code
from grids.search import Found, find, read_question
from personnel.models import DualManagement, GridPosting
from plans.models import GridPlan
from public.cache import Asked, Elsewhere, Page
from register.history import PLAN_NUMBER, area_words
from register.maps import places_map, range_map
from workflow.territory import division_with_lineage
from worktime.clocks import day_of

GRID_VIEW = "public:grid"


def welcome_page(asked: Asked) -> Page:
    """Shows what the public can do here, in four rows."""
    return Page("public/welcome.html", {"title": "您要办什么"})


def tell_page(asked: Asked) -> Page:
    """Says how a resident can have a matter reported today, and that no form on the web takes it yet."""
    return Page("public/tell.html", {"title": "反映问题"})


def complain_page(asked: Asked) -> Page:
    """Says how to complain about a grid person: find the grid first; its page leads to the form (Art. 12)."""
    return Page("public/complain.html", {"title": "投诉网格人员"})


def home_page(asked: Asked) -> Page | Elsewhere:
    """Shows the search and the counties. A complete code that was ever given leads straight to its grid."""
    context: Context = {"title": "找网格", "q": asked.query.get("q", ""), "counties": counties()}
    if "q" in asked.query:
        try:
            question = read_question(asked.query["q"])
        except RuleViolation as refusal:
            return Page("public/home.html", {**context, "refusal": refusal.sentence})
        grid = grid_by_code(question.code) if question.code else None
        if grid is not None and grid.in_force_on is not None:
            return Elsewhere(reverse(GRID_VIEW, args=[grid.code]))
        context["found"] = found = find(question)
        context["sentence"] = result_words(found)
    return Page("public/home.html", context)


def result_words(found: Found) -> str:
    """Returns how much was found, as a sentence."""
    if found.is_cut:
        return f"网格太多，只列出前 {len(found.hits)} 个；请再加一个村社区或小区的名称。"
    if not found.hits and not found.places:
        return "没有找到。请换一个名称，或从下面的县区逐级查找。"
    return f"找到 {len(found.hits)} 个网格、{len(found.places)} 个地方。"


def counties() -> list[DivisionRow]:
    """Returns the counties and zones with their numbers of grids in force."""
    return _below(Division.objects.of_level("county"))


def place_page(asked: Asked, code: str) -> Page | Elsewhere:
    """Shows a county's townships, or a township's villages and grids. A village redirects to its township."""
    place = division_with_lineage(code)
    if place is None:
        raise Http404
    if place.level == Division.Level.CITY:
        return Elsewhere(reverse("public:home"))
    if place.level == Division.Level.VILLAGE and place.parent is not None:
        return Elsewhere(f"{reverse('public:place', args=[place.parent.code])}#v{place.code}")
    context = {"title": place.name, "place": place, "trail": trail_of(place)}
    if place.level == Division.Level.COUNTY:
        rows = _below(Division.objects.of_level("township").filter(parent=place))
        return Page("public/county.html", {**context, "rows": rows})
    return Page("public/township.html", {**context, **_township(place)})


@dataclass(frozen=True, slots=True)
class DivisionRow:
    """A division with its number of grids in force."""

    place: Division
    count: int


def _below(divisions: Any) -> list[DivisionRow]:
    """Returns divisions of one level as rows with their numbers of grids; two statements."""
    rows = list(divisions.defer("outline"))
    path = PATH_TO[rows[0].level] if rows else "pk"
    counts = Counter(dict(Grid.objects.in_force().order_by().values_list(path).annotate(count=Count("pk"))))
    return [DivisionRow(place=row, count=counts[row.pk]) for row in rows]


def _township(place: Division) -> Context:
    """Returns the villages with their grids in force, and the map of all of them; two statements."""
    grids = Grid.objects.in_force().select_related("village").defer("village__outline").order_by("code")
    villages = list(
        Division.objects.filter(parent=place)
        .defer("outline")
        .order_by("code")
        .prefetch_related(Prefetch("grids", queryset=grids, to_attr="present"))
    )
    present = [grid for village in villages for grid in village.present]  # type: ignore[attr-defined]
    return {
        "villages": villages,
        "count": len(present),
        "map": places_map(present, title=f"{place.name}各网格的范围示意图", view=GRID_VIEW),
        "is_demonstration": any(grid.is_demonstration for grid in present),
    }


def trail_of(place: Division) -> list[Crumb]:
    """Returns the places above a place, the whole city first."""
    steps = []
    step = place.parent
    while step is not None and step.parent is not None:
        steps.append(Crumb(step.name, reverse("public:place", args=[step.code])))
        step = step.parent
    return [Crumb("全市", reverse("public:home")), *steps[::-1]]


def grid_page(asked: Asked, code: str) -> Page | Elsewhere:
    """Shows the public page of a grid. An old code redirects permanently to the present one."""
    grid = grid_by_code(code)
    if grid is None:
        raise Http404
    if grid.in_force_on is None:
        return _not_yet(grid)
    if code != grid.code:
        return Elsewhere(reverse(GRID_VIEW, args=[grid.code]), is_permanent=True)
    whole = Grid.objects.select_related("village__parent__parent__parent", "successor").get(pk=grid.pk)
    version = whole.versions.order_by("-valid_from").first()
    if version is None:
        raise Http404
    board = board_of(whole)
    context = {
        "title": whole.name,
        "grid": whole,
        "version": version,
        "trail": [*trail_of(whole.village), _village_link(whole.village)],
        "units": list(GridUnit.objects.filter(version=version).order_by("kind", "pk")),
        "plan": plan_behind(version),
        "board": board,
        "people": still_posted(board, whole) if board else [],
        **(_range(whole, asked) if whole.status == "in_force" else {}),
    }
    return Page("public/grid.html", context, names_people=True)


def _village_link(village: Division) -> Crumb:
    return Crumb(village.name, reverse("public:place", args=[village.code]))


def _range(grid: Grid, asked: Asked) -> Context:
    """Returns what is shown of a grid in force: range, map, management, coming changes, and the QR code of its page."""
    short = asked.site + reverse("public:short", args=[grid.code])
    coming = GridPlan.objects.filter(status="published", grids__grid=grid).order_by("effective_on", "pk")
    managed = DualManagement.objects.filter(grid=grid, ends_on=None).select_related("organization")
    return {
        "range_words": range_words(grid, neighbours_of(grid)),
        "area": area_words(area_m2(shapely.from_wkb(bytes(grid.boundary)))) if grid.boundary else "",
        "map": range_map(grid, view=GRID_VIEW),
        "department": next((duty.organization.name for duty in managed), ""),
        "coming": list(coming),
        "short": short,
        "qr": qr_path(short),
    }


def short_address(asked: Asked, code: str) -> Elsewhere:
    """Redirects the short address on paper to the grid's page, even if its code has changed."""
    grid = grid_by_code(code)
    if grid is None:
        raise Http404
    return Elsewhere(reverse(GRID_VIEW, args=[grid.code]))


def _not_yet(grid: Grid) -> Elsewhere:
    """Redirects a grid that was never in force to its published plan. Raises Http404 if there is none."""
    plan = GridPlan.objects.exclude(published_at=None).filter(grids__grid=grid).order_by("-pk").first()
    if plan is None:
        raise Http404
    return Elsewhere(reverse("public:plan", args=[plan.number]))


def board_of(grid: Grid) -> BoardEdition | None:
    """Returns what the grid's notice board must show now: the names, duties and work phones public under Art. 13."""
    if grid.status != "in_force":
        return None
    return BoardEdition.objects.filter(board__grid=grid).order_by("-number").first()


def still_posted(board: BoardEdition, grid: Grid) -> list[StoredPerson]:
    """Returns the people of the board who hold their post today: the next edition follows a minute after one has left.

    An edition names no accounts, so a person is known by post, name and work phone.
    """
    held = GridPosting.objects.current(day_of(clock.now())).filter(
        Q(grid=grid) | Q(grid=None, village=grid.village_id)
    )
    present = {
        (ROLES[role], name, phone)
        for role, name, phone in held.values_list("role", "user__name", "user__phone")
    }
    people: list[StoredPerson] = board.content["people"]
    return [person for person in people if (person["role"], person["name"], person["phone"]) in present]


def plan_behind(version: GridVersion) -> GridPlan | None:
    """Returns the published plan that a version names as its source, or None."""
    number = PLAN_NUMBER.search(version.source)
    if number is None:
        return None
    return GridPlan.objects.exclude(published_at=None).filter(number=number[0]).first()
