"""Undo reverses the whole act within ten seconds, its notices included; no single press ends a case for good."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from common.errors import IllegalMove, NotPermitted
from common.records.invariants import examine
from notifications.models import Outbox
from personnel.actions import appoint_to_office
from personnel.models import Organization
from tests.cases import PATH, STEP, case_in, photo, refused, reported
from tests.town import FOUNDED, MONDAY, Town
from tests.workflow.test_desk_pages import pick, signed_in, waiting
from workflow import actions, cards
from workflow.actions.clock import sweep_clocks
from workflow.actions.supplement import supplement_case
from workflow.batch import run_for_many
from workflow.invariants import INVARIANTS
from workflow.last_words import last_words
from workflow.models import Assignment, Case, Stage
from workflow.notices import UNDO_WINDOW, subject_of
from workflow.presentation import sentence_of
from workflow.states import CASE_MOVES, ENDED, UNDOABLE
from workflow.suggestions import suggest_unit
from workflow.verbs import CASE_VERBS
from workflow.views import preview

LATER = MONDAY + 10 * STEP
SOON = LATER + timedelta(seconds=4)
NOT_UNDONE = {"version", "event_count"}

Act = Callable[[Case, Town, datetime], Case]


def both(case: Case, town: Town, at: datetime) -> Case:
    return actions.accept_and_assign(case, unit=town.chengguan, reason="属城管", by=town.zhao, at=at)


def passed(case: Case, town: Town, at: datetime) -> Case:
    return actions.pass_check(case, note="看过了", by=town.chen, at=at)


def failed(case: Case, town: Town, at: datetime) -> Case:
    return actions.fail_check(case, note="没修好", by=town.chen, at=at)


def rated(case: Case, town: Town, at: datetime) -> Case:
    return actions.rate_case(case, rating="fair", by=town.chen, at=at)


def complained(case: Case, town: Town, at: datetime) -> Case:
    return actions.rate_case(case, rating="dissatisfied", note="又坏了", by=town.chen, at=at)


def verifying(town: Town, **fields: Any) -> Case:
    return case_in("awaiting_verification", town, **fields)


def rating(town: Town) -> Case:
    return passed(verifying(town, for_resident=True), town, MONDAY + 8 * STEP)


def twice_failed(town: Town) -> Case:
    """A case whose next failed check moves it up and puts it under supervision."""
    case = verifying(town)
    for number in (7, 8):
        case = failed(case, town, MONDAY + number * STEP)
        case = actions.feed_back_case(case, result="又修", by=town.sun, at=MONDAY + number * STEP)
    return case


def supervised(town: Town) -> Case:
    """A supervised case; closing it ends the supervision mark."""
    case = verifying(town)
    Case.objects.filter(pk=case.pk).update(light=Case.Light.SUPERVISED)
    return Case.objects.get(pk=case.pk)


def late_and_passed_up(town: Town) -> Case:
    """A case that was late before it went up, and that the county accepted before."""
    case = case_in("awaiting_assignment", town)
    Case.objects.filter(pk=case.pk).update(light=Case.Light.LATE)
    case = Case.objects.get(pk=case.pk)
    return actions.escalate_case(case, note="跨街道", by=town.zhao, at=MONDAY + 9 * STEP)


def with_helper(town: Town) -> Case:
    """A case in which another unit assists, with a stay of its own."""
    case = verifying(town)
    part = Assignment.objects.create(
        case=case, unit=town.gongan, is_lead=False, status="in_hand", assigned_at=MONDAY + 5 * STEP
    )
    stay = case.stages.of_case().running().get()
    stay.pk, stay.share, stay.status, stay.organization = None, part, "in_hand", town.gongan
    stay.save(force_insert=True)
    return case


CASES: dict[str, tuple[Callable[[Town], Case], str, Act]] = {
    "accept": (lambda town: case_in("awaiting_acceptance", town), "zhao", PATH["accept"]),
    "accept again": (
        late_and_passed_up,
        "hua",
        lambda case, town, at: actions.accept_case(case, by=town.hua, at=at),
    ),
    "assign": (lambda town: case_in("awaiting_assignment", town), "zhao", PATH["assign"]),
    "accept and assign": (lambda town: case_in("awaiting_acceptance", town), "zhao", both),
    "close": (verifying, "chen", passed),
    "close what is supervised": (supervised, "chen", passed),
    "close what others assist": (with_helper, "chen", passed),
    "ask for a rating": (lambda town: verifying(town, for_resident=True), "chen", passed),
    "fail": (verifying, "chen", failed),
    "fail the third time": (twice_failed, "chen", failed),
    "rate": (rating, "chen", rated),
    "complain": (rating, "chen", complained),
}


def notices_of(case: Case) -> list[str]:
    return list(
        Outbox.objects.filter(subject=subject_of(case)).order_by("pk").values_list("sentence", flat=True)
    )


def parts_of(case: Case) -> list[tuple[Any, ...]]:
    """The parts of units as they stand, and the stays in them; parts that were taken back are left out."""
    over = [
        part.pk
        for part in case.assignments.all()
        if part.ended_at and part.ended_at - part.assigned_at < UNDO_WINDOW
    ]
    parts = (
        case.assignments.exclude(pk__in=over)
        .order_by("pk")
        .values_list("unit", "is_lead", "status", "signed_at", "ended_at")
    )
    stays = (
        case.stages.filter(share__isnull=False)
        .order_by("pk")
        .values_list("share", "ended_at", "next_action_at")
    )
    return [*parts, *stays]


def running(case: Case) -> Stage:
    return case.stages.of_case().running().get()


@pytest.mark.article(19)
@pytest.mark.parametrize("name", CASES)
def test_undo_puts_everything_back_as_it_was(town: Town, name: str) -> None:
    made, who, act = CASES[name]
    case = made(town)
    before, sentences, parts, stay = model_to_dict(case), notices_of(case), parts_of(case), running(case)
    acted = act(case, town, LATER)
    assert acted.status != case.status
    case = actions.undo_last(acted, by=getattr(town, who), at=SOON)
    after = Case.objects.get(pk=case.pk)
    same = set(before) - NOT_UNDONE
    assert {key: model_to_dict(after)[key] for key in same} == {key: before[key] for key in same}
    assert notices_of(case) == sentences
    assert parts_of(case) == parts
    resumed = running(case)
    assert (resumed.pk, resumed.due_at, resumed.next_action_at) == (stay.pk, stay.due_at, stay.next_action_at)
    assert case.events.latest("seq").verb == "undo"
    assert case.events.count() == after.event_count
    for one in INVARIANTS:
        if one.sentence != "到点的时钟都已执行":
            finding = examine(one)
            assert finding.holds, (finding.sentence, finding.shown)


@pytest.mark.parametrize("name", CASES)
def test_no_notice_is_sent_while_the_act_can_be_undone(town: Town, name: str) -> None:
    made, _, act = CASES[name]
    case = made(town)
    before = set(Outbox.objects.values_list("pk", flat=True))
    act(case, town, LATER)
    early = Outbox.objects.exclude(pk__in=before).filter(next_attempt_at__lt=LATER + UNDO_WINDOW)
    assert list(early.values_list("sentence", flat=True)) == []


def test_every_verb_that_can_be_undone_stands_in_these_cases(town: Town) -> None:
    done = set()
    for made, _, act in CASES.values():
        case = made(town)
        seen = case.event_count
        act(case, town, LATER)
        done |= set(case.events.filter(seq__gt=seen).values_list("verb", flat=True))
    assert done == set(UNDOABLE)


def test_two_steps_one_after_the_other_are_two_acts(town: Town) -> None:
    case = PATH["accept"](case_in("awaiting_acceptance", town), town, LATER)
    case = PATH["assign"](case, town, LATER + timedelta(seconds=2))
    case = actions.undo_last(case, by=town.zhao, at=SOON)
    assert (case.status, case.promised_from_at) == ("awaiting_assignment", LATER)
    with refused(IllegalMove) as caught:
        actions.undo_last(case, by=town.zhao, at=SOON)
    assert "只能撤销自己刚才的一步" in caught.value.sentence


def test_another_person_s_acceptance_is_not_taken_back_with_my_assignment(town: Town) -> None:
    desk = Organization.objects.get(code="desk-zyl")
    appoint_to_office(town.nobody, role="dispatcher", organization=desk, on=FOUNDED, at=MONDAY, by=None)
    case = PATH["accept"](case_in("awaiting_acceptance", town), town, LATER)
    case = actions.assign_case(case, unit=town.chengguan, reason="属城管", by=town.nobody, at=LATER)
    with refused(IllegalMove):
        actions.undo_last(case, by=town.zhao, at=SOON)
    case = actions.undo_last(case, by=town.nobody, at=SOON)
    assert (case.status, case.promised_from_at) == ("awaiting_assignment", LATER)


def test_a_verifier_undoes_the_own_check_and_nobody_else_s(town: Town) -> None:
    case = passed(verifying(town), town, LATER)
    with refused(IllegalMove):
        actions.undo_last(case, by=town.li, at=SOON)  # the instructor could have verified it too
    with refused(NotPermitted):
        actions.undo_last(case, by=town.sun, at=SOON)
    with refused(IllegalMove) as caught:
        actions.undo_last(case, by=town.chen, at=LATER + UNDO_WINDOW)
    assert "已超过 10 秒" in caught.value.sentence


def test_what_the_clock_notes_and_what_is_added_meanwhile_does_not_stop_undo(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    late = (case.due_at or LATER) + timedelta(hours=1)
    case = actions.accept_case(case, by=town.zhao, at=late)
    Stage.objects.running().filter(case=case).update(next_action_at=late)
    sweep_clocks(at=late + timedelta(seconds=1))
    case = Case.objects.get(pk=case.pk)
    case = supplement_case(case, note="门牌是 12 号", by=town.chen, at=late + timedelta(seconds=2))
    case = actions.undo_last(case, by=town.zhao, at=late + timedelta(seconds=3))
    assert case.status == "awaiting_acceptance"


def test_the_line_keeps_every_step_and_names_what_was_taken_back(town: Town) -> None:
    case = actions.undo_last(both(case_in("awaiting_acceptance", town), town, LATER), by=town.zhao, at=SOON)
    verbs = list(case.events.order_by("seq").values_list("verb", flat=True))
    assert verbs[-3:] == ["accept", "assign", "undo"]
    assert sentence_of(case.events.select_related("actor", "unit").latest("seq")) == "Zhao撤销受理交办"


@pytest.mark.parametrize("name", ["accept and assign", "fail", "complain", "close"])
def test_words_that_were_taken_back_are_not_the_last_words(town: Town, name: str) -> None:
    made, who, act = CASES[name]
    case = made(town)
    before = last_words(case)
    case = act(case, town, LATER)
    last = last_words(case)
    assert last is not None and last != before
    case = actions.undo_last(case, by=getattr(town, who), at=SOON)
    assert last_words(case) == before
    case = act(case, town, SOON + STEP)
    again = last_words(case)
    assert again is not None and again.note == last.note


def test_an_assignment_that_was_taken_back_suggests_nothing(town: Town) -> None:
    other = case_in("awaiting_acceptance", town, matter_id=None, title="井水发黄")
    case = case_in("awaiting_assignment", town, matter_id=None, title="井水发黄")
    case = actions.assign_case(case, unit=town.gongan, by=town.zhao, at=LATER)
    assert suggest_unit(other) is not None
    actions.undo_last(case, by=town.zhao, at=SOON)
    assert suggest_unit(other) is None


def test_what_the_trace_did_not_keep_cannot_be_undone(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    case = PATH["accept"](case_in("awaiting_acceptance", town), town, LATER)
    monkeypatch.setattr("workflow.standing.Entry.objects.filter", lambda **lookups: Entry.objects.none())
    with refused(IllegalMove):
        actions.undo_last(case, by=town.zhao, at=SOON)


def test_the_trace_says_how_the_case_stood_before(town: Town) -> None:
    case = PATH["accept"](case_in("awaiting_acceptance", town), town, LATER)
    link = Entry.objects.filter(subject=case.chain_key).latest("seq")
    assert link.record["before"] == {"light": "normal", "promised_from_at": None}


# --- Many at once ---------------------------------------------------------------------------------------------------


def undo_ticks(page: str) -> list[str]:
    form = re.search(r'<form[^>]*data-undo="10">.*?</form>', page, re.DOTALL)
    return re.findall(r'name="case" value="([^"]+)"', form[0]) if form else []


def test_many_accepted_at_once_are_taken_back_at_once(town: Town) -> None:
    desk, cases = signed_in(town.zhao), waiting(town, 3)
    page = desk.post(
        reverse("workflow:many"),
        {"verb": "accept", "case": pick(*cases), "next": reverse("workflow:desk")},
        follow=True,
    ).content.decode()
    ticks = undo_ticks(page)
    assert len(ticks) == 3
    assert "撤销这 3 件" in page
    answer = desk.post(reverse("workflow:many"), {"verb": "undo", "case": ticks}, follow=True)
    assert "3 件已撤销。" in answer.content.decode()
    assert {case.status for case in Case.objects.all()} == {"awaiting_acceptance"}
    assert not undo_ticks(answer.content.decode())


def test_many_accepted_and_assigned_are_one_act_each(town: Town) -> None:
    cases = waiting(town, 3)
    seen = {case.pk: case.version for case in cases}
    fields = {"unit": town.chengguan, "reason": "属城管"}
    done = run_for_many("assign", seen, fields, by=town.zhao, at=LATER).done
    assert {case.status for case in Case.objects.all()} == {"awaiting_signature"}
    back = run_for_many("undo", done, {}, by=town.zhao, at=SOON)
    assert back.failed == []
    assert {case.status for case in Case.objects.all()} == {"awaiting_acceptance"}
    assert not Outbox.objects.filter(created_at=LATER).exists()


def test_what_cannot_be_undone_offers_no_undo_to_many(town: Town) -> None:
    case = case_in("awaiting_signature", town)
    page = signed_in(town.sun).post(
        reverse("workflow:many"),
        {"verb": "sign", "case": pick(case), "next": reverse("workflow:tray")},
        follow=True,
    )
    assert "1 件已签收。" in page.content.decode()
    assert not undo_ticks(page.content.decode())


# --- Pictures first, and no end at one press ------------------------------------------------------------------------


def with_pictures(town: Town) -> Case:
    case = case_in("in_hand", town, photos=[photo(town.chen, kind="report")])
    return actions.feed_back_case(
        case, result="已换新灯", photos=[photo(town.sun)], by=town.sun, at=MONDAY + 6 * STEP
    )


@pytest.mark.parametrize("verb", ["pass_check", "fail_check"])
@pytest.mark.parametrize("door", ["workflow:{}", "workflow:desk_{}"])
def test_who_verifies_sees_the_pictures_before_and_after_first(town: Town, verb: str, door: str) -> None:
    case = with_pictures(town)
    first, second = case.attachments.order_by("pk")
    headers = {"HX-Request": "true"} if "desk" in door else {}
    page = signed_in(town.chen).get(reverse(door.format(verb), args=[case.pk]), headers=headers)
    text = page.content.decode()
    places = [text.index(word) for word in ("办理前", str(first.uid), "办理后", str(second.uid), "<textarea")]
    assert places == sorted(places)
    assert text.count(f'href="{reverse("workflow:photo", args=[first.uid])}"') == 1
    assert "已换新灯" in text


def test_the_rater_sees_the_pictures_and_a_missing_one_is_named(town: Town) -> None:
    page = signed_in(town.chen).get(reverse("workflow:rate", args=[rating(town).pk])).content.decode()
    assert "上报时没有照片" in page
    assert "请到现场看过再定" in page


def test_closing_on_the_phone_offers_undo_where_one_was_working(town: Town) -> None:
    case, chen = verifying(town), signed_in(town.chen)
    back = "/village/?queue=to_verify"
    fields = {"version": case.version, "next": back}
    answer = chen.post(reverse("workflow:pass_check", args=[case.pk]), fields)
    assert answer["Location"] == back
    page = chen.get(back).content.decode()
    assert reverse("workflow:undo", args=[case.pk]) in page
    version = Case.objects.get(pk=case.pk).version
    undone = chen.post(reverse("workflow:undo", args=[case.pk]), {"version": version, "next": back})
    assert undone["Location"] == back
    assert Case.objects.get(pk=case.pk).status == "awaiting_verification"


def test_the_card_of_what_i_may_verify_leads_to_the_pictures(town: Town) -> None:
    case = verifying(town)
    page = signed_in(town.chen).get("/village/?queue=to_verify").content.decode()
    address = reverse("workflow:pass_check", args=[case.pk])
    assert f'href="{address}?next=' in page
    assert f'action="{address}"' not in page


ENDING = [
    verb for verb, move in CASE_MOVES.moves.items() if set(move.targets) & set(ENDED) and verb in CASE_VERBS
]


@pytest.mark.parametrize("verb", ENDING)
def test_no_verb_ends_a_case_for_ever_at_one_press(town: Town, verb: str) -> None:
    """What ends a case is undone for ten seconds, or asks for words or a choice in a form of its own."""
    assert verb not in (*cards.ONE_PRESS, *preview.ONE_PRESS)
    assert verb in UNDOABLE or CASE_VERBS[verb].is_dangerous


@pytest.mark.parametrize("verb", sorted(set(ENDING) - set(UNDOABLE)))
def test_an_end_that_cannot_be_undone_is_refused_without_its_second_step(town: Town, verb: str) -> None:
    case = case_in("awaiting_acceptance", town) if verb != "withdraw" else reported(town)
    user = town.zhao if verb != "withdraw" else town.chen
    answer = Client()
    answer.force_login(user)
    assert (
        answer.post(reverse(f"workflow:{verb}", args=[case.pk]), {"version": case.version}).status_code == 422
    )
    assert Case.objects.get(pk=case.pk).is_open
