"""What becomes of a merged report: its words, its reporter, its resident (Art. 17, 18, 19)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common import clock
from common.errors import IllegalMove
from notifications.models import Outbox
from tests.cases import STEP, case_in, photo, refused, reported
from tests.doors import Visitor
from tests.town import MONDAY, Town
from workflow import actions
from workflow.last_words import last_words
from workflow.merged_cases import goes_on_in, merged_into
from workflow.models import Case

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
