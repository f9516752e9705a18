"""Which open cases in sight a report may repeat, before it is sent (Art. 17, 18, 20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import isfinite

from django.db.models import Case as Choose
from django.db.models import IntegerField, Q, Value, When
from django.urls import reverse

from accounts.models import User
from common.numbers import whole_number
from common.shapes import Shown
from matters.models import Matter
from workflow.merging import distance_words
from workflow.models import Case
from workflow.nearness import LATELY, NEAR_M, WITHIN, Likeness, Spot, around, likeness, nearest_first
from workflow.policies import WHO_MAY
from workflow.presentation import Timing, row_of

LOOKED_AT, SHOWN = 60, 5
LONGEST_WORDS = 300  # characters of what was typed


@dataclass(frozen=True, slots=True)
class SimilarRow(Shown):
    """An open case that the report may repeat (workflow/similar.html). Without ``add_url`` others add to it."""

    url: str
    title: str
    words: str
    holder: str
    add_url: str


@dataclass(frozen=True, slots=True)
class Similar(Shown):
    """What may be the same: reported within a day, and before that."""

    lately: list[SimilarRow]
    before: list[SimilarRow]


NOTHING = Similar([], [])


def spot_in(fields: Mapping[str, str]) -> Spot | None:
    """Returns what the form says so far; None without a grid, without a matter or words, and for a clue (Art. 20)."""
    grid_id = whole_number(fields.get("grid_id", ""))
    if grid_id is None:
        return None
    lon, lat = (None, None) if fields.get("elsewhere") else _point_in(fields)
    words = " ".join(fields.get(name, "")[:LONGEST_WORDS] for name in ("place", "description"))
    spot = Spot(grid_id, lon, lat, title=fields.get("title", "")[:LONGEST_WORDS].strip(), words=words)
    matter_id = whole_number(fields.get("matter_id", ""))
    if matter_id is None:
        return spot if spot.title else None
    matter = Matter.objects.filter(pk=matter_id, confidential=False).values_list("code", "name").first()
    return replace(spot, matter=matter, title=matter[1]) if matter else None


def _point_in(fields: Mapping[str, str]) -> tuple[float, float] | tuple[None, None]:
    try:
        lon, lat = float(fields.get("lon", "")), float(fields.get("lat", ""))
    except ValueError:
        return None, None
    is_place = isfinite(lon) and isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90 and (lon, lat) != (0, 0)
    return (lon, lat) if is_place else (None, None)


def similar_open_cases(user: User, spot: Spot | None, timing: Timing) -> Similar:
    """Returns the open cases that a report may repeat, of those that the user sees; clues are left out (Art. 20).

    Within 50 m of the position, in whatever grid; else in the same grid. Two statements and one for the matter,
    however many cases there are.
    """
    if spot is None:
        return NOTHING
    found = [(likeness(spot, case), case) for case in _read(user, spot, timing.at)]
    found = sorted((pair for pair in found if pair[0].may_be_one), key=lambda pair: pair[0].rank)
    lately = [pair for pair in found if pair[1].reported_at >= timing.at - LATELY][:SHOWN]
    before = [pair for pair in found if pair not in lately and pair[1].reported_at < timing.at - LATELY]
    return Similar(
        [_row(user, *pair, timing) for pair in lately],
        [_row(user, *pair, timing) for pair in before[: SHOWN - len(lately)]],
    )


def _read(user: User, spot: Spot, at: datetime) -> list[Case]:
    here = Q(grid_id=spot.grid_id)
    if (point := spot.point) is not None:
        here = here & Q(lon__isnull=True) | around(point, NEAR_M)
    code, name = spot.matter or ("", "")
    same = Choose(
        When(matter__code=code, matter__name=name, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    open_ones = Case.objects.visible_to(user).open().filter(here, confidential=False)
    lately = open_ones.filter(reported_at__gte=at - WITHIN).with_names()
    return list(lately.order_by(same, *nearest_first(spot.point))[:LOOKED_AT])


def _row(user: User, like: Likeness, case: Case, timing: Timing) -> SimilarRow:
    row = row_of(case, timing)
    may_add = bool(WHO_MAY.open_to(user, case, among=("supplement",)))
    parts = (
        row.place,
        "" if like.is_same_matter else "事项不同",
        distance_words(like.metres, is_same_grid=like.is_same_grid),
        _age(timing.at, case.reported_at),
        row.status_name,
    )
    add_url = reverse("workflow:supplement", args=[case.pk]) if may_add else ""
    return SimilarRow(row.url, row.title, " · ".join(filter(None, parts)), row.holder, add_url)


def _age(now: datetime, then: datetime) -> str:
    minutes = max(int((now - then).total_seconds() // 60), 1)
    if minutes < 60:
        return f"{minutes} 分钟前上报"
    return f"{minutes // 60} 小时前上报" if minutes < 48 * 60 else f"{minutes // 1440} 天前上报"
