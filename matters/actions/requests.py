"""Tasks that departments give to grids: hand, do, turn down if the list does not ask for it (Art. 14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from audit.versions import append_link
from common.errors import IllegalMove, NotPermitted, RuleViolation
from grids.models import Grid
from matters import notices
from matters.history import REQUEST_LIFE
from matters.models import GridRequest, Matter
from personnel.models import Organization
from personnel.scopes import authority_of
from worktime.clocks import day_of

MOST_GRIDS, TEXT_LIMIT = 200, 200


@dataclass(frozen=True)
class RequestDraft:
    """What a department wants done. Without a matter, the list does not ask for it."""

    organization: Organization
    text: str
    matter: Matter | None = None
    due_on: date | None = None


@transaction.atomic
def hand(draft: RequestDraft, grids: Sequence[Grid], *, by: User, at: datetime) -> list[GridRequest]:
    """Hands a task of a department to grids of its territory. Returns one request for each grid."""
    if not authority_of(by).may("handle", "organization", draft.organization.pk):
        raise NotPermitted("由派出单位的人员派给网格。", verb="hand")
    if not grids or len(grids) > MOST_GRIDS:
        raise RuleViolation(f"请选择 1 到 {MOST_GRIDS} 个网格。", field="grids")
    if any(draft.organization.division_id not in _above(grid) for grid in grids):
        raise RuleViolation("只能派给本单位辖区内的网格。", field="grids")
    return [_open(draft, grid, source=GridRequest.Source.PLATFORM, by=by, at=at) for grid in grids]


@transaction.atomic
def record(draft: RequestDraft, grid: Grid, *, by: User, at: datetime) -> GridRequest:
    """Records a task that a worker was given by word of mouth, by telephone or in a group."""
    if not authority_of(by).may("report", "grid", grid.pk):
        raise NotPermitted("由这个网格的网格员登记。", verb="record")
    if draft.organization.division_id not in _above(grid):
        raise RuleViolation("请选择本地的单位。", field="organization")
    return _open(draft, grid, source=GridRequest.Source.ORAL, by=by, at=at)


@transaction.atomic
def do(request: GridRequest, *, by: User, at: datetime) -> GridRequest:
    """Marks the task as done."""
    return _answer(request, "do", by=by, at=at)


@transaction.atomic
def turn_down(request: GridRequest, *, by: User, at: datetime) -> GridRequest:
    """Refuses a task that is not on the list, with one tap (Art. 14). A task on the list cannot be refused."""
    return _answer(request, "turn_down", by=by, at=at)


def _answer(request: GridRequest, verb: str, *, by: User, at: datetime) -> GridRequest:
    locked = REQUEST_LIFE.begin(request, verb, by=by)
    if verb == "turn_down" and locked.is_listed:
        raise IllegalMove("这项任务在清单上，不能拒绝；做不了的请上报网格长。")
    locked.answered_by, locked.answered_at = by, at
    REQUEST_LIFE.move(locked, verb, by=by, at=at)
    notices.answered(locked, at=at)
    return locked


def _above(grid: Grid) -> list[int | None]:
    places: list[int | None] = [grid.village_id]
    place = grid.village.parent
    while place is not None:
        places.append(place.pk)
        place = place.parent
    return places


def _open(draft: RequestDraft, grid: Grid, *, source: str, by: User, at: datetime) -> GridRequest:
    text = draft.text.strip()
    if not text or len(text) > TEXT_LIMIT:
        raise RuleViolation(f"请写明要做什么，最多 {TEXT_LIMIT} 字。", field="text")
    if draft.due_on is not None and draft.due_on < day_of(at):
        raise RuleViolation("希望完成的日期不能早于今天。", field="due_on")
    township = grid.village.parent
    county_id = township.parent_id if township else None
    if draft.matter is not None:
        listed = Matter.objects.in_force(county_id or 0, day_of(at)).filter(pk=draft.matter.pk)
        if not listed.exists():
            raise RuleViolation("这个事项不在现行清单。", field="matter")
    made = GridRequest.objects.create(
        organization=draft.organization,
        grid=grid,
        matter=draft.matter,
        text=text,
        source=source,
        due_on=draft.due_on,
        by=by,
        at=at,
    )
    append_link(made, "hand", by=by, at=at, first=True)
    if source == GridRequest.Source.PLATFORM:
        notices.handed(made, at=at)
    return made
