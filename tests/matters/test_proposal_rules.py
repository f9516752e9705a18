"""What a proposal must contain: nothing prohibited, all that the law asks, no matter twice (Art. 14)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from common.errors import IllegalMove, NotPermitted, RuleViolation
from matters import actions
from matters.models import MatterList, Proposal
from matters.states import OPEN, STATUSES
from matters.tasks import end_notices
from personnel.models import Grant
from tests.matters.conftest import body, draft_of, panel, proposal_in, refusal_of
from tests.shapes import Sent
from tests.town import MONDAY, Town

CAST = ("sun", "qian", "wu", "gu", "jiang", "tang", "zheng", "chen", "nobody")
LATER = MONDAY + timedelta(days=30)


# --- What the law keeps out (Art. 14, second paragraph) ------------------------------------------------------------


@pytest.mark.article(14)
@pytest.mark.parametrize(
    ("barred_as", "law", "field"),
    [
        ("penalty", "", "exception_law"),
        ("penalty", "《某某法》", "exception_law"),
        ("penalty", "某某法第二十条", "exception_law"),
        ("", "《某某法》第二十条", "barred_as"),
        ("unheard_of", "《某某法》第二十条", "barred_as"),
        ("penalty", "《某某法》第二十条" + "，" * 200, "exception_law"),
    ],
)
def test_what_is_barred_passes_only_with_a_law_and_its_article(
    town: Town, barred_as: str, law: str, field: str
) -> None:
    found = proposal_in("legal_review", town)
    fields = {"opinion": "可以", "reviewers": panel(town), "by": town.jiang, "at": MONDAY}
    why = refusal_of(
        RuleViolation, lambda: actions.clear(found, barred_as=barred_as, exception_law=law, **fields)
    )
    assert why.field == field
    assert Proposal.objects.get(pk=found.pk).status == "legal_review"


@pytest.mark.article(14)
def test_a_cited_exception_passes_and_is_kept_with_the_proposal(town: Town) -> None:
    found = proposal_in("legal_review", town)
    found = actions.clear(
        found,
        opinion="法律另有规定",
        barred_as="penalty",
        exception_law="《某某法》第二十条",
        reviewers=panel(town),
        by=town.jiang,
        at=MONDAY,
    )
    assert (found.status, found.barred_as, found.exception_law) == (
        "joint_review",
        "penalty",
        "《某某法》第二十条",
    )


@pytest.mark.article(14)
def test_the_database_admits_nothing_barred_without_a_cited_exception(town: Town) -> None:
    found = proposal_in("deciding", town)
    with (
        pytest.raises(DatabaseError, match="barred_matter"),
        transaction.atomic(),
        connection.cursor() as raw,
    ):
        raw.execute("UPDATE matters_proposal SET barred_as = 'penalty' WHERE id = %s", [found.pk])


@pytest.mark.article(16)
def test_the_database_lists_nothing_undecided_and_follows_the_state_table(town: Town) -> None:
    found = proposal_in("drafting", town)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as raw:
        raw.execute("UPDATE matters_proposal SET status = 'listed' WHERE id = %s", [found.pk])
    adopted = proposal_in("adopted", town, name="另一件事")
    with (
        pytest.raises(DatabaseError, match="listed_proposal"),
        transaction.atomic(),
        connection.cursor() as raw,
    ):
        raw.execute("UPDATE matters_proposal SET status = 'listed' WHERE id = %s", [adopted.pk])


@pytest.mark.article(16)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE matters_matterlist SET note = 'x' WHERE id = %s",
        "DELETE FROM matters_matter WHERE edition_id = %s",
        "UPDATE matters_matter SET name = name || 'x' WHERE edition_id = %s",
        "UPDATE matters_matter SET edition_id = edition_id WHERE edition_id = %s",
    ],
)
def test_the_database_refuses_to_change_a_published_edition(town: Town, statement: str) -> None:
    edition = MatterList.objects.published().filter(county__code="410902")[0]
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as raw:
        raw.execute(statement, [edition.pk])
    assert edition.matters.count() == 83


@pytest.mark.article(16)
@pytest.mark.parametrize("statement", ["UPDATE {} SET note = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_line_of_a_proposal_is_never_rewritten(town: Town, statement: str) -> None:
    found = proposal_in("formal_check", town)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as raw:
        raw.execute(statement.format("matters_proposalevent"))
    assert found.events.count() == 2


# --- What is asked of the content --------------------------------------------------------------------------------


def fault_of(act: Callable[[], object]) -> tuple[str, str]:
    why = refusal_of(RuleViolation, act)
    return why.field, why.sentence


@pytest.mark.article(16)
@pytest.mark.parametrize(("days", "is_refused"), [(0, True), (1, False), (90, False), (91, True)])
def test_a_temporary_admission_ends_within_90_days(town: Town, days: int, is_refused: bool) -> None:
    ends_on = MONDAY.date() + timedelta(days=days)
    draft = draft_of("temporary")
    assert draft.content is not None
    draft = replace(draft, content=replace(draft.content, ends_on=ends_on))
    if is_refused:
        field, _ = fault_of(lambda: actions.propose(draft, by=town.sun, at=MONDAY))
        assert field == "ends_on"
    else:
        assert actions.propose(draft, by=town.sun, at=MONDAY).content["ends_on"] == ends_on.isoformat()


@pytest.mark.article(16)
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "路灯故障"}, "name"),
        ({"name": "长" * 5000}, "name"),
        ({"first_amount": 5, "first_unit": "working_day"}, "first_amount"),
        (
            {"finish_amount": 700, "finish_unit": "working_day"},
            "finish_amount",
        ),  # the calendar ends before that
        ({"check_amount": 367, "check_unit": "natural_day"}, "check_amount"),
    ],
)
def test_bad_content_is_refused_by_field_and_nothing_is_kept(town: Town, fields: Sent, field: str) -> None:
    found, sentence = fault_of(lambda: actions.propose(draft_of(**fields), by=town.sun, at=MONDAY))
    assert (found, bool(sentence)) == (field, True)
    assert not Proposal.objects.exists()


@pytest.mark.article(16)
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"basis": "《某某法》"}, "basis"),
        ({"basis": ""}, "basis"),
        ({"finish_unit": ""}, "finish_amount"),
        ({"lead_functions": []}, "lead_functions"),
        ({"lead_functions": ["", "公安"]}, "lead_functions"),
        ({"category": 0}, "category"),
        ({"kind": ""}, "kind"),
        ({"ends_on": None}, "ends_on"),
    ],
)
def test_unfinished_content_is_a_draft_and_is_not_submitted(town: Town, fields: Sent, field: str) -> None:
    draft = draft_of("temporary")
    assert draft.content is not None
    draft = replace(draft, content=replace(draft.content, **fields))
    found = actions.propose(draft, by=town.sun, at=MONDAY)
    assert fault_of(lambda: actions.submit(found, by=town.sun, at=MONDAY))[0] == field
    assert Proposal.objects.get(pk=found.pk).status == "drafting"


@pytest.mark.article(16)
def test_the_same_matter_is_applied_for_once(town: Town) -> None:
    first = proposal_in("formal_check", town)
    field, sentence = fault_of(lambda: actions.propose(draft_of(), by=town.sun, at=MONDAY))
    assert field == "name" and first.number in sentence


@pytest.mark.article(16)
@pytest.mark.parametrize("kind", ["adjust", "exit"])
def test_a_matter_under_proposal_is_not_changed_a_second_time(town: Town, kind: str) -> None:
    first = proposal_in("formal_check", town, kind="adjust", severity=2)
    field, sentence = fault_of(lambda: actions.propose(draft_of(kind), by=town.sun, at=MONDAY))
    assert field == "matter" and first.number in sentence


@pytest.mark.article(16)
def test_only_a_matter_of_the_county_s_newest_edition_is_changed(town: Town) -> None:
    elsewhere = MatterList.objects.get(county__code="410922").matters.get(name="路灯故障")
    for matter in (None, elsewhere):
        draft = replace(draft_of("exit"), matter=matter)
        why = refusal_of(RuleViolation, actions.propose, draft, by=town.sun, at=MONDAY)
        assert why.field == "matter"


@pytest.mark.article(14)
@pytest.mark.parametrize(
    "missing", ["handling_post", "support", "funding", "training", "held_elsewhere", "minutes_each"]
)
def test_what_the_law_asks_of_a_department_is_written_before_it_is_submitted(
    town: Town, missing: str
) -> None:
    draft = draft_of()
    assert draft.content is not None
    if missing in ("funding", "training", "held_elsewhere"):
        draft = replace(draft, **{missing: ""})
    else:
        draft = replace(
            draft, content=replace(draft.content, **{missing: 0 if missing == "minutes_each" else ""})
        )
    found = actions.propose(draft, by=town.sun, at=MONDAY)
    assert fault_of(lambda: actions.submit(found, by=town.sun, at=MONDAY))[0] == missing
    assert Proposal.objects.get(pk=found.pk).status == "drafting"


@pytest.mark.article(14)
@pytest.mark.parametrize(("function", "word"), [("水利", "没有登记"), ("司法行政", "还没有经办人")])
def test_a_department_that_cannot_receive_cases_cannot_lead(town: Town, function: str, word: str) -> None:
    assert not Grant.objects.filter(
        permission__codename="handle", object_pk=str(body("hlq-sifa").pk)
    ).exists()
    found = actions.propose(draft_of(lead_functions=[function]), by=town.sun, at=MONDAY)
    field, sentence = fault_of(lambda: actions.submit(found, by=town.sun, at=MONDAY))
    assert field == "lead_functions" and word in sentence


@pytest.mark.article(16)
def test_what_was_returned_begins_afresh(town: Town) -> None:
    found = proposal_in("legal_review", town)
    found = actions.return_proposal(found, note="请补充", by=town.jiang, at=MONDAY)
    assert found.status == "drafting"
    again = actions.submit(found, by=town.sun, at=MONDAY)
    assert (again.status, again.legal_opinion, again.legal_reviewer) == ("formal_check", "", None)


# --- The notice --------------------------------------------------------------------------------------------------


@pytest.mark.article(16)
def test_society_may_speak_until_the_last_day_and_no_longer(town: Town) -> None:
    found = proposal_in("noticed", town)
    assert found.notice_ends_on == date(2026, 11, 23)
    actions.comment(found, text="支持", at=MONDAY + timedelta(days=7))
    refusal_of(IllegalMove, lambda: actions.comment(found, text="晚了", at=MONDAY + timedelta(days=8)))
    assert actions.end_notices(today=date(2026, 11, 23), at=MONDAY) == 0
    assert actions.end_notices(today=date(2026, 11, 24), at=MONDAY) == 1
    assert Proposal.objects.get(pk=found.pk).status == "adopted"


@pytest.mark.article(16)
@pytest.mark.parametrize("who", CAST)
def test_a_comment_is_answered_by_the_county_alone(town: Town, who: str) -> None:
    remark = actions.comment(proposal_in("noticed", town), text="支持", at=MONDAY)
    if who == "wu":
        assert actions.reply(remark, text="谢谢", by=town.wu, at=MONDAY).reply == "谢谢"
    else:
        refusal_of(NotPermitted, lambda: actions.reply(remark, text="谢谢", by=getattr(town, who), at=MONDAY))


@pytest.mark.article(16)
def test_a_late_step_is_reminded_of_once_a_day(town: Town) -> None:
    proposal_in("formal_check", town)
    assert actions.remind_overdue_proposals(at=MONDAY) == 0
    assert actions.remind_overdue_proposals(at=LATER) == 1
    assert actions.remind_overdue_proposals(at=LATER) == 0
    assert actions.remind_overdue_proposals(at=LATER + timedelta(days=1)) == 1


def test_the_beat_runs_outside_any_transaction(own_database: str) -> None:
    assert end_notices() == 0
    assert actions.remind_overdue_proposals(at=MONDAY) == 0


def test_open_statuses_are_all_that_have_no_end() -> None:
    assert set(OPEN) | {"listed", "barred", "refused", "withdrawn"} == set(STATUSES)
