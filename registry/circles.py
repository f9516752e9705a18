"""What belongs together on one card: a household with its members and its house, a person with the households."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from accounts.models import User
from matters.models import Matter
from registry.fields import Field, fields_for
from registry.kinds import HOUSEHOLD
from registry.models import Record, Relation, Value
from worktime.clocks import day_of

Held = Mapping[str, Value]
SHOWN = ("record_id", "field", "uid", "text", "shown", "source", "supplier", "at", "confirmed_at", "by__name")


@dataclass(frozen=True, slots=True)
class Circle:
    """A record in sight with the present relations around it and what is known of each; ``values`` by record."""

    record: Record
    outward: list[Relation] = field(default_factory=list)
    inward: list[Relation] = field(default_factory=list)
    values: Mapping[int, Held] = field(default_factory=dict)

    @property
    def records(self) -> list[Record]:
        """The records about which one asks on this card: the record, the members of a household, its house."""
        found = [self.record]
        if self.record.kind == HOUSEHOLD:
            found += [each.target for each in self.outward if each.kind == "dwells"]
            found += [each.source for each in self.inward if each.kind == "member"]
        return found

    def held(self, record: Record) -> Held:
        """What is known of a record of the circle, by field."""
        return self.values.get(record.pk, {})


def circle_of(user: User, record: Record) -> Circle:
    """Returns the circle of a record as far as the user sees it; four statements."""
    related = Relation.objects.present().visible_to(user).select_related("source", "target").order_by("pk")
    outward = list(related.filter(source=record))
    inward = list(related.filter(target=record))
    numbers = {record.pk, *(each.target_id for each in outward), *(each.source_id for each in inward)}
    return Circle(record, outward, inward, values_of(user, numbers))


def values_of(user: User, records: Collection[int]) -> dict[int, dict[str, Value]]:
    """Returns the present values that the user may know of, by record and field; two statements.

    What was merged into a record fills what the record itself does not know.
    """
    merged = dict(Record.objects.filter(merged_into__in=records).values_list("pk", "merged_into"))
    found: defaultdict[int, dict[str, Value]] = defaultdict(dict)
    rows = Value.objects.visible_to(user).present().filter(record__in={*records, *merged}, erased_at=None)
    values = rows.select_related("by").only(*SHOWN).order_by("-pk")
    for value in sorted(values, key=lambda value: value.record_id in merged):
        found[merged.get(value.record_id, value.record_id) or 0].setdefault(value.field, value)
    return dict(found)


def is_due(declared: Field, value: Value | None, *, day: date) -> bool:
    """Whether a field must be asked or confirmed: it is missing, or was confirmed longer ago than it stays true."""
    return value is None or day_of(value.confirmed_at) + timedelta(days=declared.true_for) <= day


@dataclass(frozen=True, slots=True)
class Ask:
    """A matter that may be collected here, and how many of its fields are due."""

    matter: Matter
    due: int
    fields: int


def asks_of(circle: Circle, matters: Iterable[Matter], *, day: date) -> list[Ask]:
    """Returns the matters that open fields of this circle, those with most to do first."""
    found = []
    for matter in matters:
        opened = [
            (record, each) for record in circle.records for each in fields_for(matter.collects, record.kind)
        ]
        if opened:
            due = sum(is_due(each, circle.held(record).get(each.key), day=day) for record, each in opened)
            found.append(Ask(matter, due, len(opened)))
    return sorted(found, key=lambda ask: (-ask.due, ask.matter.code))
