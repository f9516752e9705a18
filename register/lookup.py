"""Reading the register of grids for staff: who may read it, which grid was here, all about one grid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.http import Http404

from accounts.models import User
from common.errors import NotPermitted, RuleViolation
from common.templatetags.when import day as in_words
from grids.models import Grid, GridCode, GridUnit, GridVersion
from grids.register_on_day import grid_by_code, way_up
from personnel.models import DualManagement
from personnel.posting_history import Posted, grid_and_people_at
from personnel.scopes import authority_of
from plans.models import GridPlan, PlannedGrid
from register.history import Period, history_of


@dataclass(frozen=True)
class Answer:
    """Which grid was at a place on a day, who was posted to it, and the names of the divisions on that day."""

    version: GridVersion
    people: list[Posted]
    places: list[str]
    day: date


@dataclass(frozen=True)
class Account:
    """Everything in the register about one grid. ``periods`` come newest first, ``codes`` oldest first."""

    grid: Grid
    periods: list[Period]
    codes: list[GridCode]
    units: list[GridUnit]
    departments: list[DualManagement]

    @property
    def latest(self) -> Period | None:
        """The version in force, or the last one that was; None for a grid that never came into force."""
        return self.periods[0] if self.periods else None

    def on(self, day: date) -> GridVersion | None:
        """Returns the version that held on ``day``, or None."""
        return next(
            (
                period.version
                for period in self.periods
                if period.version.valid_from <= day and (period.last_day is None or day <= period.last_day)
            ),
            None,
        )


def require_post(user: User | AnonymousUser) -> None:
    """Raises :class:`NotPermitted` for an account without any post, because the register names people (Art. 20)."""
    authority = authority_of(user)
    if not (authority.sees_all or authority.grants):
        raise NotPermitted("网格册供在岗人员查阅；查自己所在的网格，请打开“找网格”。")


def look_up(lon: float, lat: float, *, day: date, today: date) -> Answer:
    """Returns the grid at a point on ``day`` and its people. Raises :class:`RuleViolation` if there is no answer."""
    if day > today:
        raise RuleViolation("只能查今天和以前的日期；以后的网格以公布的划分调整方案为准。", field="on")
    found = grid_and_people_at(lon, lat, day=day)
    if found is None:
        first = GridVersion.objects.order_by("valid_from").values_list("valid_from", flat=True).first()
        if first is None or day < first:
            since = f"自{in_words(first)}起登记" if first else "还没有登记"
            raise RuleViolation(f"网格册{since}，查不到{in_words(day)}的网格。", field="on")
        raise RuleViolation(f"{in_words(day)}，这个位置不在任何网格内，请核对经度和纬度。", field="lon")
    version, people = found
    return Answer(version, people, way_up(version.village, day=day), day)


def grid_in_sight(code: str, user: User | AnonymousUser) -> Grid:
    """Returns the grid that has or had ``code``; a draft only if the user may see its plan. Else :class:`Http404`."""
    grid = grid_by_code(code)
    if grid is None or not Grid.objects.filter(in_sight(user), pk=grid.pk).exists():
        raise Http404
    return grid


def in_sight(user: User | AnonymousUser) -> Q:
    """Returns the condition for grids that were ever in force, and for draft grids of plans that the user may see."""
    planned = PlannedGrid.objects.filter(plan__in=GridPlan.objects.visible_to(user))
    return Q(in_force_on__isnull=False) | Q(pk__in=planned.values("grid"))


def account_of(grid: Grid) -> Account:
    """Returns everything about one grid. Five statements, however long its history is."""
    periods = history_of(grid)
    latest = periods[0].version.pk if periods else None
    return Account(
        grid=grid,
        periods=periods,
        codes=list(grid.codes.select_related("rule").order_by("given_on", "pk")),
        units=list(GridUnit.objects.filter(version=latest).order_by("kind", "pk")),
        departments=list(grid.departments.select_related("organization").order_by("starts_on", "pk")),
    )
