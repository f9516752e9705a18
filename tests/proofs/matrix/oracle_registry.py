"""The oracle for the register of people, houses, places and organizations (Art. 9, 15, 20)."""

from __future__ import annotations

from tests.proofs.matrix.oracle import HIDDEN, IN, NO, TOWNSHIPS, Thing, anywhere, holds, township_of


def in_register(person: str, thing: Thing) -> str:
    """Who works in a grid or village, and the desk of a township; counties and departments have no business there."""
    at_desk = any(holds(person, "dispatch", place) for place in TOWNSHIPS.values())
    return IN if at_desk or anywhere(person, "work", "lead", "guide") else NO


def keeps_register(person: str, thing: Thing) -> str:
    """The same without instructors, who guide and do not enter."""
    return IN if in_register(person, thing) == IN and not anywhere(person, "guide") else NO


def new_record(person: str, thing: Thing) -> str:
    return keeps_register(person, thing) if thing.is_there else HIDDEN


def record_seen(person: str, thing: Thing) -> str:
    village = thing.place.rsplit("/", 1)[0]
    here = (
        holds(person, "work", thing.place)
        or holds(person, "lead", village)
        or holds(person, "guide", village)
        or holds(person, "dispatch", township_of(thing))
    )
    return IN if thing.is_there and here else HIDDEN


def record_kept(person: str, thing: Thing) -> str:
    if record_seen(person, thing) == HIDDEN:
        return HIDDEN
    return NO if anywhere(person, "guide") else IN


def activity_of(person: str, thing: Thing) -> str:
    """Who began it."""
    if record_seen(person, thing) == HIDDEN:
        return HIDDEN
    return IN if person == thing.keeper else NO
