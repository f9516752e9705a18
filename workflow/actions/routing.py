"""A report that its writer gives to the grid at its position, where somebody else works (Art. 18, 19)."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from common.errors import RuleViolation
from grids.models import Division, Grid
from matters.models import Matter
from workflow import notices
from workflow.models import Case
from workflow.stages import note_case
from worktime.clocks import day_of


def same_matter(matter: Matter | None, there: Grid, *, at: datetime) -> int | None:
    """Returns the number of the matter in the list that holds in another grid; None for what is not on the list.

    Raises :class:`RuleViolation` if the list of that county does not have it (Art. 14).
    """
    county = _county_of(there)
    if matter is None or matter.edition.county_id == county.pk:
        return matter.pk if matter else None
    rows = Matter.objects.in_force(county.pk, day_of(at)).reportable()
    found = rows.filter(code=matter.code, name=matter.name).first()
    if found is None:
        raise RuleViolation(
            f"“{there.name}”属{county}，那里的清单没有“{matter.name}”，不能按位置交过去。请转告那里的网格员。",
            field="grid",
        )
    return found.pk


def _county_of(grid: Grid) -> Division:
    township = grid.village.parent
    if township is None or township.parent is None:
        raise RuleViolation("这个网格的区划不完整，请联系县区管理员。", field="grid")
    return township.parent


def tell_of_routed_report(case: Case, *, chosen: Grid, by: User, at: datetime) -> None:
    """Writes where it was reported from, and tells the writer and the person who takes care of it."""
    to = case.caretaker
    note = f"{by.name}在{chosen.name}上报，读到的位置在本网格，按位置交本网格；现由{to.name}负责。"
    note_case(case, "hand_over", by=by, at=at, note=note)
    if to != by:
        notices.tell_of_hand_over([case], to, at=at)
    notices.tell_writer(case, by, at=at)
