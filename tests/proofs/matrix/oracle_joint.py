"""The oracle for supervision orders, re-checks and the shares of assisting units (Art. 5, 12, 17, 18)."""

from __future__ import annotations

from collections.abc import Callable

from tests.proofs.matrix.oracle import (
    HIDDEN,
    IN,
    LATE,
    NO,
    Thing,
    at_desk,
    holds,
    over,
    sees_case,
    township_of,
)


def commands(person: str, case: Thing) -> bool:
    """An institution or authority at the township or above it; of a clue a named one."""
    named = not case.secret or over(person, "clues", case.place)
    return named and any(over(person, verb, township_of(case)) for verb in ("dispatch", "supervise"))


def order_issued(person: str, case: Thing) -> str:
    if not sees_case(person, case):
        return HIDDEN
    return IN if commands(person, case) else NO


def order_seen(person: str, order: Thing) -> str:
    """Whom it asks, and who stands over the place."""
    if not order.is_there or not sees_case(person, order):
        return HIDDEN
    here = any(over(person, verb, order.place) for verb in ("dispatch", "supervise"))
    return IN if here or holds(person, "unit", order.unit) else HIDDEN


def order_lifted(person: str, order: Thing) -> str:
    """The township that issued it."""
    if order_seen(person, order) == HIDDEN:
        return HIDDEN
    here = any(holds(person, verb, township_of(order)) for verb in ("dispatch", "supervise"))
    return IN if here else NO


def improvement_seen(person: str, task: Thing) -> str:
    """Who stands over the place, and who works in the unit that is responsible."""
    here = any(over(person, verb, township_of(task)) for verb in ("dispatch", "supervise"))
    return IN if task.is_there and (here or holds(person, "unit", task.unit)) else HIDDEN


def improvement_dropped(person: str, task: Thing) -> str:
    """The desk of the township."""
    if improvement_seen(person, task) == HIDDEN:
        return HIDDEN
    return IN if holds(person, "dispatch", township_of(task)) else NO


def draw_seen(person: str, thing: Thing) -> str:
    """Who dispatches or supervises where it was drawn, or above."""
    here = any(over(person, verb, township_of(thing)) for verb in ("dispatch", "supervise"))
    return IN if thing.is_there and here else HIDDEN


# --- Duty rosters (Art. 11, 17) --------------------------------------------------------------------------------------


def roster_seen(person: str, body: Thing) -> str:
    """Who works in the body, and who dispatches, supervises or manages the staff of its place or above it."""
    over_it = any(over(person, verb, body.place) for verb in ("dispatch", "supervise", "staff"))
    return IN if body.is_there and (over_it or holds(person, "unit", body.unit)) else HIDDEN


def roster_entered(person: str, body: Thing) -> str:
    if roster_seen(person, body) == HIDDEN:
        return HIDDEN
    return IN if over(person, "staff", body.place) else NO


def shift_handed_over(person: str, shift: Thing) -> str:
    if roster_seen(person, shift) == HIDDEN:
        return HIDDEN
    return IN if person == shift.about else NO


# --- Shares of assisting units (Art. 17): every one of the matrix waits to be signed for -----------------------------

SHARE_VERBS: dict[str, tuple[bool, bool]] = {
    "sign_share": (True, True),
    "feed_back_share": (True, False),
    "hand_back_share": (True, True),
    "pass_share_down": (True, True),
    "keep_share": (False, False),
    "release_share": (False, True),
}
"""For each verb: whether it is the assisting unit's (else the desk's), and whether it is its moment."""


def share_verb(verb: str) -> Callable[[str, Thing], str]:
    is_of_unit, is_time = SHARE_VERBS[verb]

    def rule(person: str, share: Thing) -> str:
        assists = bool(share.about) and holds(person, "unit", share.about)
        if not (assists or sees_case(person, share)):
            return HIDDEN
        if not (assists if is_of_unit else at_desk(person, share)):
            return NO
        return IN if is_time else LATE

    return rule
