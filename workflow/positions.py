"""Whether the position of a report is a place, and whether it lies in the chosen grid; the reporter is asked if not."""

from __future__ import annotations

from common.errors import RuleViolation
from grids.locate import locate, metres_outside
from grids.models import Grid
from workflow.models import Case

LEAST_DOUBT = 100  # metres; a border on the map is not more exact than that on the ground
TO_DO = "事情在所选网格的，请勾选“事情不在这个位置”再上报"
BY_POSITION = "按位置交给那里的网格"  # the tick on the form


def settle_position(case: Case, *, is_elsewhere: bool) -> None:
    """Keep the position of a report that is in its grid, and drop one that its reporter says is another place.

    Raises :class:`RuleViolation` for a position that is no place, and asks about one that lies outside the grid by more
    than its own error. An emergency is never held up: what is no place is dropped, what lies outside stays.
    """
    if is_elsewhere or (case.is_urgent and _is_no_place(case)):
        case.lon = case.lat = case.accuracy_m = None
    if case.lon is None and case.lat is None:
        return
    if case.lon is None or case.lat is None or _is_no_place(case):
        raise RuleViolation(
            "读到的位置不是一个真实的地点。请再读取一次位置，或勾选“事情不在这个位置”再上报。", field="grid"
        )
    if not case.is_urgent:
        _ask_if_outside(case, case.lon, case.lat)


def grid_at_position(case: Case) -> Grid | None:
    """Returns the grid in which the position of a report lies, if it is a place outside the chosen grid."""
    if case.lon is None or case.lat is None or _is_no_place(case):
        return None
    return locate(case.lon, case.lat) if _metres_away(case, case.lon, case.lat) else None


def _metres_away(case: Case, lon: float, lat: float) -> float:
    """Returns how far outside the chosen grid a position lies; 0 within its own error or if it cannot be known."""
    away = metres_outside(case.grid_id, lon, lat)
    return 0.0 if away is None or away <= max(case.accuracy_m or 0, LEAST_DOUBT) else away


def _is_no_place(case: Case) -> bool:
    """Whether half of the position is missing, or it is 0, 0, which devices send when they know nothing."""
    return (case.lon is None) != (case.lat is None) or (case.lon, case.lat) == (0, 0)


def _ask_if_outside(case: Case, lon: float, lat: float) -> None:
    away = _metres_away(case, lon, lat)
    if not away:
        return
    there = locate(lon, lat)
    if there is not None:
        raise RuleViolation(
            f"读到的位置在“{there.name}”，不在所选的“{case.grid.name}”。事情在那里的，请改选那个网格；"
            f"那里不归您上报的，请勾选“{BY_POSITION}”；{TO_DO}。",
            field="grid",
            there=there.pk,
        )
    raise RuleViolation(
        f"读到的位置在所选的“{case.grid.name}”以外{_length(away)}，也不在别的网格内。请再读取一次位置；{TO_DO}。",
        field="grid",
    )


def _length(metres: float) -> str:
    return f"约 {metres / 1000:.0f} 公里" if metres >= 1000 else f"约 {metres:.0f} 米"
