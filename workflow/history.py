"""Writes a case's event and its audit link in one call (Art. 19, 25)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts.models import User
from audit import events
from workflow.models import Case, CaseEvent

SYSTEM = "系统"


def at_the_desk(case: Case) -> str:
    """The desk of the place whose turn it is."""
    return f"{getattr(case, case.level).name}调度台"


def in_the_unit(case: Case) -> str:
    """The responsible unit."""
    return case.unit.name if case.unit else ""


def near_the_grid(case: Case) -> str:
    """The worker who handles the case, or else the leader or the desk."""
    return "网格员" if case.handled_by == Case.HandledBy.WORKER else "网格长或调度台"


def of_whom_adds(case: Case) -> str:
    """Nothing: it may be the reporter, any holder or whoever undoes an own step, and the name says who."""
    return ""


CAPACITIES: dict[str, str | Callable[[Case], str]] = {
    "report": "上报人",
    "settle": near_the_grid,
    "pass_to_leader": "网格员",
    "take_up": "网格长",
    "send_up": "网格长",
    "return_for_correction": near_the_grid,
    "resubmit": "上报人",
    "withdraw": "上报人",
    **dict.fromkeys(("accept", "refuse", "escalate", "assign"), at_the_desk),
    **dict.fromkeys(("uphold_return", "reject_return", "void"), at_the_desk),
    **dict.fromkeys(("convene", "name_lead", "reassign", "press", "join", "unlink"), at_the_desk),
    **dict.fromkeys(
        ("grant_extension", "refuse_extension", "grant_shelving", "refuse_shelving"), at_the_desk
    ),
    **dict.fromkeys(
        ("sign", "hand_back", "feed_back", "ask_extension", "ask_shelving", "ask_join"), in_the_unit
    ),
    "pass_check": "核查人",
    "fail_check": "核查人",
    "rate": "反映人",
    "merge": near_the_grid,
    **dict.fromkeys(("supplement", "take_charge", "undo", "resume"), of_whom_adds),
}
"""The capacity in which each verb is run, by people."""


def write_event(case: Case, verb: str, *, by: User | None, at: datetime, note: str = "") -> None:
    """Appends the first event of a new case, with the capacity in which the actor acts."""
    events.write_event(
        case,
        verb,
        by=by,
        at=at,
        post=_post(verb, case, by=by),
        note=note,
        record={"from": ""},
        from_status="",
    )


def write_events(
    cases: Sequence[Case],
    verb: str,
    *,
    by: User | None,
    at: datetime,
    came_from: Mapping[int, str],
    note: str = "",
    before: Mapping[int, Mapping[str, Any]] | None = None,
    post: str = "",
) -> None:
    """Appends the same event to the histories of cases and to their chains, in few statements.

    ``came_from`` is the status of each case (by number) before, ``before`` how it stood, kept in the link of a verb
    that can be undone; ``post`` is the capacity where it does not follow from the verb.
    """
    events.write_events(
        CaseEvent,
        cases,
        verb,
        by_id=by.pk if by else None,
        at=at,
        note=note,
        columns=lambda case: {
            "case": case,
            "from_status": came_from[case.pk],
            "post": (post or _post(verb, case, by=by))[:120],
        },
        record=lambda case: {
            "from": came_from[case.pk],
            **({} if before is None else {"before": before[case.pk]}),
        },
    )


def _post(verb: str, case: Case, *, by: User | None) -> str:
    return capacity(verb, case) if by or verb == "rate" else SYSTEM


def capacity(verb: str, case: Case) -> str:
    """Returns the capacity in which the actor acts, as the timeline shows it; empty for what only notes something."""
    found = CAPACITIES.get(verb, "")
    return found(case) if callable(found) else found
