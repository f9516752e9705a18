"""What becomes of a merged report: its words, its reporter, its resident (Art. 17, 18, 19)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from common import clock
from common.errors import IllegalMove, NotPermitted, RuleViolation
from notifications.models import Outbox
from personnel.models import GridPosting
from tests.cases import STEP, case_in, photo, refused, reported
from tests.doors import Visitor
from tests.town import MONDAY, Town
from workflow import actions
from workflow.actions.handover import hand_over_of_post, kept_by
from workflow.invariants import events_that_do_not_replay
from workflow.last_words import last_words
from workflow.merged_cases import goes_on_in, merged_into
from workflow.models import Case
from workflow.policies import WHO_MAY
from worktime.clocks import day_of

LATER = MONDAY + timedelta(hours=2)


def merged(town: Town, *, for_resident: bool = True) -> tuple[Case, Case]:
    """Chen's case in acceptance, and a later report that the desk merged into it."""
    first = case_in("awaiting_acceptance", town)
    second = reported(town, at=LATER, description="三号楼的灯也不亮", for_resident=for_resident)
    second = actions.take_up_case(second, by=town.wang, at=LATER)
    second = actions.send_up_case(second, note="同一件", by=town.wang, at=LATER)
    second = actions.merge_case(second, into=first, by=town.zhao, at=LATER)
    return Case.objects.get(pk=first.pk), second


@pytest.fixture
def anybody(town: Town, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """Somebody without an account, three hours later."""
    monkeypatch.setattr(clock, "now", lambda: LATER + timedelta(hours=1))
    return Visitor()


def worked(case: Case, town: Town) -> Case:
    """The case accepted, assigned, signed, finished and checked."""
    at = LATER + STEP
    case = actions.accept_and_assign(case, unit=town.chengguan, reason="现场归其管理", by=town.zhao, at=at)
    case = actions.sign_case(case, by=town.sun, at=at)
    result = {"result": "已处理", "photos": [photo(town.sun)]}
    case = actions.feed_back_case(case, **result, by=town.sun, at=at + STEP)
    return actions.pass_check(case, by=town.chen, at=at + 2 * STEP)


@pytest.mark.article(17)
@pytest.mark.article(19)
def test_the_case_that_goes_on_begins_with_the_words_that_were_merged_into_it(town: Town) -> None:
    first, second = merged(town)
    words = last_words(first)
    assert words is not None and "三号楼的灯也不亮" in words.note and second.number in words.note
    assert "并入重复上报" in words.sentence
    assert merged_into(first) == [second] and goes_on_in(second) == first


@pytest.mark.article(18)
def test_every_reporter_of_a_merged_case_is_told_how_it_goes_on(town: Town) -> None:
    first, second = merged(town)
    actions.accept_case(first, by=town.zhao, at=LATER + STEP)
    rows = Outbox.objects.filter(subject=f"case:{second.pk}", topic="accept")
    assert [row.sentence for row in rows] == [
        f"已受理：{second.title}（{second.number}，已并入 {first.number}）"
    ]


@pytest.mark.article(18)
def test_the_resident_of_a_merged_report_follows_it_and_rates_it_once(town: Town, anybody: Visitor) -> None:
    first, second = merged(town)
    page = anybody.get(f"/r/{second.rating_code}/").content.decode()
    assert "已并到那一件一起办理" in page and first.number in page and "待受理" in page
    first = worked(first, town)
    assert first.status == "awaiting_rating", "a resident stands behind what was merged"
    assert "请您评价" in anybody.get(f"/r/{second.rating_code}/").content.decode()
    answer = anybody.post(f"/r/{second.rating_code}/", {"rating": "satisfied"})
    assert answer.status_code == 302
    first.refresh_from_db()
    assert (first.status, first.rating) == ("closed", "satisfied")
    with refused(IllegalMove):
        actions.rate_by_resident(first.rating_code, rating="fair", at=LATER + timedelta(days=1))


@pytest.mark.article(18)
def test_what_is_taken_back_is_told_to_no_merged_reporter(town: Town) -> None:
    first, second = merged(town)
    at = LATER + STEP
    first = actions.accept_case(first, by=town.zhao, at=at)
    actions.undo_last(first, by=town.zhao, at=at + timedelta(seconds=3))
    assert not Outbox.objects.filter(subject=f"case:{second.pk}", topic="accept").exists()


@pytest.mark.article(18)
def test_without_a_resident_nobody_is_asked(town: Town) -> None:
    first, _ = merged(town, for_resident=False)
    assert worked(first, town).status == "closed"


@pytest.mark.article(20)
def test_a_clue_leaves_no_words_in_a_case_that_others_read(town: Town) -> None:
    first = case_in("awaiting_acceptance", town)
    clue = reported(town, at=LATER, matter_id=town.matter("非法集资线索").pk, description="线索原话")
    clue = actions.merge_case(clue, into=first, by=town.zhao, at=LATER)
    assert not first.events.filter(verb="gather").exists()
    assert goes_on_in(clue) == clue


@pytest.mark.article(17)
def test_the_photos_of_a_merged_report_stand_on_the_other_case(town: Town) -> None:
    first = case_in("awaiting_acceptance", town)
    second = case_in("awaiting_acceptance", town, at=LATER, photos=[photo(town.chen, kind="report")])
    third = case_in("awaiting_acceptance", town, at=LATER)
    second = actions.merge_case(second, into=third, by=town.zhao, at=LATER + 3 * STEP)
    actions.merge_case(Case.objects.get(pk=third.pk), into=first, by=town.zhao, at=LATER + 3 * STEP)
    copy = first.attachments.get()
    assert copy.sha256 == second.attachments.get().sha256 and copy.file.storage.exists(copy.file.name)
    assert copy.file.name != second.attachments.get().file.name, "the end of one leaves the other"
    assert f"/photos/{copy.uid}" in Visitor(town.zhao).text(f"/cases/{first.pk}/")


@pytest.mark.article(20)
def test_the_photos_of_a_clue_stay_with_the_clue(town: Town) -> None:
    first = case_in("awaiting_acceptance", town)
    shot = photo(town.chen, kind="report")
    clue = reported(town, at=LATER, matter_id=town.matter("非法集资线索").pk, photos=[shot])
    actions.merge_case(clue, into=first, by=town.zhao, at=LATER)
    assert not first.attachments.exists()


@pytest.mark.article(17)
def test_a_circle_of_mergers_is_refused_with_a_sentence_and_by_the_database(town: Town) -> None:
    first, second = merged(town)
    with refused(RuleViolation) as caught:
        actions.merge_case(first, into=second, by=town.zhao, at=LATER)
    assert f"{second.number} 已经并入这件事" in caught.value.sentence
    third = case_in("awaiting_acceptance", town, at=LATER)
    actions.merge_case(first, into=third, by=town.zhao, at=LATER)
    with refused(RuleViolation):
        actions.merge_case(Case.objects.get(pk=third.pk), into=second, by=town.zhao, at=LATER)
    with pytest.raises(IntegrityError, match="merged into itself"), transaction.atomic():
        Case.objects.filter(pk=third.pk).update(merged_into=second)


@pytest.mark.article(18)
def test_a_merged_report_is_handed_over_when_its_reporter_leaves(town: Town) -> None:
    first, second = merged(town)
    post = GridPosting.objects.get(user=town.chen, ends_on=None)
    Case.objects.filter(pk=first.pk).update(caretaker=town.wang)
    assert [case.pk for case in kept_by(post)] == [second.pk]
    assert hand_over_of_post(post, to=town.lin, by=town.wu, at=LATER) == 1
    second.refresh_from_db()
    assert second.caretaker == town.lin and second.status == "merged"
    assert list(events_that_do_not_replay()) == []
    actions.accept_case(Case.objects.get(pk=first.pk), by=town.zhao, at=LATER + STEP)
    assert Outbox.objects.get(subject=f"case:{second.pk}", topic="accept").audience == f"user:{town.lin.pk}"


@pytest.mark.article(18)
def test_a_merged_report_left_behind_finds_somebody_and_an_ended_one_needs_nobody(town: Town) -> None:
    first, second = merged(town)
    town.chen.is_active = False
    town.chen.save(update_fields=["is_active"])
    left = Case.objects.left_behind(day_of(LATER))
    assert {case.pk for case in left} == {first.pk, second.pk}
    actions.void_case(first, note="误报", by=town.zhao, at=LATER)
    assert not left.all().exists()


@pytest.mark.article(18)
def test_who_cares_for_a_merged_report_records_the_rating_given_by_telephone(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER + timedelta(hours=1))
    first, second = merged(town)
    first = worked(first, town)
    Case.objects.filter(pk=first.pk).update(caretaker=town.lin)
    assert "rate" in WHO_MAY.open_to(town.chen, second)
    visitor = Visitor(town.chen)
    assert visitor.get(f"/cases/{second.pk}/rate/").status_code == 200
    sent = {"rating": "satisfied", "version": Case.objects.get(pk=second.pk).version}
    assert visitor.post(f"/cases/{second.pk}/rate/", sent).status_code == 302
    first.refresh_from_db()
    assert (first.status, first.rating) == ("closed", "satisfied")
    assert first.events.latest("seq").actor == town.chen
    assert visitor.post(f"/cases/{second.pk}/rate/", sent).status_code in (403, 409, 422)
    assert "rate" not in WHO_MAY.open_to(town.chen, second)


@pytest.mark.article(11)
def test_who_handled_the_case_rates_it_through_no_merged_report(town: Town) -> None:
    first, second = merged(town)
    first = worked(first, town)
    Case.objects.filter(pk=first.pk).update(handler=town.chen)
    with refused(NotPermitted):
        actions.rate_case(second, rating="satisfied", by=town.chen, at=LATER + timedelta(days=1))
    with refused(NotPermitted):
        actions.rate_case(second, rating="satisfied", by=town.lin, at=LATER + timedelta(days=1))


@pytest.mark.article(18)
def test_what_is_reopened_closed_or_taken_back_is_told_to_every_merged_reporter(town: Town) -> None:
    first, second = merged(town)
    first = worked(first, town)
    at = LATER + timedelta(days=1)
    actions.rate_case(first, rating="dissatisfied", note="还是不亮", by=town.chen, at=at)
    topics = Outbox.objects.filter(subject=f"case:{second.pk}").values_list("topic", flat=True)
    assert {"rate", "rework"} <= set(topics)
    third, fourth = merged(town)
    actions.return_for_correction(third, note="哪栋楼", by=town.zhao, at=at)
    third = Case.objects.get(pk=third.pk)
    actions.withdraw_case(third, note="看错了", by=town.chen, at=at)
    topics = Outbox.objects.filter(subject=f"case:{fourth.pk}").values_list("topic", flat=True)
    assert {"correction", "withdraw"} <= set(topics)
