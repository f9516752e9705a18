"""The input about a person: identity numbers (GB 11643-1999), telephone numbers, accounts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from common.phones import normal_phone, why_not_mobile
from common.privacy.check_digits import check_digit
from common.privacy.publishing import why_not_in_name
from common.typed import identity_in, plain

SHAPE = re.compile(r"[1-9][0-9]{16}[0-9X]")
ACCOUNT = re.compile(r"[\w.@+-]{2,40}")


@dataclass(frozen=True)
class PersonDraft:
    """The input for a new member of staff."""

    name: str
    phone: str
    username: str = ""
    private_phone: str = ""
    home_address: str = ""
    id_number: str = ""


def tidied(draft: PersonDraft) -> PersonDraft:
    """Return the draft without extra spaces, its numbers in their one spelling."""
    return replace(
        draft,
        name=" ".join(draft.name.split()),
        id_number=identity_in(draft.id_number),
        username=plain(draft.username),
        **{name: normal_phone(getattr(draft, name)) for name in ("phone", "private_phone")},
    )


def why_not_identity(text: str, *, today: date) -> str:
    """Return what is wrong with an identity number, as a sentence; empty if it is valid."""
    if not SHAPE.fullmatch(text):
        return "身份证号应为 18 位，最后一位可以是 X。"
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return "身份证号里的出生日期不存在。"
    if not date(1900, 1, 1) <= born <= today:
        return "身份证号里的出生日期不合理。"
    return "" if check_digit(text[:17]) == text[17] else "身份证号校验位不对，请核对有没有写错数字。"


def why_not_person(draft: PersonDraft, *, today: date) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the draft itself, as (field, sentence)."""
    if not 2 <= len(draft.name) <= 40:
        yield "name", "姓名应为 2–40 个字。"
    if sentence := why_not_in_name(draft.name):
        yield "name", sentence
    if not draft.phone:
        yield "phone", "请填写工作电话，公示牌上要用。"
    for field, text in (("phone", draft.phone), ("private_phone", draft.private_phone)):
        if text and (fault := why_not_mobile(text)):
            yield field, fault
    if draft.username and not ACCOUNT.fullmatch(draft.username):
        yield "username", "账号为 2–40 个字，只能用文字、数字和 .@+-_"
    if draft.id_number and (fault := why_not_identity(draft.id_number, today=today)):
        yield "id_number", fault
