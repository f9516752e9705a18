"""Unique personal texts in every sealed field: where one appears, personal data has leaked."""

from __future__ import annotations

import json
from typing import Any

from accounts.models import User
from conduct import actions as conduct
from personnel.actions import PersonDraft, appoint_to_grid, enrol
from personnel.identity import check_digit
from registry.actions import NewRecord, register_record
from tests.cases import case_in
from tests.town import MONDAY, Town

NUMBER = "41099919850505432" + check_digit("41099919850505432")
CANARIES = {
    "private phone": "19755550001",
    "home": "金丝雀巷甲一号",
    "identity": NUMBER,
    "resident": "金丝雀居民",
    "resident's phone": "19755550002",
    "resident's home": "金丝雀巷乙二号",
    "complainant": "金丝雀投诉人",
    "complainant's phone": "19755550003",
    "registered": "金丝雀登记人",
    "registered phone": "19755550004",
    "registered number": "41099919630607654" + check_digit("41099919630607654"),
    "registered place of origin": "金丝雀省金丝雀县",
    "care": "金丝雀照料",
}


def seed(town: Town) -> User:
    """Put every canary into its field; returns the member of staff."""
    words = dict(CANARIES)
    person = enrol(
        PersonDraft(
            name="演示新人",
            phone="19900003333",
            private_phone=words["private phone"],
            home_address=words["home"],
            id_number=words["identity"],
        ),
        place=town.division("中原路街道"),
        today=MONDAY.date(),
        at=MONDAY,
        by=town.tang,
    )
    appoint_to_grid(
        person,
        role="part_time",
        village=town.grid.village,
        grid=town.grid,
        on=MONDAY.date(),
        at=MONDAY,
        by=None,
    )
    case_in(
        "in_hand",
        town,
        for_resident=True,
        contact_name=words["resident"],
        contact_phone=words["resident's phone"],
        contact_address=words["resident's home"],
    )
    draft = conduct.ComplaintDraft(
        grid=town.grid,
        kind="rude",
        text="说话不耐烦",
        person=town.chen,
        contact_name=words["complainant"],
        contact_phone=words["complainant's phone"],
    )
    conduct.complain(draft, source="public", at=MONDAY)
    register_canary(town)
    return person


def register_canary(town: Town) -> None:
    """Put canaries into every sealed kind of value of a record of the register."""
    fields = {
        "name": "registered",
        "phone": "registered phone",
        "number": "registered number",
        "registered_at": "registered place of origin",
        "care": "care",
    }
    values = {field: CANARIES[name] for field, name in fields.items()}
    register_record(NewRecord("person", town.grid, values), by=None, at=MONDAY)


def found_in(text: str) -> list[str]:
    return [name for name, word in CANARIES.items() if word in text]


def found_in_answer(answer: Any, text: str) -> list[str]:
    """The canaries in what was answered, and in its headers."""
    return found_in(text) + found_in(json.dumps(dict(answer.headers.items()), ensure_ascii=False))


def text_of(answer: Any) -> str:
    """What was answered, a file that comes in pieces too."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(body.decode(errors="replace"))
