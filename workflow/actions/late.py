"""A report written in a post or a grid that has ended since: the present worker takes care of it (Art. 7, 10, 18)."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from grids.models import Grid
from personnel.posting_history import worked_in_grid
from workflow import notices
from workflow.actions.handover import next_caretaker
from workflow.models import Case
from workflow.stages import note_case
from workflow.writing import moment_of_writing
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


def _of_ended(grid: Grid) -> str:
    return f"写的时候属{grid.name}，该网格已停用，由本网格接续"


def tell_of_ended_grid(case: Case, ended: Grid, *, by: User, at: datetime) -> None:
    """Writes in which grid the report was written, if that has ended since and its writer works where it goes on."""
    note_case(case, "hand_over", by=by, at=at, note=f"{_of_ended(ended)}。")


def tell_of_late_report(
    case: Case, *, ended: Grid | None, written_at: datetime, by: User, at: datetime
) -> None:
    """Writes when and in which post it was written, and tells the writer and the person who takes care of it now.

    ``ended`` is the grid in which it was written, if that has ended since.
    """
    to, local = case.caretaker, moment_of_writing(written_at, at=at).astimezone(SHANGHAI)
    where = _of_ended(ended) if ended else "当时是本网格网格员"
    note = f"{by.name}写于{local.month}月{local.day}日 {local:%H:%M}，{where}；现由{to.name}负责。"
    note_case(case, "hand_over", by=by, at=at, note=note)
    notices.tell_of_hand_over([case], to, at=at)
    notices.tell_writer(case, by, at=at)
