"""What people type into a field of the register, in its one spelling, or the sentence about it. Pure.

Nothing is corrected in silence: only spaces, full-width signs and capitals change.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from common.days import day_in
from common.errors import RuleViolation
from common.phones import normal_phone, why_not_phone
from common.typed import identity_in, plain, tidy
from registry.documents import CITIZEN, NONE, born_by, credit_code_fault, document_fault, sex_by
from registry.fields import BY_KEY, SEXES, Field

CHILD_UNTIL = 14  # years: data of younger children are sensitive (个人信息保护法第二十八条)
GROWN_UP = 18
LATEST_NUMBER = 99_999


def cleaned(key: str, typed: str, *, today: date) -> str:
    """Returns the text to store. Raises :class:`RuleViolation` that names the field; an empty text stays empty.

    The number of a document is examined together with its kind: see :func:`consistent`.
    """
    field = BY_KEY[key]
    text = _spelled(field, typed)
    if not text:
        return ""
    if fault := _fault(field, text, today=today):
        raise RuleViolation(fault, field=key)
    return day_in(text).isoformat() if field.entry == "day" else text


def _spelled(field: Field, typed: str) -> str:
    match field.entry:
        case "document" | "code":
            return identity_in(typed)
        case "phone":
            return normal_phone(typed)
        case "number":
            return plain(typed).replace(",", "")
        case "choice":
            return typed.strip()
    return tidy(typed)


def _fault(field: Field, text: str, *, today: date) -> str:
    match field.entry:
        case "choice":
            return "" if text in field.choices else f"{field.label}请从列出的里面选。"
        case "phone":
            return why_not_phone(text)
        case "code":
            return credit_code_fault(text)
        case "number":
            is_number = text.isascii() and text.isdecimal() and int(text) <= LATEST_NUMBER
            return "" if is_number else f"{field.label}应是 0 到 {LATEST_NUMBER} 的整数。"
        case "day":
            return _day_fault(field, text, today=today)
        case "document":
            return (
                "" if len(text) <= field.limit else f"证件号码最多 {field.limit} 位，您填了 {len(text)} 位。"
            )
    return "" if len(text) <= field.limit else f"{field.label}最多 {field.limit} 字，您写了 {len(text)} 字。"


def _day_fault(field: Field, text: str, *, today: date) -> str:
    try:
        day = day_in(text)
    except ValueError as error:
        return str(error)
    if field.key in ("born", "since") and day > today:
        return f"{field.label}在今天以后，请核对。"
    return f"{field.label}早于 1900 年，请核对。" if day.year < 1900 else ""


def consistent(values: Mapping[str, str], *, today: date) -> dict[str, str]:
    """Returns the values of a person with what the document's number says filled in: date of birth and sex.

    ``values`` are the cleaned values that will hold, new and old together. Raises :class:`RuleViolation` where number,
    kind of document, date of birth and sex do not fit together; none of them is changed to fit.
    """
    found = {key: text for key, text in values.items() if text}
    number, kind = found.get("number", ""), found.get("document", "")
    if number and not kind:
        kind = found["document"] = CITIZEN
    if not kind:
        return found
    is_asked = bool(number) or kind not in (CITIZEN, NONE)
    if is_asked and (fault := document_fault(kind, number, today=today)):
        raise RuleViolation(fault, field="number")
    if (born := born_by(number)) is None:
        return found
    if found.setdefault("born", born.isoformat()) != born.isoformat():
        raise RuleViolation("出生日期和证件号码里的不一样，请核对两处。", field="born")
    sex = sex_by(number)
    if found.setdefault("sex", sex) != sex:
        raise RuleViolation(f"证件号码表示{SEXES[sex]}性，和所选的性别不一样，请核对两处。", field="sex")
    return found


def years_on(day: date, *, born: date) -> int:
    """Returns how many years somebody born on ``born`` has completed on ``day``."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def guarded_until(born: date, *, today: date) -> date | None:
    """Returns until when a person is guarded as a child: the first of January after the birthday; None if grown up."""
    if years_on(today, born=born) >= CHILD_UNTIL:
        return None
    return date(born.year + CHILD_UNTIL + 1, 1, 1)
