"""Units, people and merge targets are found by words, and a suggestion that is overruled does not leave its ground."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.errors import RuleViolation
from tests.cases import STEP, case_in, photo, refused
from tests.town import MONDAY, Town
from tests.workflow.test_api import CASES, Phone
from tests.workflow.test_desk_pages import HTMX, run_verb, signed_in, waiting
from workflow import actions
from workflow.merging import age_words, distance_words, merge_candidates
from workflow.models import Case
from workflow.returns import ground_of
from workflow.suggestions import suggest_unit

LATER = MONDAY + 10 * STEP
LIST_SAYS = "事项清单 6-08 主办：城市管理"
AT_CHEN = {"lon": 115.005, "lat": 35.705}


@pytest.fixture
def desk(town: Town) -> Client:
    return signed_in(town.zhao)


@pytest.fixture
def lamp(town: Town) -> Case:
    """A street lamp out of order; the list gives it to 城市管理."""
    return case_in("awaiting_acceptance", town, matter_id=town.matter("路灯故障").pk)


# --- Another unit needs another ground ------------------------------------------------------------------------------


@pytest.mark.article(14)
@pytest.mark.parametrize("reason", ["", "  ", LIST_SAYS, f" {LIST_SAYS}。"])
def test_overruling_the_suggested_unit_needs_a_ground_of_its_own(town: Town, lamp: Case, reason: str) -> None:
    with refused(RuleViolation) as caught:
        actions.accept_and_assign(lamp, unit=town.gongan, reason=reason, by=town.zhao, at=LATER)
    assert caught.value.field == "reason"
    assert f"没有按建议交{town.chengguan.name}" in caught.value.sentence
    assert town.gongan.name in caught.value.sentence


@pytest.mark.parametrize("reason", ["灯杆被车撞断，先作交通事故处理", f"{LIST_SAYS}；但灯杆被车撞断"])
def test_with_a_ground_of_its_own_another_unit_gets_the_case_and_reads_it(
    town: Town, lamp: Case, reason: str
) -> None:
    case = actions.accept_and_assign(lamp, unit=town.gongan, reason=reason, by=town.zhao, at=LATER)
    assert case.unit == town.gongan
    assert ground_of(case) == reason
    page = signed_in(town.qian).get(reverse("workflow:hand_back", args=[case.pk])).content.decode()
    assert reason in page
    assert reason in signed_in(town.qian).get(reverse("workflow:tray")).content.decode()


def test_the_suggested_unit_gets_the_case_without_another_word(town: Town, lamp: Case) -> None:
    case = actions.accept_and_assign(lamp, unit=town.chengguan, reason="", by=town.zhao, at=LATER)
    assert ground_of(case) == LIST_SAYS


@pytest.mark.parametrize("door", ["workflow:desk_assign", "workflow:assign"])
def test_the_form_keeps_what_was_chosen_and_typed_when_the_ground_is_refused(
    town: Town, desk: Client, lamp: Case, door: str
) -> None:
    fields = {"version": lamp.version, "unit": town.gongan.pk, "reason": LIST_SAYS}
    answer = desk.post(reverse(door, args=[lamp.pk]), fields, headers=HTMX if "desk" in door else {})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "是建议" in page and "的依据，不能照用" in page
    assert re.search(rf'<option value="{town.gongan.pk}"[^>]* selected', page)
    assert f'value="{LIST_SAYS}"' in page
    assert Case.objects.get(pk=lamp.pk).status == "awaiting_acceptance"


def test_another_system_is_refused_with_the_same_sentence(town: Town, lamp: Case) -> None:
    case = actions.accept_case(lamp, by=town.zhao, at=LATER)
    fields = {"version": case.version, "unit": town.gongan.pk, "reason": LIST_SAYS}
    answer = Phone(town.zhao).post(f"{CASES}{case.pk}/assign/", fields)
    assert answer.status_code == 422
    assert "没有按建议交" in answer.content.decode()


@pytest.mark.article(17)
def test_the_unit_that_hands_back_is_not_suggested_again(town: Town, lamp: Case) -> None:
    case = actions.accept_and_assign(lamp, unit=town.chengguan, reason="", by=town.zhao, at=LATER)
    case = actions.hand_back_case(case, note="供电的灯", by=town.sun, at=LATER + STEP)
    assert suggest_unit(case) is None
    case = actions.uphold_return(
        case, unit=town.gongan, reason="先保护现场", by=town.zhao, at=LATER + 2 * STEP
    )
    assert ground_of(case) == "先保护现场"


# --- Units are found by words and letters ---------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["城市管理", "cheng shi guan li", "csgl"])
def test_every_unit_carries_the_words_and_letters_that_find_it(
    town: Town, desk: Client, lamp: Case, word: str
) -> None:
    page = desk.get(reverse("workflow:desk_assign", args=[lamp.pk]), headers=HTMX).content.decode()
    option = re.search(rf'<option value="{town.chengguan.pk}"[^>]*data-find="([^"]+)"[^>]*>', page)
    assert option is not None
    assert any(word in part for part in option[1].split("|"))
    assert f'data-suggested="{town.chengguan.pk}"' in page
    assert '<option value="">' in page or 'value="" ' in page  # without scripts it is a list to choose from


# --- Merge targets ----------------------------------------------------------------------------------------------------


def near(town: Town, metres: float, *, minutes: int = 0, **fields: Any) -> Case:
    """An open case so many metres north of Chen's place."""
    lat = AT_CHEN["lat"] + metres / 111_000
    return case_in(
        "coordinating", town, at=MONDAY - timedelta(minutes=minutes), lon=AT_CHEN["lon"], lat=lat, **fields
    )


@pytest.fixture
def repeated(town: Town) -> Case:
    return case_in("awaiting_acceptance", town, **AT_CHEN)


def test_merge_candidates_come_with_distance_age_and_picture(
    town: Town, desk: Client, repeated: Case
) -> None:
    shot = photo(town.chen, kind="report")
    first = near(town, 40, minutes=3 * 24 * 60, photos=[shot])
    other = near(town, 10, matter_id=town.matter("路灯故障").pk)
    far = near(town, 400)
    Case.objects.filter(pk=far.pk).update(lat=AT_CHEN["lat"] + 5000 / 111_000)
    page = desk.get(reverse("workflow:desk_merge", args=[repeated.pk]), headers=HTMX).content.decode()
    assert re.findall(r'type="radio" name="chosen" value="(\d+)"', page)[:2] == [str(first.pk), str(other.pk)]
    assert "相距约 40 米" in page and "早 3 天上报" in page
    assert reverse("workflow:small_photo", args=[shot]) in page
    assert "事项不同" in page


def test_the_chosen_candidate_is_merged_into(town: Town, desk: Client, repeated: Case) -> None:
    first = near(town, 40)
    assert run_verb(desk, "merge", repeated, chosen=first.pk).status_code == 200
    repeated.refresh_from_db()
    assert (repeated.status, repeated.merged_into_id) == ("merged", first.pk)


def test_a_number_still_names_the_target(town: Town, desk: Client, repeated: Case) -> None:
    first = case_in("in_hand", town)
    assert run_verb(desk, "merge", repeated, into=first.number).status_code == 200
    repeated.refresh_from_db()
    assert repeated.merged_into_id == first.pk


@pytest.mark.parametrize("words", ["路灯", "ldgz", "3号楼"])
def test_words_and_letters_list_targets_and_merge_nothing_yet(
    town: Town, desk: Client, repeated: Case, words: str
) -> None:
    lamp = case_in("coordinating", town, matter_id=town.matter("路灯故障").pk, place="京东社区3号楼前")
    answer = run_verb(desk, "merge", repeated, into=words)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"按“{words}”找到 1 件，请在上面选一件" in page
    assert f'name="chosen" value="{lamp.pk}"' in page and f'value="{words}"' in page
    assert run_verb(desk, "merge", repeated, into=words, chosen=lamp.pk).status_code == 200


@pytest.mark.parametrize(
    ("into", "sentence"),
    [
        ("", "请选一件附近的事项，或填写编号、字词"),
        ("没有这样的事", "没有找到“没有这样的事”"),
        ("20261123-999999", "没有这个编号的事项"),
        ("%", "没有找到“%”"),
        ("\\", "没有找到“\\”"),
        ("长" * 500, "最多"),
    ],
)
def test_a_target_that_is_not_there_is_a_sentence(
    town: Town, desk: Client, repeated: Case, into: str, sentence: str
) -> None:
    answer = run_verb(desk, "merge", repeated, into=into)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_what_is_out_of_sight_ended_or_secret_is_no_candidate(town: Town, repeated: Case) -> None:
    clue = case_in("awaiting_acceptance", town, matter_id=town.matter("非法集资线索").pk, **AT_CHEN)
    ended = actions.void_case(
        case_in("awaiting_acceptance", town, **AT_CHEN), note="误报", by=town.zhao, at=LATER
    )
    shown = {one.pk for one in merge_candidates(repeated, town.zhao)}
    assert not {clue.pk, ended.pk, repeated.pk} & shown
    near(town, 20)
    assert merge_candidates(repeated, town.duan) == []
    assert merge_candidates(repeated, town.zhao) != []


def test_candidates_cost_the_same_however_many_there_are(town: Town, repeated: Case) -> None:
    costs = []
    merge_candidates(repeated, town.zhao)  # the account and its grants are read once
    for more in (1, 9):
        for number in range(more):
            near(town, 20 + number, photos=[photo(town.chen, kind="report")])
        with CaptureQueriesContext(connection) as asked:
            merge_candidates(repeated, town.zhao)
        costs.append(len(asked))
    assert len(set(costs)) == 1


@pytest.mark.parametrize(
    ("metres", "same", "words"),
    [
        (3.0, True, "相距约 10 米"),
        (47.0, True, "相距约 50 米"),
        (1250.0, False, "相距约 1.2 公里"),
        (None, True, "同一网格"),
        (None, False, "不同网格"),
    ],
)
def test_the_distance_is_shown_in_words(metres: float | None, same: bool, words: str) -> None:
    assert distance_words(metres, is_same_grid=same) == words


@pytest.mark.parametrize(
    ("earlier", "words"),
    [
        (timedelta(seconds=20), "早 1 分钟上报"),
        (timedelta(hours=5), "早 5 小时上报"),
        (timedelta(days=3), "早 3 天上报"),
        (-timedelta(hours=2), "晚 2 小时上报"),
    ],
)
def test_the_age_is_shown_in_words(earlier: timedelta, words: str) -> None:
    at: datetime = MONDAY
    assert age_words(Case(reported_at=at), Case(reported_at=at - earlier)) == words


def test_a_desk_s_list_waits_for_one_of_the_township(town: Town, desk: Client) -> None:
    one = waiting(town, 1)[0]
    page = desk.get(reverse("workflow:merge", args=[one.pk])).content.decode()
    assert "附近没有在办的事项" in page
