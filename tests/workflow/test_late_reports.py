"""A report written before a post or list ended is accepted under the rules of then (Art. 10, 14, 16, 18)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from common import clock
from common.errors import NotPermitted, RuleViolation
from notifications.models import Outbox
from personnel.actions.grants import sync_grants
from personnel.models import GridPosting
from personnel.scopes import forget_authority
from tests.cases import photo, refused, reported
from tests.town import MONDAY, Town
from tests.workflow.test_api import Phone, drawn
from tests.workflow.test_asks import asks
from workflow.models import Case
from worktime.clocks import day_of

EVENING = MONDAY.replace(hour=23, minute=50)
AFTER_MIDNIGHT = EVENING + timedelta(minutes=20)


def end_post(town: Town, *, last: datetime, successor: str = "lin") -> None:
    """Chen's post ended on the day of ``last``; a colleague works in the grid since the next day."""
    post = GridPosting.objects.get(user=town.chen)
    GridPosting.objects.filter(pk=post.pk).update(ends_on=day_of(last))
    people = [town.chen]
    if successor:
        person: User = getattr(town, successor)
        people.append(person)
        GridPosting.objects.create(
            user=person,
            role="full_time",
            village=post.village,
            grid=post.grid,
            starts_on=day_of(last) + timedelta(days=1),
        )
    sync_grants(people, day=day_of(last) + timedelta(days=1))
    for person in people:
        forget_authority(person)


def list_ends(town: Town) -> int:
    """A list in force from Monday on replaces the founding one. Returns a matter's number of the list that ended."""
    old = town.matter("路灯故障")
    asks(town, "路灯故障", note="新一版")
    return old.pk


@pytest.mark.article(10)
@pytest.mark.article(18)
def test_a_late_report_goes_to_the_present_worker_and_both_get_a_notice(
    town: Town,
) -> None:
    end_post(town, last=EVENING)
    case = reported(town, at=AFTER_MIDNIGHT, written_at=EVENING)
    assert (case.status, case.reporter, case.caretaker) == ("awaiting_leader", town.chen, town.lin)
    assert case.source == Case.Source.WORKER
    line = case.events.get(verb="hand_over")
    assert line.note == "Chen写于11月16日 23:50，当时是本网格网格员；现由Lin负责。"
    sentences = {row.audience: row.sentence for row in Outbox.objects.all()}
    assert "移交给您" in sentences[f"user:{town.lin.pk}"]
    assert sentences[f"user:{town.chen.pk}"] == (
        f"编号 {case.number}：您写这份上报时的岗位已经结束，内容已按写的时候收下，由Lin接着办。"
    )


@pytest.mark.article(10)
@pytest.mark.parametrize("outcome", ["handling", "solved"])
def test_what_was_handled_then_is_in_the_hands_of_the_present_worker_with_every_word(
    town: Town, outcome: str
) -> None:
    end_post(town, last=EVENING)
    uids = [photo(town.chen, kind="result", at=AFTER_MIDNIGHT)]
    fields = {"outcome": outcome, "result": "当场劝开", "result_photos": uids}
    case = reported(town, at=AFTER_MIDNIGHT, written_at=EVENING, **fields)
    assert (case.status, case.caretaker, case.handler) == ("self_handling", town.lin, None)
    assert case.description == "楼道杂物\n已做的处理：当场劝开"
    assert case.attachments.count() == 1


@pytest.mark.article(10)
def test_without_a_present_worker_the_leader_takes_care(town: Town) -> None:
    end_post(town, last=EVENING, successor="")
    case = reported(town, at=AFTER_MIDNIGHT, written_at=EVENING, outcome="handling")
    assert (case.status, case.caretaker) == ("awaiting_leader", town.wang)


@pytest.mark.article(10)
@pytest.mark.article(11)
@pytest.mark.parametrize(
    ("written_at", "kind", "words"),
    [
        (None, NotPermitted, "只有本网格的网格员"),
        (EVENING + timedelta(minutes=15), NotPermitted, "写这份上报时不是本网格的网格员"),
        (AFTER_MIDNIGHT + timedelta(minutes=6), RuleViolation, "比现在还晚"),
        (AFTER_MIDNIGHT - timedelta(days=7, minutes=1), RuleViolation, "7 天以前"),
    ],
)
def test_the_postings_prove_the_post_and_not_what_the_phone_says(
    town: Town, written_at: datetime | None, kind: type[NotPermitted | RuleViolation], words: str
) -> None:
    end_post(town, last=EVENING)
    with refused(kind) as caught:
        reported(town, at=AFTER_MIDNIGHT, written_at=written_at)
    assert words in caught.value.sentence
    assert not Case.objects.exists()


@pytest.mark.article(11)
@pytest.mark.parametrize("stranger", ["lin", "shi", "nobody"])
def test_a_time_of_writing_gives_nobody_a_post_that_he_never_held(town: Town, stranger: str) -> None:
    with refused(NotPermitted):
        reported(town, by=stranger, at=AFTER_MIDNIGHT, written_at=EVENING)


@pytest.mark.article(10)
def test_a_post_that_had_not_begun_allows_nothing(town: Town) -> None:
    GridPosting.objects.filter(user=town.chen).update(starts_on=day_of(AFTER_MIDNIGHT), ends_on=None)
    GridPosting.objects.filter(user=town.chen).update(ends_on=day_of(AFTER_MIDNIGHT))
    sync_grants([town.chen], day=day_of(EVENING))
    with refused(NotPermitted):
        reported(town, at=AFTER_MIDNIGHT, written_at=EVENING)


@pytest.mark.article(14)
@pytest.mark.article(16)
def test_a_list_that_ended_takes_what_was_written_under_it(town: Town) -> None:
    old = list_ends(town)
    with refused(RuleViolation) as caught:
        reported(town, matter_id=old, at=MONDAY)
    assert "不在华龙区现行清单" in caught.value.sentence
    case = reported(town, matter_id=old, at=MONDAY, written_at=MONDAY - timedelta(hours=9, minutes=10))
    assert (case.matter_id, case.caretaker) == (old, town.chen)


@pytest.mark.article(14)
@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(days=7, minutes=1), "7 天以前"),
        (-timedelta(minutes=6), "比现在还晚"),
        (timedelta(hours=1), "不在华龙区现行清单"),  # on Monday the new list was in force already
    ],
)
def test_a_list_that_ended_is_not_opened_by_any_time_of_writing(
    town: Town, ago: timedelta, words: str
) -> None:
    old = list_ends(town)
    with refused(RuleViolation) as caught:
        reported(town, matter_id=old, at=MONDAY, written_at=MONDAY - ago)
    assert words in caught.value.sentence


def test_a_phone_whose_clock_is_wrong_reports_as_ever(town: Town) -> None:
    """The time of writing is not checked if today's post and list allow the report."""
    for wrong in (timedelta(days=-400), timedelta(days=400)):
        assert reported(town, at=MONDAY, written_at=MONDAY + wrong).caretaker == town.chen


def test_what_was_done_already_is_not_lost_with_a_plain_report(town: Town) -> None:
    case = reported(town, result="先放了警示牌", result_photos=[photo(town.chen)])
    assert case.description == "楼道杂物\n已做的处理：先放了警示牌"
    assert case.attachments.count() == 1


@pytest.mark.article(20)
@pytest.mark.parametrize("outcome", ["handling", "solved"])
def test_a_clue_is_not_settled_by_the_worker_and_the_words_are_not_dropped(town: Town, outcome: str) -> None:
    with refused(RuleViolation) as caught:
        reported(town, matter_id=town.matter("非法集资线索").pk, outcome=outcome, result="已劝离")
    assert "保密线索" in caught.value.sentence


@pytest.mark.article(10)
def test_the_phone_of_somebody_who_left_sends_its_photos_and_its_report(town: Town) -> None:
    now = clock.now()
    end_post(town, last=now - timedelta(days=1))
    phone = Phone(town.chen)
    uid = phone.upload(drawn(10)).json()["uid"]
    written_at = (now - timedelta(days=1)).isoformat()
    answer = phone.post("/api/v1/cases/", town.report_payload(written_at=written_at, photos=[uid]))
    case = Case.objects.get()
    assert answer.status_code == 201
    assert f"编号 {case.number}：您写这份上报时的岗位已经结束" in answer.json()["told"]
    assert (case.caretaker, case.attachments.count()) == (town.lin, 1)


@pytest.mark.article(10)
def test_the_phone_of_somebody_who_left_long_ago_sends_nothing(town: Town) -> None:
    now = clock.now()
    end_post(town, last=now - timedelta(days=9))
    phone = Phone(town.chen)
    assert phone.upload(drawn(10)).status_code == 403
    answer = phone.post(
        "/api/v1/cases/", town.report_payload(written_at=(now - timedelta(hours=1)).isoformat())
    )
    assert (answer.status_code, Case.objects.count()) == (403, 0)
