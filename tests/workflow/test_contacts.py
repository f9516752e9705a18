"""The resident behind a case: sealed, masked, open only to users who handle the case (Art. 20)."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection

from access import subjects
from common.errors import RuleViolation
from common.privacy.sealing import SealedField
from tests.cases import STEP, case_in, refused, reported
from tests.doors import Visitor
from tests.town import MONDAY, Town
from workflow import actions
from workflow.contacts import CONTACT_FIELDS
from workflow.models import Case, CaseContact

NAME, PHONE, HOME = "演示居民甲", "19900007777", "京东示范路七号院二单元"


def resident(town: Town, status: str = "awaiting_leader") -> Case:
    fields = {"contact_name": NAME, "contact_phone": PHONE, "contact_address": HOME}
    return case_in(status, town, for_resident=True, **fields)


def may_call(town: Town, case: Case, name: str) -> bool:
    found = subjects.find(getattr(town, name), f"case_contact:{case.contact.pk}", "phone")
    return not found.subject.refusal(getattr(town, name), found.row, "phone")


@pytest.mark.article(20)
def test_nothing_of_the_resident_is_readable_in_the_database(town: Town) -> None:
    resident(town)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone, address FROM workflow_casecontact")
        stored = b"".join(bytes(cell) for cell in cursor.fetchone())
    for word in (NAME, PHONE, HOME):
        assert word.encode() not in stored


@pytest.mark.article(20)
def test_everybody_who_sees_the_case_sees_it_masked(town: Town) -> None:
    case = resident(town)
    for name in ("chen", "wang", "zhao", "wu"):
        page = Visitor(getattr(town, name)).text(f"/cases/{case.pk}/")
        assert "199****7777" in page and "演****" in page
        assert PHONE not in page and NAME not in page and HOME not in page
    for path in (
        f"/cases/{case.pk}/preview/",
        f"/api/v1/cases/{case.pk}/",
        f"/api/v1/cases/{case.pk}/events/",
    ):
        assert PHONE not in Visitor(town.zhao).text(path)


@pytest.mark.article(20)
@pytest.mark.parametrize(
    ("status", "callers"),
    [
        ("awaiting_leader", {"chen", "wang", "zhao"}),
        ("awaiting_acceptance", {"chen", "zhao"}),
        ("in_hand", {"chen", "zhao", "sun"}),
        ("awaiting_verification", {"chen", "zhao", "sun"}),
    ],
)
def test_who_has_the_case_in_hand_may_call(town: Town, status: str, callers: set[str]) -> None:
    case = resident(town, status)
    seers = {
        name for name in ("chen", "wang", "li", "zhao", "hua", "wu", "zheng", "sun") if sees(town, case, name)
    }
    assert {name for name in seers if may_call(town, case, name)} == callers


def sees(town: Town, case: Case, name: str) -> bool:
    return Case.objects.visible_to(getattr(town, name)).filter(pk=case.pk).exists()


def test_nobody_calls_any_more_once_the_case_has_ended(town: Town) -> None:
    case = actions.withdraw_case(resident(town), note="重复上报", by=town.chen, at=MONDAY + STEP)
    assert not may_call(town, case, "chen")


def test_what_is_out_of_sight_answers_as_if_it_did_not_exist(town: Town) -> None:
    key = f"case_contact:{resident(town).contact.pk}"
    for name in ("duan", "shi", "qian", "nobody"):
        assert Visitor(getattr(town, name)).get(f"/access/reveal/{key}/phone/").status_code == 404


def test_a_case_without_contact_keeps_no_empty_row(town: Town) -> None:
    reported(town, for_resident=True)
    assert not CaseContact.objects.exists()


@pytest.mark.parametrize("phone", ["12345", "电话号码", "1" * 30, "1990000777x", "=1+1"])
def test_what_is_no_telephone_is_refused(town: Town, phone: str) -> None:
    with refused(RuleViolation) as caught:
        reported(town, contact_phone=phone)
    assert caught.value.field == "contact_phone"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("199 0000 7777", PHONE),
        ("+86 199-0000-7777", PHONE),
        ("１９９００００７７７７", PHONE),
        ("0393-6666666", "0393-6666666"),
        ("（0393）666 6666 转 801", "0393-6666666-801"),
        ("6666666", "0393-6666666"),
        ("400-820-8820", "400-820-8820"),
    ],
)
def test_a_telephone_of_any_kind_is_kept_in_one_spelling(town: Town, typed: str, kept: str) -> None:
    fields = {"grid_id": town.grid.pk, "matter_id": town.matter("邻里纠纷").pk, "contact_phone": typed}
    answer = Visitor(town.zhao).post("/desk/register/", {**fields, "key": str(uuid4())})
    assert answer.status_code == 302, answer.content.decode()
    sent = Visitor(town.chen).client.post(
        "/api/v1/cases/",
        {**fields, "description": "群众反映"},
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert sent.status_code == 201, sent.content.decode()
    assert [contact.unseal("phone") for contact in CaseContact.objects.all()] == [kept] * 2


def test_the_desk_registers_whom_to_call(town: Town) -> None:
    fields = {
        "grid_id": town.grid.pk,
        "matter_id": town.matter("邻里纠纷").pk,
        "contact_phone": PHONE,
        "contact_name": NAME,
        "key": str(uuid4()),
    }
    assert (
        Visitor(town.zhao).post("/desk/register/", {**fields, "contact_phone": "一二三"}).status_code == 422
    )
    assert Visitor(town.zhao).post("/desk/register/", fields).status_code == 302
    case = Case.objects.get()
    assert case.for_resident and case.contact.unseal("phone") == PHONE


def test_every_field_that_is_asked_for_has_a_sealed_column_and_none_is_left_out() -> None:
    sealed = [column.name for column in CaseContact._meta.get_fields() if isinstance(column, SealedField)]
    assert sealed == [field.name for field in CONTACT_FIELDS]
