"""How many cases came, how many were on time, what is stuck and where. Each number opens its list (Art. 19, 25)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.requests import SignedInRequest
from audit.actions import record_access
from common.drawing.charts import Amount, Stack
from common.drawing.sketches import Area
from common.shapes import Shown
from common.web.files import download
from common.web.listing import address_with
from common.web.shapes import Link, Stat
from exchange.listed import write_list
from frame.entrances import OVERVIEW, hides_secrets
from grids.models import Division
from grids.outlines import shapes_below
from workflow.case_files import WORKBOOK, asks_for_file
from workflow.measures import MEASURES, Measure, counts_by, total
from workflow.models import Case
from workflow.periods import DEFAULT, PERIODS, Period, read_period
from workflow.territory import (
    COLUMN_BELOW,
    WATCHING,
    Below,
    division_with_lineage,
    lineage,
    may_look_at,
    places_below,
    places_gone,
    widest_place,
)
from workflow.views.fetching import timing_now
from worktime.clocks import SHANGHAI

LEVEL_BELOW = {"city": "县区", "county": "乡镇街道", "township": "村社区", "village": "网格"}
GONE = "已停用的网格"


@dataclass(frozen=True)
class View:
    """What the page shows: a place, a period, and the measure that colours the map."""

    place: Division
    period: Period
    coloured: Measure

    def list_url(self, measure: Measure, *, below: Below | None = None) -> str:
        """Returns the address of the list behind a number of this place or of one below it."""
        if below is not None and below.is_grid:
            where = {"grid": below.code}
        else:
            where = {
                "division": below.code if below else self.place.code,
                "under": below.under if below else "",
            }
        return address_with(reverse("workflow:list"), measure=measure.key, period=self.period.key, **where)

    def url(self, *, division: str = "", period: str = "", colour: str = "") -> str:
        """Returns the address of this page with another place, period or colour."""
        return address_with(
            reverse("frame:overview"),
            division=division or self.place.code,
            period=period or self.period.key,
            colour=colour or self.coloured.key,
        )

    def page_url(self, below: Below) -> str:
        """Returns the page of a place below: of a grid its register, of a division its own overview, if it has one."""
        if below.is_gone:
            return ""
        return reverse("register:grid", args=[below.code]) if below.is_grid else self.url(division=below.code)


def overview(request: SignedInRequest) -> HttpResponseBase:
    """Shows the numbers of one place over one period, and the same numbers for each place below it."""
    user, timing = request.user, timing_now()
    view = read_view(request, user, at=timing.at)
    below = places_below(view.place)
    cases = Case.objects.visible_to(user).in_division(view.place.level, view.place.pk)
    counts = counts_by(cases, COLUMN_BELOW[view.place.level], view.period)
    below += places_gone(view.place, counts.keys() - {each.pk for each in below})
    rows = rows_of(view, below, counts)
    sums = [number_of(view, each, counts.values()) for each in MEASURES.values()]
    if asks_for_file(request):
        return file_of(view, [*rows, PlaceRow("合计", "", sums)], user, at=timing.at)
    context = {
        "title": f"{view.place.name}总览",
        "view": view,
        "at": timing.at,
        "stats": [stat_of(view, measure, counts) for measure in MEASURES.values()],
        "measures": list(MEASURES.values()),
        "rows": rows,
        "sums": sums,
        "level_below": LEVEL_BELOW[view.place.level],
        "stacks": stacks_of(view, below, counts),
        "areas": areas_of(view, below, counts),
        "trail": trail_of(view, user),
        "period_links": period_links(view),
        "colour_links": colour_links(view),
        "hides_secrets": hides_secrets(user, view.place),
        "file_url": f"{view.url()}&form={WORKBOOK}",
    }
    return render(request, "frame/overview.html", context)


def read_view(request: SignedInRequest, user: User, *, at: Any) -> View:
    """Reads the view from the address. Raises Http404 for a place that the user neither supervises nor dispatches."""
    OVERVIEW.require(user)
    code = request.GET.get("division", "")
    place = division_with_lineage(code[:12]) if code else widest_place(user, *WATCHING)
    period = read_period(request.GET.get("period", DEFAULT), at=at)
    coloured = MEASURES.get(request.GET.get("colour", "open"))
    if place is None or period is None or coloured is None or not may_look_at(user, place, *WATCHING):
        raise Http404
    return View(place, period, coloured)


def stat_of(view: View, measure: Measure, counts: dict[int, dict[str, int]]) -> Stat:
    """Returns one number for parts/stat.html, with the number of the period before if it is known."""
    value = total(counts.values(), measure.key)
    has_before = measure.condition_before(view.period) is not None
    before = total(counts.values(), f"before_{measure.key}")
    return Stat(
        name=measure.label,
        value=value,
        unit="件",
        url=view.list_url(measure),
        light=measure.light if value else "",
        compared=compared(value, before, view.period.before_name) if has_before else "此刻的数",
        definition=measure.definition,
        beside=share_link(view, measure, counts),
    )


def share_link(view: View, measure: Measure, counts: dict[int, dict[str, int]]) -> Link | None:
    """Returns what a number is a share of, in words that open its list: ``占已评价 40 件的 95%``."""
    if measure.out_of is None:
        return None
    whole, value = total(counts.values(), measure.out_of.key), total(counts.values(), measure.key)
    words = f"占{measure.out_of.label} {whole:,} 件的 {value * 100 // whole}%" if whole else "还没有评价"
    return Link(view.list_url(measure.out_of), words)


def file_of(view: View, rows: list[PlaceRow], user: User, *, at: datetime) -> FileResponse:
    """Returns the rows of the table as a download, and records who took it out."""
    name, local = f"{view.place.name}总览", at.astimezone(SHANGHAI)
    record_access(
        f"cases:{user.pk}", at=at, actor_id=user.pk, fields=("counts",), purpose=f"导出：{name}", tier="T1"
    )
    secrets = "，不含保密事项" if hides_secrets(user, view.place) else ""
    notes = [
        ("清单", name),
        ("时间段", f"{view.period.name}，{view.period.words()}"),
        ("数据时间", f"{local:%Y-%m-%d %H:%M}"),
        ("说明", f"按事项上报时所在的地方统计{secrets}；只有件数，没有个人信息。"),
        ("导出", f"{user.name or user.username}（{user.username}），{local:%Y-%m-%d %H:%M}"),
    ]
    headings = [(LEVEL_BELOW[view.place.level], 24), *((measure.label, 12) for measure in MEASURES.values())]
    fill = partial(
        write_list,
        name=name,
        notes=notes,
        headings=headings,
        rows=[[row.name, *(number.words() for number in row.numbers)] for row in rows],
        explained=[(measure.label, measure.definition) for measure in MEASURES.values()],
    )
    return download(fill, name=f"{name} {local:%Y-%m-%d %H%M}")


def compared(value: int, before: int, name: str) -> str:
    """Returns the comparison in words: ``上月同期 1,208，多 37``."""
    step = value - before
    words = "持平" if step == 0 else f"{'多' if step > 0 else '少'} {abs(step):,}"
    return f"{name} {before:,}，{words}"


@dataclass(frozen=True, slots=True)
class Number(Shown):
    """A number of the table, the address of its list, and what it is a share of, if it is one."""

    value: int
    url: str
    out_of: int | None = None

    def words(self) -> str:
        """Returns the number as the table shows it: ``38`` or ``38 / 40``."""
        return f"{self.value} / {self.out_of}" if self.out_of else str(self.value)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place below, with each number and its list."""

    name: str
    url: str
    numbers: list[Number]


def number_of(
    view: View, measure: Measure, rows: Iterable[dict[str, int]], *, below: Below | None = None
) -> Number:
    """Returns the sum of a measure over some places, with its list and the number it is a share of."""
    rows = list(rows)
    whole = total(rows, measure.out_of.key) if measure.out_of else None
    return Number(total(rows, measure.key), view.list_url(measure, below=below), whole)


def rows_of(view: View, below: list[Below], counts: dict[int, dict[str, int]]) -> list[PlaceRow]:
    """Returns the table: a row for each place below, a number for each measure, each with its list."""
    rows = [
        PlaceRow(
            name=each.name,
            url=view.page_url(each),
            numbers=[
                number_of(view, measure, [counts.get(each.pk, {})], below=each)
                for measure in MEASURES.values()
            ],
        )
        for each in below
    ]
    gone = [row for pk, row in counts.items() if pk not in {each.pk for each in below}]
    if any(total(gone, key) for key in MEASURES):
        numbers = [replace(number_of(view, measure, gone), url="") for measure in MEASURES.values()]
        rows.append(PlaceRow(name=GONE, url="", numbers=numbers))
    return rows


def stacks_of(view: View, below: list[Below], counts: dict[int, dict[str, int]]) -> list[Stack]:
    """Returns the open cases of each place by their light. Places without open cases are left out."""
    stacks = []
    for each in below:
        row = counts.get(each.pk, {})
        late, supervised = row.get("late", 0), row.get("supervised", 0)
        calm = row.get("open", 0) - row.get("near", 0) - late
        parts = (
            Amount("正常", calm, light="normal"),
            Amount("临期", row.get("near", 0), light="near"),
            Amount("超期", late - supervised, light="late"),
            Amount("督办", supervised, light="supervised"),
        )
        if row.get("open", 0):
            stacks.append(Stack(each.name, parts, view.list_url(MEASURES["open"], below=each)))
    return stacks


def areas_of(view: View, below: list[Below], counts: dict[int, dict[str, int]]) -> list[Area]:
    """Returns the places below as shapes coloured by the chosen number. A click goes one level down."""
    shapes = shapes_below(view.place)
    return [
        Area(
            each.name,
            shapes[each.pk],
            value=counts.get(each.pk, {}).get(view.coloured.key, 0),
            url=view.list_url(view.coloured, below=each) if each.is_grid else view.url(division=each.code),
        )
        for each in below
        if each.pk in shapes
    ]


def trail_of(view: View, user: User) -> list[tuple[str, str]]:
    """Returns the places above, as far as the user may see them."""
    above = [step for step in lineage(view.place) if step.pk != view.place.pk]
    open_steps = [step for step in above if may_look_at(user, step, *WATCHING)]
    return [(step.name, view.url(division=step.code)) for step in reversed(open_steps)]


def period_links(view: View) -> list[Link]:
    """Returns the links to choose a period."""
    return [
        Link(name=name, url=view.url(period=key), is_current=key == view.period.key)
        for key, name in PERIODS.items()
    ]


def colour_links(view: View) -> list[Link]:
    """Returns the links to choose the number that colours the map."""
    return [
        Link(name=measure.label, url=view.url(colour=key), is_current=key == view.coloured.key)
        for key, measure in MEASURES.items()
    ]
