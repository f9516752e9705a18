"""Values of a record: what is held is confirmed, what differs becomes a new value, the earlier one stays (Art. 15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import User
from audit.actions import committed
from common.errors import RuleViolation
from matters.models import Matter
from registry.cleaning import cleaned, consistent, guarded_until
from registry.fields import BY_KEY, NAMES, SOURCES, fields_of
from registry.kinds import PERSON
from registry.models import Activity, Record, Value
from worktime.clocks import day_of

DERIVED = ("born", "sex", "document")


@dataclass(frozen=True)
class Given:
    """From where values come: the source (:data:`registry.fields.SOURCES`), under which matter, in which activity."""

    source: str = "asked"
    matter: Matter | None = None
    activity: Activity | None = None
    supplier: str = ""


def put_values(
    record: Record, typed: Mapping[str, str], given: Given, *, by: User | None, at: datetime
) -> dict[str, str]:
    """Writes values of a locked record. Returns what became of each field: ``new``, ``changed``, ``confirmed``.

    ``typed`` are texts by field; an empty one leaves the field as it is. The caller writes the link of the trace with
    :func:`link_of`. Raises :class:`RuleViolation` that names the field.
    """
    if given.source not in SOURCES:
        raise RuleViolation("请选择来源。", field="source")
    today, record.checked_at = day_of(at), at
    known = {each.key for each in fields_of(record.kind)}
    new = {key: cleaned(key, text, today=today) for key, text in typed.items() if key in known}
    held = {value.field: value for value in record.values.present().select_for_update()}
    outcome: dict[str, str] = {}
    for key, text in _with_derived(record, new, held, today=today).items():
        before = held.get(key)
        if before is not None and before.plain() == text:
            if key in new:
                outcome[key] = _confirm(before, by=by, at=at)
            continue
        outcome[key] = _replace(record, before, key, text, given, by=by, at=at)
    if record.kind == PERSON and "born" in outcome:
        born = record.values.present().get(field="born").plain()
        record.guarded_until = guarded_until(date.fromisoformat(born), today=today)
    return outcome


def _with_derived(
    record: Record, new: Mapping[str, str], held: Mapping[str, Value], *, today: date
) -> dict[str, str]:
    """What will hold of the fields that are written, with what the number of a document says of a person."""
    given = {key: text for key, text in new.items() if text}
    if record.kind != PERSON:
        return given
    opened = {"number", *DERIVED}
    if not opened & given.keys():
        return given
    before = {key: held[key].plain() for key in opened & held.keys() if key not in given}
    if "number" in given:  # a new number decides about what an earlier one had said
        before = {key: text for key, text in before.items() if key not in ("born", "sex")}
    whole = consistent({**before, **given}, today=today)
    return {key: text for key, text in whole.items() if before.get(key) != text} | {
        key: whole[key] for key in given
    }


def _confirm(value: Value, *, by: User | None, at: datetime) -> str:
    value.confirmed_by, value.confirmed_at = by, at
    value.save(update_fields=["confirmed_by", "confirmed_at"])
    return "confirmed"


def _replace(
    record: Record,
    before: Value | None,
    key: str,
    text: str,
    given: Given,
    *,
    by: User | None,
    at: datetime,
) -> str:
    if before is not None:
        before.until = at
        before.save(update_fields=["until"])
    value = Value(
        record=record,
        field=key,
        source=given.source,
        supplier=given.supplier,
        matter=given.matter,
        activity=given.activity,
        by=by,
        at=at,
        confirmed_by=by,
        confirmed_at=at,
    )
    value.put(text)
    value.save()
    value.find_by(text)
    return "new" if before is None else "changed"


def require_name(record: Record, typed: Mapping[str, str]) -> None:
    """Raises :class:`RuleViolation` unless the field that names this kind of record is filled in."""
    name = BY_KEY[NAMES[record.kind]]
    if not typed.get(name.key, "").strip():
        raise RuleViolation(f"请填写{name.label}。", field=name.key)


def link_of(typed: Mapping[str, str], outcome: Mapping[str, str]) -> dict[str, str]:
    """Returns what a link of the trace says of the values: what became of each, committed, never the text."""
    return {key: committed(f"{outcome[key]}:{typed.get(key, '')}") for key in sorted(outcome)}
