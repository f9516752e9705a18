"""Who may keep the register (Art. 9, 15, 20): whoever works in the grid, the village or at the desk of the township."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from grids.models import Division, Grid
from matters.models import Matter
from personnel.rules import Entrance, Rule, Rules
from personnel.scopes import Authority, authority_of, may_over
from registry import states
from registry.fields import Field, fields_for
from registry.kinds import KINDS
from registry.models import Activity, Record
from registry.querysets import CHILDREN

WORKERS = "登记由本网格的网格员、本村（社区）的网格长或者乡镇街道的机构办理。"
AT_DESK = "这一步由乡镇街道的网格化服务管理机构办理。"
NAMED = "这件事项采集的是敏感个人信息，只有经专项授权的具名人员可以办理。需要的请向机构申请。"
COLLECTED_KINDS = ("collection", "task")


@dataclass(frozen=True)
class Spot:
    """Where something is registered or carried out: a grid with its divisions."""

    grid: Grid

    @property
    def village(self) -> Division:
        """The village of the grid."""
        return self.grid.village


@dataclass(frozen=True)
class Sealed:
    """A field that only named persons may write, in a village."""

    field: Field
    village: Division


@dataclass(frozen=True)
class Task:
    """A matter to be carried out in a grid."""

    matter: Matter
    grid: Grid


def works_at(authority: Authority, grid: Grid | None, village: Division) -> bool:
    """Whether the account works in a grid, coordinates its village or dispatches in its township."""
    return (
        authority.sees_all
        or authority.may("report", "grid", grid.pk if grid else None)
        or authority.may("coordinate", "division", village.pk)
        or authority.may("dispatch", "division", village.parent_id)
    )


def keeps(authority: Authority, record: Record) -> bool:
    """Whether the account keeps a record: works where it lies and, for a child, is named for children."""
    if not works_at(authority, record.grid, record.village):
        return False
    return record.guarded_until is None or is_named(authority, CHILDREN, record.village)


def is_named(authority: Authority, verb: str, village: Division) -> bool:
    """Whether the account is named with a special grant for a village or a place above it."""
    return may_over(authority, verb, village)


def verbs_of(matter: Matter) -> set[str]:
    """Returns the special grants that a matter's fields demand."""
    return {each.verb for kind in KINDS for each in fields_for(matter.collects, kind) if each.verb}


def carries_out(authority: Authority, task: Task) -> bool:
    """Whether the account works in the grid."""
    return works_at(authority, task.grid, task.grid.village)


def is_cleared(authority: Authority, task: Task) -> bool:
    """Whether the account is named for the sensitive fields of a matter."""
    return all(is_named(authority, verb, task.grid.village) for verb in verbs_of(task.matter))


def at_desk(authority: Authority, record: Record) -> bool:
    """Whether the account dispatches in the township of a record."""
    return authority.sees_all or authority.may("dispatch", "division", record.township_id)


def is_own(authority: Authority, activity: Activity) -> bool:
    """Whether the account began the activity and still works there."""
    return activity.by_id == authority.user_id and works_at(authority, activity.grid, activity.grid.village)


def grids_of(user: User) -> list[Grid]:
    """Returns the grids in which the user may keep the register, by village and code."""
    authority = authority_of(user)
    grids = Grid.objects.in_force().with_place().order_by("village__code", "code")
    if authority.sees_all:
        return list(grids)
    found = grids.filter(pk__in=authority.places("grid", "report"))
    found |= grids.filter(village__in=authority.places("division", "coordinate", "guide"))
    found |= grids.filter(village__parent__in=authority.places("division", "dispatch"))
    return list(found)


def keeping(user: User) -> list[Grid]:
    """Returns the grids in which the user may register something."""
    authority = authority_of(user)
    return [grid for grid in grids_of(user) if works_at(authority, grid, grid.village)]


def may_begin(user: User, matter: Matter, record: Record) -> bool:
    """Whether the user may begin a matter at a record: works there, and is named for its sensitive fields."""
    if record.grid is None:
        return False
    authority, task = authority_of(user), Task(matter, record.grid)
    return carries_out(authority, task) and is_cleared(authority, task)


KEEPING = Entrance(keeping, WORKERS)
REGISTER = Entrance(grids_of, "人地事组织由网格员、网格长、网格指导员和乡镇街道的机构查看。")
ENTER: Rules[Spot] = Rules(
    {"register": Rule(lambda authority, spot: works_at(authority, spot.grid, spot.village), WORKERS)},
    is_time=lambda verb, spot: True,
)
WHO_MAY: Rules[Record] = Rules(
    {
        "collect": Rule(keeps, WORKERS),
        "relate": Rule(keeps, WORKERS),
        "part": Rule(keeps, WORKERS),
        "end": Rule(keeps, WORKERS),
        "restore": Rule(keeps, WORKERS),
        "move": Rule(keeps, WORKERS),
        "merge": Rule(keeps, WORKERS),
        "unmerge": Rule(keeps, WORKERS),
    },
    moves=states.RECORD_MOVES,
)
WRITE_NAMED: Rules[Sealed] = Rules(
    {
        "register": Rule(
            lambda authority, sealed: is_named(authority, sealed.field.verb, sealed.village), NAMED
        )
    },
    is_time=lambda verb, sealed: True,
)
CARRY_OUT: Rules[Task] = Rules(
    {"begin": Rule(carries_out, WORKERS), "begin_named": Rule(is_cleared, NAMED)},
    is_time=lambda verb, task: task.matter.kind in COLLECTED_KINDS,
)
ACTIVITY_MAY: Rules[Activity] = Rules(
    {
        "collect": Rule(is_own, "这次工作由开始的人来做。"),
        "finish": Rule(is_own, "这次工作由开始的人完成。"),
        "give_up": Rule(is_own, "这次工作由开始的人了结。"),
    },
    moves=states.ACTIVITY_MOVES,
)
