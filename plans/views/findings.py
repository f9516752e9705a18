"""The findings of the checks on a plan, each with its place in the map editor (Art. 7–10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from grids.models import Division
from plans.checks import Finding
from plans.examination import findings_of
from plans.layout import layout_of
from plans.lots import Layout
from plans.models import GridPlan


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding with the address of its place."""

    sentence: str
    is_blocking: bool
    url: str


def findings_for(plan: GridPlan, *, today: date) -> list[FindingRow]:
    """Return every finding, blocking ones first, with the address of its place."""
    layout = layout_of(plan)
    found = findings_of(plan, today=today, layout=layout)
    codes = dict(Division.objects.filter(level="township", parent=plan.county_id).values_list("pk", "code"))
    return [
        FindingRow(
            sentence=finding.sentence,
            is_blocking=finding.severity == "blocking",
            url=_place(plan, finding, layout, codes),
        )
        for finding in found
    ]


def blocking_for(plan: GridPlan, *, today: date) -> list[FindingRow]:
    """Return the findings that stop the plan."""
    return [finding for finding in findings_for(plan, today=today) if finding.is_blocking]


def _place(plan: GridPlan, finding: Finding, layout: Layout, codes: dict[int, str]) -> str:
    """Return the map editor's address in the finding's first township of this county; empty without a place."""
    lots = [layout.lots[key] for key in finding.keys if key in layout.lots]
    township = next((codes[lot.township_id] for lot in lots if lot.township_id in codes), "")
    if not township:
        return ""
    words = {"township": township}
    if finding.lon is not None and finding.lat is not None:
        words["jump"] = f"{finding.lon:.7f},{finding.lat:.7f}"
    words["grid"] = next(
        lot.key for lot in lots if lot.township_id and codes.get(lot.township_id) == township
    )
    return f"{reverse('plans:map', args=[plan.pk])}?{urlencode(words, safe=',')}"
