"""Divisions and adjustments for the public: published plans, before and after (Art. 7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import shapely
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from common.errors import RuleViolation
from common.records.keyset import Page as Rows
from common.records.keyset import keyset_page
from common.templatetags.when import day as in_words
from geometry.areas import area_m2
from grids.models import Grid, GridVersion
from plans.models import GridPlan, PlannedGrid
from public.cache import Asked, Elsewhere, Page
from register.history import area_words
from register.maps import Piece, RangeMap, draw

PLANS_A_PAGE, GRIDS_A_PAGE = 30, 200
MOST_DRAWN = 40  # grids on one picture; with more, the table is clearer
WITHDRAWN_SHOWN = 20
MARKS = {"new": "新设", "changed": "调整", "retired": "停用"}
KIND_NAMES = dict(Grid.Kind.choices)


@dataclass(frozen=True)
class Change:
    """One grid of a plan: what happens to it, and its facts before and after in words."""

    name: str
    mark: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    url: str = ""

    @property
    def what(self) -> str:
        """The mark in words: 新设, 调整 or 停用."""
        return MARKS[self.mark]


def plan_list(asked: Asked) -> Page | Elsewhere:
    """Shows published plans, the newest first. Plans withdrawn after publication are listed below."""
    plans = GridPlan.objects.select_related("county")
    page = _leaf(plans.public(), ("-published_at", "-pk"), asked, size=PLANS_A_PAGE)
    withdrawn = plans.exclude(published_at=None).filter(status="withdrawn").order_by("-published_at", "-pk")
    context = {
        "title": "网格划分和调整方案",
        "plans": page.rows,
        "withdrawn": [] if asked.query.get("cursor") else list(withdrawn[:WITHDRAWN_SHOWN]),
        "next_url": f"?cursor={page.next_cursor}" if page.next_cursor else "",
        "first_url": reverse("public:plans") if asked.query.get("cursor") else "",
    }
    return Page("public/plans.html", context)


def plan_page(asked: Asked, number: str) -> Page | Elsewhere:
    """Shows one published plan: what changes, from which day, before and after."""
    plans = GridPlan.objects.select_related("county").exclude(published_at=None)
    plan = plans.filter(number=number[:24]).first()
    if plan is None:
        raise Http404
    rows = plan.grids.select_related("village__parent", "grid", "base__village__parent").defer(
        "village__outline", "village__parent__outline", "base__village__outline", "grid__boundary"
    )
    page = _leaf(rows, ("pk",), asked, size=GRIDS_A_PAGE)
    by_key = dict(plan.grids.values_list("key", "name"))
    is_whole = not page.next_cursor and not asked.query.get("cursor")
    context = {
        "title": plan.title,
        "plan": plan,
        "status": status_words(plan),
        "withdrawn": plan.events.filter(verb="withdraw").values_list("at", flat=True).first(),
        "reversals": list(plan.reversals.exclude(published_at=None).order_by("pk")),
        "total": len(by_key),
        "changes": [change_of(row, plan, by_key) for row in page.rows],
        "maps": maps_of(page.rows) if is_whole and len(by_key) <= MOST_DRAWN else None,
        "next_url": f"?cursor={page.next_cursor}" if page.next_cursor else "",
        "first_url": asked.path if asked.query.get("cursor") else "",
    }
    return Page("public/plan.html", context)


def _leaf(rows: QuerySet[Any], order: tuple[str, ...], asked: Asked, *, size: int) -> Rows[Any]:
    """Returns one page of rows. Raises Http404 for an invalid cursor."""
    try:
        return keyset_page(rows, order=order, cursor=asked.query.get("cursor", ""), size=size)
    except RuleViolation as broken:
        raise Http404 from broken


def status_words(plan: GridPlan) -> str:
    """Returns the present status of the plan with its day. The page is cached, so the words count no days."""
    if plan.status == "published":
        return f"已公布，{in_words(plan.effective_on)}起生效"
    if plan.status == "in_force":
        return f"已生效（{in_words(plan.effective_on)}起）"
    return "已撤回，不生效"


def change_of(row: PlannedGrid, plan: GridPlan, by_key: dict[str, str]) -> Change:
    """Returns one row of the table."""
    mark = "retired" if row.is_retired else "new" if row.is_new else "changed"
    before = facts_in_words(row.base, row.base.code) if row.base else ("（没有这个网格）",)
    if row.is_retired:
        heir = _name_of(row.successor_key, by_key)
        after: tuple[str, ...] = (f"停用，由{heir}接续" if heir else "停用",)
    else:
        after = facts_in_words(row, row.code or (row.grid.code if row.grid else ""))
    url = ""
    if row.grid and row.grid.in_force_on is not None and plan.status != "withdrawn":
        url = reverse("public:grid", args=[row.grid.code])
    return Change(row.name, mark, before, after, url)


def _name_of(key: str, by_key: dict[str, str]) -> str:
    if key in by_key or not key:
        return by_key.get(key, "")
    found = (
        Grid.objects.filter(pk=int(key[1:])).values_list("name", flat=True).first() if key[0] == "g" else ""
    )
    return found or ""


def facts_in_words(facts: GridVersion | PlannedGrid, code: str) -> tuple[str, ...]:
    """Returns name, code, kind, place, households and area of one state of a grid, one line each."""
    township = facts.village.parent
    size = f"，{area_words(area_m2(shapely.from_wkb(bytes(facts.boundary))))}" if facts.boundary else ""
    return (
        facts.name,
        f"编码 {code}" if code else "编码在批准时编定",
        f"{KIND_NAMES[facts.kind]}，{township.name if township else ''}{facts.village.name}",
        f"{facts.households:,} 户{size}",
    )


def maps_of(rows: list[PlannedGrid]) -> dict[str, RangeMap | None]:
    """Returns the maps of the same land before and after, at the same scale."""
    before = [
        _piece(row.base, "retired" if row.is_retired else "")
        for row in rows
        if row.base and row.base.boundary
    ]
    after = [
        _piece(row, "new" if row.is_new else "changed") for row in rows if not row.is_retired and row.boundary
    ]
    shapes = [piece.shape for piece in (*before, *after)]
    frame = shapely.box(*shapely.total_bounds(shapes)) if shapes else None
    return {
        "before": draw(before, title="调整前的网格范围示意图", frame=frame),
        "after": draw(after, title="调整后的网格范围示意图", frame=frame),
    }


def _piece(facts: GridVersion | PlannedGrid, mark: str) -> Piece:
    rest = facts.name.removeprefix(facts.village.name) or facts.name
    label = (rest, f"（{MARKS[mark]}）") if mark in ("new", "retired") else (rest,)
    return Piece(facts.name, shapely.from_wkb(bytes(facts.boundary or b"")), label, mark=mark)
