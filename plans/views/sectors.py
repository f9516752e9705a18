"""Sector grids in sight: the list by township and sector, and how far the unification is (Art. 9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.requests import SignedInRequest
from common.web.listing import Empty, Listing, address_with
from grids.models import Division
from plans.entrances import SECTORS, counties_kept, sectors_in_sight
from plans.models import SectorGrid
from plans.views.frame import tabs_for

LISTING = Listing(
    label="专业网格",
    columns=("名称", "领域", "主管部门", "乡镇街道", "状态"),
    empty=Empty(
        "还没有登记专业网格",
        "党建、政法、民政、环保、城管、信访等部门原来单独划分的网格，由县区主管部门在这里登记。",
    ),
    narrowed=Empty("没有这样的专业网格", "换一个乡镇街道、领域或状态再看。"),
    order=("pk",),
)
FILTERS = ("township", "sector", "status")


def sector_grids(request: SignedInRequest) -> HttpResponse:
    """Sector grids in sight, narrowed by township, sector and state; counts of every sector."""
    user = request.user
    SECTORS.require(user)
    seen = sectors_in_sight(user)
    asked = {name: request.GET.get(name, "") for name in FILTERS}
    listed = _narrowed(seen, asked)
    own = counties_kept(user)
    context = {
        "title": "专业网格",
        "tabs": tabs_for(user, "plans:sector_grids"),
        "counts": _counts(seen),
        "total": listed.count(),
        "asked": asked,
        "townships": _townships(seen),
        "sectors": SectorGrid.Sector.choices,
        "statuses": SectorGrid.Status.choices,
        "begin": {"url": reverse("plans:sector_grid_new"), "word": "登记专业网格"} if own else None,
        **LISTING.context(
            request,
            listed,
            named=_with_names,
            shown=lambda rows: [_row(row, own) for row in rows],
            query=asked,
        ),
    }
    return render(request, "plans/sector_grids.html", context)


def _narrowed(rows: QuerySet[SectorGrid], asked: dict[str, str]) -> QuerySet[SectorGrid]:
    if asked["sector"] not in ("", *SectorGrid.Sector.values):
        raise Http404
    if asked["status"] not in ("", *SectorGrid.Status.values):
        raise Http404
    if asked["township"]:
        rows = rows.filter(township__code=asked["township"][:12].replace("\x00", ""))
    for name in ("sector", "status"):
        if asked[name]:
            rows = rows.filter(**{name: asked[name]})
    return rows


def _townships(seen: QuerySet[SectorGrid]) -> list[tuple[str, str]]:
    places = Division.objects.filter(pk__in=seen.order_by().values("township")).order_by("code")
    return list(places.values_list("code", "name"))


@dataclass(frozen=True, slots=True)
class SectorCounts:
    """The counts of one sector with their lists."""

    name: str
    numbers: list[tuple[int, str]]


def _counts(seen: QuerySet[SectorGrid]) -> list[SectorCounts]:
    """How many of each sector wait, are merged or kept, each with its list; sectors without any are left out."""
    counted = (
        seen.order_by()
        .values("sector")
        .annotate(**{status: Count("pk", filter=Q(status=status)) for status in SectorGrid.Status.values})
    )
    found: dict[str, Mapping[str, Any]] = {row["sector"]: row for row in counted}
    address = reverse("plans:sector_grids")
    return [
        SectorCounts(
            name=name,
            numbers=[
                (found[sector][status], address_with(address, sector=sector, status=status))
                for status in SectorGrid.Status.values
            ],
        )
        for sector, name in SectorGrid.Sector.choices
        if sector in found
    ]


def _with_names(rows: QuerySet[SectorGrid]) -> QuerySet[SectorGrid]:
    return (
        rows.select_related("owner", "township")
        .defer("boundary", "township__outline")
        .prefetch_related("unified")
    )


@dataclass(frozen=True, slots=True)
class SectorRow:
    """One grid of a sector as a row of the list."""

    name: str
    sector: str
    owner: str
    township: str
    code: str
    established_on: date
    status: str
    status_name: str
    merged_on: date | None
    unified: list[str]
    law: str
    merge_url: str
    keep_url: str


def _row(row: SectorGrid, own: list[Division]) -> SectorRow:
    is_open = row.status == SectorGrid.Status.REGISTERED
    mine = is_open and row.township.parent_id in {county.pk for county in own}
    return SectorRow(
        name=row.name,
        sector=row.get_sector_display(),
        owner=row.owner.name,
        township=row.township.name,
        code=row.code,
        established_on=row.established_on,
        status=row.status,
        status_name=row.get_status_display(),
        merged_on=row.merged_on,
        unified=[grid.name for grid in row.unified.all()],
        law=f"{row.law} {row.law_article}（{row.law_number}）" if row.law else "",
        merge_url=reverse("plans:sector_grid_merge", args=[row.pk]) if mine else "",
        keep_url=reverse("plans:sector_grid_keep", args=[row.pk]) if mine else "",
    )
