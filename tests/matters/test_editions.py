"""Editions: drafted, revised, published for ever; what comes in, what ends, what cases keep (Art. 14, 16)."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import psycopg2
import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import Entry
from common.errors import IllegalMove, NotPermitted, RuleViolation, StaleVersion
from matters import actions
from matters.actions.soundness import faults_in
from matters.models import Matter, MatterList, Proposal
from puyang_grid.addresses import with_database
from tests.cases import case_in, reported
from tests.databases import run_addresses
from tests.matters.conftest import draft_of, proposal_in, refusal_of
from tests.town import MONDAY, Town
from workflow.actions import ReportDraft, report_case
from workflow.models import Case
from workflow.suggestions import suggest_unit

DAY = date(2026, 12, 1)
pytestmark = pytest.mark.article(14)


def drafted(town: Town, *, on: date = DAY, document: str = "华网格〔2026〕2号") -> MatterList:
    """The next edition of 华龙区, in draft."""
    return actions.draft_edition(
        town.division("华龙区"), in_force_on=on, document=document, note="年度修订", by=town.wu, at=MONDAY
    )


def published(town: Town, *, on: date = DAY) -> MatterList:
    return actions.publish_edition(drafted(town, on=on), by=town.wu, at=MONDAY)


def first(town: Town) -> MatterList:
    return MatterList.objects.get(county=town.division("华龙区"), edition=1)


def edition_of(town: Town, number: int = 2) -> MatterList:
    return MatterList.objects.get(county=town.division("华龙区"), edition=number)


# --- Drafting -----------------------------------------------------------------------------------------------


def test_a_draft_says_what_the_last_edition_says_and_nobody_outside_sees_it(town: Town) -> None:
    made = drafted(town)
    assert (made.edition, made.matters.count()) == (2, 83)
    assert MatterList.objects.visible_to(town.wu).filter(pk=made.pk).exists()
    for name in ("gu", "zheng", "sun", "chen", "nobody"):
        assert not MatterList.objects.visible_to(getattr(town, name)).filter(pk=made.pk).exists(), name


@pytest.mark.parametrize("name", ["gu", "zheng", "jiang", "tang", "sun", "chen", "nobody"])
def test_only_the_county_s_authority_drafts_revises_publishes_and_gives_up(town: Town, name: str) -> None:
    county, somebody = town.division("华龙区"), getattr(town, name)
    refusal_of(NotPermitted, actions.draft_edition, county, in_force_on=DAY, by=somebody, at=MONDAY)
    made = drafted(town)
    refusal_of(NotPermitted, actions.revise_edition, made, in_force_on=DAY, by=somebody, at=MONDAY)
    refusal_of(NotPermitted, actions.publish_edition, made, by=somebody, at=MONDAY)
    refusal_of(NotPermitted, actions.discard_edition, made, by=somebody, at=MONDAY)


def test_a_county_has_one_draft_at_a_time(town: Town) -> None:
    drafted(town)
    refusal = refusal_of(IllegalMove, drafted, town, on=date(2026, 12, 20))
    assert refusal.sentence == "华龙区已有一版在编，请先公布或放弃那一版。"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 15), "不能早于今天"),
        (date(2025, 1, 1), "不能早于今天"),
        (date(2028, 11, 20), "两年以后"),
    ],
)
def test_a_day_in_the_past_or_too_far_ahead_is_refused(town: Town, day: date, words: str) -> None:
    refusal = refusal_of(RuleViolation, drafted, town, on=day)
    assert words in refusal.sentence and refusal.field == "in_force_on"


def test_first_days_cannot_overlap(town: Town) -> None:
    published(town, on=DAY)
    for day in (DAY, DAY - timedelta(days=1)):
        refusal = refusal_of(RuleViolation, drafted, town, on=day)
        assert refusal.sentence == "上一版2026年12月1日起施行，这一版须晚于那一天。"
    assert drafted(town, on=DAY + timedelta(days=1)).edition == 3


def test_text_that_is_too_long_is_counted_in_the_sentence(town: Town) -> None:
    refusal = refusal_of(RuleViolation, drafted, town, document="文" * 5000)
    assert refusal.sentence == "文号最多 120 字，您写了 5000 字。" and refusal.field == "document"


# --- What was adopted ---------------------------------------------------------------------------------------


@pytest.mark.article(16)
def test_drafting_brings_in_what_was_adopted_and_revising_what_was_adopted_since(town: Town) -> None:
    early = proposal_in("adopted", town)
    made = drafted(town)
    assert made.matters.get(name="共享单车占压盲道").revision == 1
    late = proposal_in("adopted", town, kind="adjust", description="换灯泡的先报。")
    assert Proposal.objects.get(pk=late.pk).edition_id is None
    actions.revise_edition(made, in_force_on=DAY, document="文", by=town.wu, at=MONDAY)
    assert set(made.proposals.values_list("pk", flat=True)) == {early.pk, late.pk}
    lamp, was = made.matters.get(name="路灯故障"), first(town).matters.get(name="路灯故障")
    assert (lamp.code, lamp.revision, was.revision) == (was.code, 2, 1)
    assert lamp.description == "换灯泡的先报。"


@pytest.mark.article(16)
def test_a_draft_given_up_gives_its_proposals_back_and_they_keep_their_code(town: Town) -> None:
    waiting = proposal_in("adopted", town)
    made = drafted(town)
    code = made.matters.get(name="共享单车占压盲道").code
    actions.discard_edition(made, by=town.wu, at=MONDAY)
    assert not MatterList.objects.drafts().exists()
    again = Proposal.objects.get(pk=waiting.pk)
    assert (again.status, again.edition_id) == ("adopted", None)
    assert Entry.objects.filter(
        subject=f"matter_list:{made.pk}", verb="discard", actor_id=town.wu.pk
    ).exists()
    assert drafted(town).matters.get(name="共享单车占压盲道").code == code


@pytest.mark.article(16)
def test_publishing_enlists_what_the_draft_has(town: Town) -> None:
    waiting = proposal_in("adopted", town)
    made = published(town)
    again = Proposal.objects.get(pk=waiting.pk)
    assert (again.status, again.edition_id) == ("listed", made.pk)
    assert again.events.order_by("seq").last().verb == "enlist"


def ended(town: Town, matter: Matter) -> Proposal:
    """An exit that has been consented to."""
    found = actions.propose(replace(draft_of("exit"), matter=matter), by=town.sun, at=MONDAY)
    found = actions.submit(found, by=town.sun, at=MONDAY)
    found = actions.pass_check(found, by=town.wu, at=MONDAY)
    return actions.consent(found, decision="同意退出", by=town.wu, at=MONDAY)


def test_a_code_is_never_given_again(town: Town) -> None:
    proposal_in("adopted", town)
    new = published(town).matters.get(name="共享单车占压盲道")
    ended(town, new)
    assert not published(town, on=DAY + timedelta(days=9)).matters.filter(code=new.code).exists()
    proposal_in("adopted", town, name="楼顶广告牌松动")
    after = drafted(town, on=DAY + timedelta(days=19)).matters.get(name="楼顶广告牌松动")
    category, number = new.code.split("-")
    assert after.code == f"{category}-{int(number) + 1:02d}"


def test_each_adjustment_counts_the_revision_up(town: Town) -> None:
    for turn in (1, 2):
        proposal_in("adopted", town, kind="adjust", description=f"第{turn}次改")
        made = published(town, on=DAY + timedelta(days=turn))
        lamp = made.matters.get(name="路灯故障")
        assert (lamp.revision, lamp.description) == (turn + 1, f"第{turn}次改")
        assert made.matters.get(name="井盖缺损").revision == 1


def test_an_adopted_name_that_the_draft_has_already_is_refused_and_nothing_is_saved(town: Town) -> None:
    made = drafted(town)
    proposal = proposal_in("adopted", town)
    row = made.matters.get(name="路灯故障")
    Matter.objects.filter(pk=row.pk).update(name="共享单车占压盲道")
    refusal = refusal_of(
        RuleViolation, actions.revise_edition, made, in_force_on=date(2026, 12, 9), by=town.wu, at=MONDAY
    )
    assert proposal.number in refusal.sentence and row.code in refusal.sentence
    assert edition_of(town).in_force_on == DAY


# --- Publishing ---------------------------------------------------------------------------------------------


def test_publishing_needs_a_document(town: Town) -> None:
    refusal = refusal_of(
        RuleViolation, actions.publish_edition, drafted(town, document=""), by=town.wu, at=MONDAY
    )
    assert (refusal.sentence, refusal.field) == ("公布以前请填写文号。", "document")


def test_every_fault_of_a_draft_is_named_with_its_matter_and_its_field(town: Town) -> None:
    made = drafted(town, document="")
    lamp, lid = (made.matters.get(name=name) for name in ("路灯故障", "井盖缺损"))
    Matter.objects.filter(pk=lamp.pk).update(basis="有关规定")
    Matter.objects.filter(pk=lid.pk).update(
        sign_amount=30,
        sign_unit="natural_day",
        finish_amount=1,
        finish_unit="natural_day",
        ends_on=MONDAY.date(),
    )
    found = list(faults_in(made, today=MONDAY.date()))
    places = {(fault.field, fault.code, fault.word) for fault in found}
    assert places == {
        ("document", "", ""),
        ("", lamp.code, "依据"),
        ("", lid.code, "签收时限"),
        ("", lid.code, "有效期至"),
    }
    refusal = refusal_of(RuleViolation, actions.publish_edition, made, by=town.wu, at=MONDAY)
    assert refusal.sentence == "公布以前请填写文号。还有 3 处要改。"
    assert edition_of(town).published_at is None


def test_a_draft_whose_day_has_passed_is_not_published(town: Town) -> None:
    made = drafted(town)
    refusal = refusal_of(
        RuleViolation, actions.publish_edition, made, by=town.wu, at=MONDAY + timedelta(days=30)
    )
    assert "不能早于今天" in refusal.sentence


def test_whoever_read_an_older_draft_is_refused(town: Town) -> None:
    made = drafted(town)
    actions.revise_edition(edition_of(town), in_force_on=DAY, document="新文号", by=town.wu, at=MONDAY)
    refusal_of(StaleVersion, actions.publish_edition, made, by=town.wu, at=MONDAY)
    assert edition_of(town).published_at is None


def test_nobody_revises_or_gives_up_what_is_published(town: Town) -> None:
    made = published(town)
    for act in (actions.publish_edition, actions.discard_edition):
        refusal = refusal_of(IllegalMove, act, made, by=town.wu, at=MONDAY)
        assert refusal.sentence == "这一版已经公布，不能再改；请编制下一版。"
    refusal_of(IllegalMove, actions.revise_edition, made, in_force_on=DAY, by=town.wu, at=MONDAY)


# What nobody may do in SQL to edition 1, of which {matter} is one row; {other} is another county's edition.
COLUMNS = ", ".join(
    field.column for field in Matter._meta.fields if field.column not in ("id", "code", "name")
)
STATEMENTS = (
    "UPDATE matters_matter SET name = '改名' WHERE id = {matter}",
    "UPDATE matters_matter SET edition_id = {other} WHERE id = {matter}",
    "DELETE FROM matters_matter WHERE id = {matter}",
    f"INSERT INTO matters_matter (code, name, {COLUMNS}) SELECT '6-99', '添一项', {COLUMNS}"
    " FROM matters_matter WHERE id = {matter}",
    "TRUNCATE matters_matter CASCADE",
    "UPDATE matters_matterlist SET document = '改号' WHERE id = {edition}",
    "UPDATE matters_matterlist SET published_at = NULL WHERE id = {edition}",
    "DELETE FROM matters_matterlist WHERE id = {edition}",
    "TRUNCATE matters_matterlist CASCADE",
)


def rows_of(town: Town) -> dict[str, int]:
    edition, other = first(town), MatterList.objects.get(county=town.division("清丰县"), edition=1)
    return {"edition": edition.pk, "other": other.pk, "matter": edition.matters.get(name="路灯故障").pk}


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_application_cannot_change_a_published_edition_in_sql(town: Town, statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(**rows_of(town)))
    assert first(town).matters.get(name="路灯故障").code and first(town).matters.count() == 83


@pytest.mark.parametrize("statement", [each for each in STATEMENTS if "TRUNCATE" not in each])
def test_a_trigger_refuses_the_owner_too(town: Town, statement: str) -> None:
    refused_to_the_owner(statement.format(**rows_of(town)))


@pytest.mark.parametrize("statement", [each for each in STATEMENTS if "TRUNCATE" in each])
def test_a_trigger_refuses_the_owner_s_truncate(town_is_built: None, db: None, statement: str) -> None:
    refused_to_the_owner(statement)  # nothing has been read here, which the statement would wait for


def refused_to_the_owner(statement: str) -> None:
    url = with_database(run_addresses().owner, connection.settings_dict["NAME"])
    with closing(psycopg2.connect(url)) as owner, owner.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
        with pytest.raises(psycopg2.errors.RaiseException, match=r"keeps its matters|Cannot"):
            cursor.execute(statement)
        owner.rollback()


def test_a_draft_may_be_changed_in_sql_so_that_the_refusals_above_mean_something(town: Town) -> None:
    made = drafted(town)
    row = made.matters.get(name="路灯故障").pk
    with connection.cursor() as cursor:
        cursor.execute("UPDATE matters_matter SET description = '改过' WHERE id = %s", [row])
        cursor.execute("DELETE FROM matters_matter WHERE id = %s", [row])
        assert cursor.rowcount == 1


# --- What runs by the day -----------------------------------------------------------------------------------


def test_a_temporary_matter_ends_by_itself_on_its_day(town: Town) -> None:
    proposal_in("adopted", town, kind="temporary", ends_on=date(2026, 12, 31))
    made, county = published(town), town.division("华龙区")
    row = made.matters.get(name="共享单车占压盲道")
    assert row.ends_on == date(2026, 12, 31)
    there = {
        day: Matter.objects.in_force(county.pk, day).filter(pk=row.pk).exists()
        for day in (date(2026, 11, 30), DAY, date(2026, 12, 31), date(2027, 1, 1))
    }
    assert list(there.values()) == [False, True, True, False]
    after = drafted(town, on=date(2027, 1, 10))
    assert not after.matters.filter(code=row.code).exists(), "the next edition is drafted without it"


def test_a_draft_s_temporary_matters_follow_its_day(town: Town) -> None:
    proposal_in("adopted", town, kind="temporary", ends_on=date(2026, 12, 31))
    published(town)
    made = drafted(town, on=date(2027, 1, 10))
    names = made.matters.filter(name="共享单车占压盲道")
    for day, stands in ((date(2026, 12, 20), True), (date(2027, 1, 5), False), (date(2026, 12, 31), True)):
        made = actions.revise_edition(made, in_force_on=day, document="文", by=town.wu, at=MONDAY)
        assert names.exists() is stands, day


@pytest.mark.article(16)
def test_what_has_left_the_list_cannot_be_reported_and_open_cases_keep_what_they_were_reported_under(
    town: Town,
) -> None:
    old = first(town).matters.get(name="路灯故障")
    open_case = case_in("awaiting_acceptance", town, matter_id=old.pk)
    proposal_in("adopted", town, kind="exit")
    made = published(town, on=DAY)
    later = MONDAY + timedelta(days=15)
    assert not made.matters.filter(code=old.code).exists()
    draft = ReportDraft(**town.report_payload(matter_id=old.pk))
    refusal_of(RuleViolation, report_case, draft, by=town.chen, at=later)
    open_case.refresh_from_db()
    assert open_case.matter_id == old.pk
    handed = case_in("awaiting_signature", town, at=MONDAY, matter_id=old.pk)
    assert handed.matter_id == old.pk, "until that day the old edition holds"


@pytest.mark.article(16)
def test_a_case_is_pinned_to_the_edition_in_force_when_it_was_reported(town: Town) -> None:
    old = first(town).matters.get(name="路灯故障")
    proposal_in("adopted", town, kind="adjust", description="新写法")
    new = published(town).matters.get(code=old.code)
    before = reported(town, matter_id=old.pk)
    refusal_of(RuleViolation, reported, town, matter_id=new.pk)
    later = MONDAY + timedelta(days=15)
    after = reported(town, at=later, matter_id=new.pk)
    refusal_of(RuleViolation, reported, town, at=later, matter_id=old.pk)
    assert (before.matter_id, after.matter_id) == (old.pk, new.pk)


@pytest.mark.article(16)
def test_another_department_in_the_list_moves_no_open_case_without_a_decision(town: Town) -> None:
    old = first(town).matters.get(name="路灯故障")
    signed = case_in("awaiting_signature", town, matter_id=old.pk)
    proposal_in("adopted", town, kind="adjust", lead_functions=["公安"])
    new = published(town).matters.get(code=old.code)
    later = MONDAY + timedelta(days=15)
    assert (signed.unit, new.lead_functions) == (town.chengguan, ["公安"])
    assert Case.objects.get(pk=signed.pk).unit == town.chengguan
    unassigned = case_in("awaiting_assignment", town, matter_id=old.pk)
    fresh = case_in("awaiting_assignment", town, at=later, matter_id=new.pk)
    proposed = [suggest_unit(case) for case in (unassigned, fresh)]
    assert [each and each.unit.function for each in proposed] == [old.lead_function, "公安"]
