"""The list of a grid, in the order of a walk: by street, then by the numbers of the doors (Art. 15)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from common.shapes import Shown
from grids.models import Grid
from registry.cards import name_of
from registry.circles import is_due, values_of
from registry.fields import fields_of
from registry.keys import address_parts, normalised
from registry.kinds import HOUSE, HOUSEHOLD, MEASURES, ORGANIZATION, PERSON, PLACE, ROLES
from registry.models import Record, Relation, Value

LISTED = (HOUSEHOLD, HOUSE, ORGANIZATION, PLACE)
ADDRESS_OF = {HOUSE: "address", ORGANIZATION: "site", PLACE: "site"}


@dataclass(frozen=True, slots=True)
class GridRow(Shown):
    """One record in the list of a grid."""

    url: str
    name: str
    about: str
    due: int
    confirmed: date | None = None


def in_walking_order(user: User, grid: Grid, kind: str) -> list[int]:
    """Returns the records of a kind in a grid in the order of a walk; two statements.

    Households go by the address of their house, what has no address comes last.
    """
    seen = Record.objects.visible_to(user).current().filter(grid=grid, kind=kind).order_by("pk")
    numbers = list(seen.values_list("pk", flat=True))
    if kind == HOUSEHOLD:
        houses = dict(
            Relation.objects.present()
            .filter(kind="dwells", source__in=numbers)
            .values_list("source", "target")
        )
    else:
        houses = {pk: pk for pk in numbers}
    field = ADDRESS_OF.get(kind, "address")
    rows = Value.objects.present().filter(record__in=set(houses.values()), field=field, erased_at=None)
    addresses = {value.record_id: value.plain() for value in rows}
    keys = {pk: walking_key(addresses.get(houses.get(pk, 0), "")) for pk in numbers}
    return sorted(numbers, key=lambda pk: (keys[pk], pk))


def walking_key(address: str) -> tuple[bool, str, tuple[int, ...]]:
    """Returns what sorts an address: no address last, then the words before the first number, then the numbers."""
    words, numbers = address_parts(normalised("address", address))
    return not address, words, tuple(int(number) for number in numbers if number)


def rows_of(user: User, numbers: Collection[int], *, day: date) -> list[GridRow]:
    """Returns the rows of these records in their order, each with how much of it is due; four statements."""
    records = {each.pk: each for each in Record.objects.filter(pk__in=numbers)}
    around = Q(kind="dwells", source__in=list(numbers)) | Q(kind="member", target__in=list(numbers))
    rows = Relation.objects.present().visible_to(user).filter(around)
    related = list(rows.select_related("source", "target").order_by("pk"))
    others = {each.source_id: each.source for each in related} | {
        each.target_id: each.target for each in related
    }
    values = values_of(user, {*numbers, *others})
    return [_row(records[pk], related, values, day=day) for pk in numbers if pk in records]


def _row(
    record: Record, related: Iterable[Relation], values: dict[int, dict[str, Value]], *, day: date
) -> GridRow:
    house = [each.target for each in related if each.source_id == record.pk and each.kind == "dwells"]
    members = [each for each in related if each.target_id == record.pk and each.kind == "member"]
    members.sort(key=lambda each: each.role != "head")
    circle = [record, *house, *(each.source for each in members)]
    due = sum(
        is_due(declared, values.get(each.pk, {}).get(declared.key), day=day)
        for each in circle
        for declared in fields_of(each.kind)
        if not declared.verb
    )
    names = [name_of(each, values.get(each.pk, {})) for each in house] or [
        name_of(record, values.get(record.pk, {}))
    ]
    head = [name_of(each.source, values.get(each.source_id, {})) for each in members if each.role == "head"]
    about = [f"{ROLES['head']} {name}" for name in head]
    if record.kind == HOUSEHOLD:
        about.append(f"{len(members)} {MEASURES[PERSON]}")
    return GridRow(
        url=reverse("registry:record", args=[record.pk]),
        name=names[0],
        about=" · ".join(about),
        due=due,
    )
