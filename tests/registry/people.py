"""Invented records for the tests of the register: their names are of nobody, their numbers of a county that is none."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from accounts.models import User
from common.privacy.check_digits import check_digit
from grids.models import Division
from registry.actions import NewRecord, register_record, relate
from registry.models import Record
from tests.town import MONDAY, Town, name_for


def number_of(born: date, serial: int = 12) -> str:
    """An identity number of nobody."""
    first = f"410999{born:%Y%m%d}{serial:03d}"
    return first + check_digit(first)


def named(user: User, verb: str, place: Division) -> User:
    """Names a user with a special grant, as an approved application does; returns the user as signed in again."""
    name_for(verb, user, kind="division", place_id=place.pk, purpose="帮扶困境儿童")
    return User.objects.get(pk=user.pk)


def person(
    town: Town, name: str = "李演示", *, by: Any = None, at: datetime = MONDAY, **values: str
) -> Record:
    """A person in the first grid of 京东社区."""
    new = NewRecord("person", town.grid, {"name": name, **values})
    return register_record(new, by=by or town.chen, at=at)


def household(town: Town, *members: Record, by: Any = None, at: datetime = MONDAY) -> Record:
    """A household at an address, with these members; the first one is its head."""
    by = by or town.chen
    found = register_record(NewRecord("household", town.grid, {"household": "family"}), by=by, at=at)
    house = register_record(NewRecord("house", town.grid, {"address": "京东小区3号楼2单元501"}), by=by, at=at)
    relate(found, house, "dwells", by=by, at=at)
    for place, member in enumerate(members):
        member.refresh_from_db()
        relate(member, found, "member", role="head" if place == 0 else "child", by=by, at=at)
    found.refresh_from_db()
    return found
