"""Preview of what a file will change in its plan: numbers, each with its list (Art. 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from common.shapes import Context
from common.web.shapes import Stat
from geometry.areas import areas_m2
from grids.facts import Facts
from grids.register_on_day import facts_of
from plans.comparison import Difference, Side, differences
from plans.layout import lot_of
from plans.models import ImportJob, ImportRow, PlannedGrid
from plans.pictures import MOST_DRAWN, Pictures, pictures_of_rows, piece_number
from plans.views.findings import FindingRow

PAGE_SIZE = 50
MOST_FINDINGS = 10
LISTS = {
    "create": ("新设", "文件里有、网格册和方案里没有的网格。"),
    "change": ("修改", "与网格册或方案里的不一样，将按文件修改的网格。"),
    "same": ("相同", "与网格册和方案里的完全相同，不用导入的网格。"),
    "fault": ("有误", "不能导入的行；改好后可以再上传，已有的不会重复。"),
    "repair": ("已修正", "读取时自动改正的地方。"),
}
NOTHING = {
    "create": "文件里没有新的网格。",
    "change": "文件没有修改任何网格。",
    "same": "没有与现状完全相同的网格。",
    "fault": "每一行都读对了。",
    "repair": "没有需要自动改正的地方。",
}


def counts_of(job: ImportJob) -> dict[str, int]:
    """Return how many grids or rows each list has; one statement."""
    return {
        "create": job.summary["create"],
        "change": job.summary["change"],
        "same": job.summary["same"],
        "fault": job.summary["faults"],
        "repair": job.rows.filter(outcome=ImportRow.Outcome.REPAIR).count(),
    }


def stats_of(job: ImportJob, counts: dict[str, int]) -> list[Stat]:
    """Return the numbers for parts/stat.html; each opens its list."""
    return [
        Stat(
            name=word,
            value=counts[key],
            unit="处" if key == "repair" else "行" if key == "fault" else "个",
            url=address_of(job, key) if counts[key] else "",
            definition=definition,
            light="late" if key == "fault" and counts[key] else "",
        )
        for key, (word, definition) in LISTS.items()
    ]


def first_list(counts: dict[str, int]) -> str:
    """Return the list to show first: faults, else changes, else rows that are already known."""
    return next((key for key in ("fault", "create", "change", "same", "repair") if counts[key]), "fault")


def address_of(job: ImportJob, shown: str, page: int = 1) -> str:
    """Return the address of an import's page with one of its lists."""
    words = {"show": shown} | ({"page": page} if page > 1 else {})
    return f"{reverse('plans:import_job', args=[job.plan_id, job.pk])}?{urlencode(words)}#list"


def findings_of(job: ImportJob) -> Context:
    """Return the findings of the time of reading, blocking ones first, for plans/parts/findings.html."""
    found = [
        FindingRow(sentence=each["sentence"], is_blocking=each["severity"] == "blocking", url="")
        for each in job.summary["findings"][:MOST_FINDINGS]
    ]
    blocking, warnings = job.summary["blocking"], job.summary["warnings"]
    return {
        "findings": found,
        "blocking": blocking,
        "warnings": warnings,
        "findings_left": blocking + warnings - len(found),
    }


def waiting_in(job: ImportJob) -> QuerySet[PlannedGrid]:
    """Return the grids that wait for confirmation, in the order of the file."""
    return PlannedGrid.objects.filter(import_job=job, plan=None).order_by("import_row", "pk")


def pictures_for(job: ImportJob, *, today: date) -> Pictures | None:
    """Return sketches of the land before and after, or None if the file changes no grid or too many."""
    if not 0 < job.summary["create"] + job.summary["change"] <= MOST_DRAWN:
        return None
    return pictures_of_rows(list(waiting_in(job).select_related("base")), day=today)


def page_of(job: ImportJob, shown: str, number: int) -> tuple[Page[Any], Sequence[RemarkRow | ImportedRow]]:
    """Return one page of a list; at most seven statements for any number of rows."""
    if shown not in ("create", "change"):
        remarks = Paginator(job.rows.filter(outcome=shown).order_by("row", "pk"), PAGE_SIZE).get_page(number)
        return remarks, [_remark(row) for row in remarks.object_list]
    new_keys = f"i{job.pk}-"
    waiting = waiting_in(job).select_related("village", "department", "base__village")
    rows = waiting.defer("village__outline", "base__village__outline")
    listed = (
        rows.filter(key__startswith=new_keys) if shown == "create" else rows.exclude(key__startswith=new_keys)
    )
    page = Paginator(listed, PAGE_SIZE).get_page(number)
    planned = list(page.object_list)
    numbers = _numbers(job)
    return page, _created(planned, numbers) if shown == "create" else _changed(job, planned, numbers)


@dataclass(frozen=True, slots=True)
class RemarkRow:
    """One remark about the file."""

    row: int | None
    field: str
    reason: str


def _remark(row: ImportRow) -> RemarkRow:
    """Return one remark about the file; without a row number it concerns the whole file."""
    return RemarkRow(row=row.row, field=row.field, reason=row.reason)


def _numbers(job: ImportJob) -> dict[int, int | None]:
    """Return the number of each grid in the sketch; None for all if there are too many."""
    keys = list(waiting_in(job).values_list("pk", flat=True)[: MOST_DRAWN + 1])
    return {pk: piece_number(len(keys), index) for index, pk in enumerate(keys)}


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A grid of the file: its row there, its number in the sketch, its name and village."""

    row: int | None
    number: int | None
    name: str
    village: str


@dataclass(frozen=True, slots=True)
class CreatedRow(ImportedRow):
    """A new grid."""

    kind: str
    households: int
    population: int
    area: int | None


@dataclass(frozen=True, slots=True)
class ChangedRow(ImportedRow):
    """A grid that the file changes."""

    differences: list[Difference]


def _created(rows: Sequence[PlannedGrid], numbers: Mapping[int, int | None]) -> list[CreatedRow]:
    shapes = shapely.from_wkb([None if row.boundary is None else bytes(row.boundary) for row in rows])
    return [
        CreatedRow(
            row=row.import_row,
            number=numbers.get(row.pk),
            name=row.name,
            village=row.village.name,
            kind=row.get_kind_display(),
            households=row.households,
            population=row.population,
            area=None if shape is None else round(area),
        )
        for row, shape, area in zip(rows, shapes, areas_m2(shapes).tolist() if len(rows) else [], strict=True)
    ]


def _changed(
    job: ImportJob, rows: Sequence[PlannedGrid], numbers: Mapping[int, int | None]
) -> list[ChangedRow]:
    """Return each grid's differences from the plan's version of it, else from the register."""
    in_plan = job.plan.grids.filter(key__in=[row.key for row in rows]).select_related("village", "department")
    drawn = {row.key: row for row in in_plan.defer("village__outline")}
    known = facts_of(row.base for row in rows if row.base is not None and row.key not in drawn)
    return [
        ChangedRow(
            row=row.import_row,
            number=numbers.get(row.pk),
            name=row.name,
            village=row.village.name,
            differences=differences(_before(row, drawn, known), _side(row)),
        )
        for row in rows
    ]


def _before(row: PlannedGrid, drawn: dict[str, PlannedGrid], known: dict[int, Facts]) -> Side | None:
    if row.key in drawn:
        return _side(drawn[row.key])
    if row.base is None:
        return None
    facts = known[row.base.grid_id]
    department = row.department.name if row.department else ""  # a file does not name the department
    shape = None if facts.boundary is None else shapely.from_wkb(facts.boundary)
    return Side(facts, row.base.village.name, code=row.base.code, department=department, shape=shape)


def _side(row: PlannedGrid) -> Side:
    lot = lot_of(row)
    department = row.department.name if row.department else ""
    return Side(lot.facts, row.village.name, code=lot.code, department=department, shape=lot.shape)
