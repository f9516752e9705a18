"""A clue: its text and notes are sealed, its source has a tier of its own, and few may know that it exists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from access import subjects
from access.access_log import looks_in_charge_of
from access.actions import reveal
from access.tiers import TIERS
from audit.models import AccessEntry
from common.errors import Refusal
from common.privacy.ciphers import SealBroken
from common.privacy.sealing import MARK
from tests.cases import STEP, reported
from tests.town import MONDAY, Town
from workflow import actions
from workflow.models import Case, CaseContact, CaseEvent

LATER = MONDAY + 10 * STEP
CANARIES = ("王线人看见钱庄", "胜利路地下室二层", "涉案约三十万", "请转经侦支队", "19900004444", "线人甲")


def clue(town: Town, **fields: Any) -> Case:
    return reported(
        town,
        matter_id=town.matter("非法集资线索").pk,
        title="线人甲举报",
        description=CANARIES[0],
        place=CANARIES[1],
        contact_name="线人甲",
        contact_phone="19900004444",
        **fields,
    )


def dumped(*tables: str) -> str:
    """What a dump of these tables would hold."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT t::text FROM {table} t" for table in tables))
        return "\n".join(row for (row,) in cursor.fetchall())


@pytest.mark.article(20)
def test_no_word_of_a_clue_stands_in_the_database_and_its_reader_sees_all(town: Town) -> None:
    case = actions.return_for_correction(clue(town), note=CANARIES[3], by=town.zhao, at=LATER)
    changed = actions.Correction(description=f"{CANARIES[0]}，{CANARIES[2]}")
    actions.resubmit_case(case, correction=changed, by=town.chen, at=LATER + STEP)
    kept = dumped(
        "workflow_case", "workflow_caseevent", "workflow_casecontact", "audit_entry", "notifications_outbox"
    )
    assert [word for word in CANARIES if word in kept] == []
    read = Case.objects.get(pk=case.pk)
    assert (read.title, read.place) == ("非法集资线索", CANARIES[1])
    assert read.description == f"{CANARIES[0]}，{CANARIES[2]}"
    notes = list(CaseEvent.objects.filter(case=case).order_by("seq").values_list("note", flat=True))
    assert notes[0].startswith("****举报")  # the line of events is for ever, so it names no source
    assert notes[1] == CANARIES[3]


def test_an_ordinary_report_stays_as_it_was_written_even_with_our_mark_before_it(town: Town) -> None:
    case = reported(town, description=f"{MARK}不是密文", place="东门口")
    assert Case.objects.get(pk=case.pk).description == f"{MARK}不是密文".lstrip("\x1a")
    assert "东门口" in dumped("workflow_case")


def test_saving_a_clue_unchanged_changes_no_byte(town: Town) -> None:
    case = clue(town)
    before = dumped("workflow_case")
    Case.objects.get(pk=case.pk).save()
    case.save()
    assert dumped("workflow_case") == before


def test_a_sealed_text_of_another_column_does_not_open(town: Town) -> None:
    case = clue(town)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE workflow_case SET place = description WHERE id = %s", [case.pk])
    with pytest.raises(SealBroken, match="打不开"):
        Case.objects.get(pk=case.pk)


@pytest.mark.article(20)
def test_the_source_of_a_clue_is_of_the_fourth_tier_under_the_ring_of_secrets(town: Town) -> None:
    ordinary = reported(town, contact_name="居民乙", contact_phone="19900005555")
    secret = clue(town)
    for case, tier, ring in ((ordinary, "T2", b"personal."), (secret, "T4", b"secret.")):
        contact = CaseContact.objects.get(case=case)
        assert bytes(contact.phone)[3:].startswith(ring)
        found = subjects.find(town.chen, f"case_contact:{contact.pk}", "phone")
        assert found.tier == tier
        look = reveal(found, reason="约见核实情况", by=town.chen, at=LATER)
        assert look.tier == tier
        assert found.plain() == ("19900005555" if tier == "T2" else "19900004444")


@pytest.mark.article(20)
def test_a_source_is_opened_ten_times_a_day_at_most(town: Town) -> None:
    contact = CaseContact.objects.get(case=clue(town))
    found = subjects.find(town.chen, f"case_contact:{contact.pk}", "phone")
    for number in range(TIERS["T4"].limit):
        reveal(found, reason="约见核实情况", by=town.chen, at=LATER + number * timedelta(minutes=1))
    with pytest.raises(Refusal, match="已经用完"):
        reveal(found, reason="约见核实情况", by=town.chen, at=LATER + timedelta(hours=20))


@pytest.mark.article(26)
def test_who_manages_the_staff_does_not_read_that_somebody_opened_a_source(town: Town) -> None:
    ordinary = CaseContact.objects.get(
        case=reported(town, contact_name="居民乙", contact_phone="19900005555")
    )
    secret = CaseContact.objects.get(case=clue(town))
    for contact in (ordinary, secret):
        found = subjects.find(town.chen, f"case_contact:{contact.pk}", "phone")
        reveal(found, reason="约见核实情况", by=town.chen, at=LATER)
    assert {look.tier for look in AccessEntry.objects.all()} == {"T2", "T4"}
    assert [look.tier for look in looks_in_charge_of(town.tang)] == ["T2"]


@pytest.mark.article(20)
def test_a_report_that_turns_out_to_be_a_clue_is_sealed_from_then_on(town: Town) -> None:
    case = reported(town, description=CANARIES[0], contact_name="线人甲", contact_phone="19900004444")
    case = actions.return_for_correction(case, note="请改报线索", by=town.wang, at=LATER)
    changed = actions.Correction(matter_id=town.matter("非法集资线索").pk, place=CANARIES[1])
    case = actions.resubmit_case(case, correction=changed, by=town.chen, at=LATER + STEP)
    contact = CaseContact.objects.get(case=case)
    assert bytes(contact.phone)[3:].startswith(b"secret.")
    assert contact.unseal("phone") == "19900004444"
    kept = dumped("workflow_case")
    assert [word for word in CANARIES if word in kept] == []
