"""A report that was written in a post which has ended since: the present worker takes care of it (Art. 10, 18)."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from personnel.posting_history import worked_in_grid
from workflow import notices
from workflow.actions.handover import next_caretaker
from workflow.models import Case
from workflow.stages import note_case
from worktime.clocks import SHANGHAI, day_of


def successor_of(case: Case, *, by: User, at: datetime) -> tuple[User, bool]:
    """Returns who takes care of the report instead of its writer, and whether that is a worker of the grid.

    If nobody may take it over, the writer stays on record until somebody can.
    """
    to = next_caretaker(case, but=by.pk)
    if to is None:
        return by, False
    today = day_of(at)
    return to, worked_in_grid(to.pk, grid_id=case.grid_id, since=today, until=today)


def tell_of_late_report(case: Case, *, written_at: datetime, by: User, at: datetime) -> None:
    """Writes when and in which post it was written, and tells the writer and the person who takes care of it now."""
    to, local = case.caretaker, written_at.astimezone(SHANGHAI)
    note = f"{by.name}写于{local.month}月{local.day}日 {local:%H:%M}，当时是本网格网格员；现由{to.name}负责。"
    note_case(case, "hand_over", by=by, at=at, note=note)
    notices.tell_of_hand_over([case], to, at=at)
    notices.tell_writer(case, by, at=at)
