"""The search over everything in sight: numbers, words, names, initials, odd input (Art. 20)."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from common import clock
from common.initials import place_letters, place_sounds
from common.web.listing import page_of
from grids.models import Division
from tests.cases import case_in, reported
from tests.doors import Visitor
from tests.town import MONDAY, Town
from workflow import hits
from workflow.models import Case
from workflow.queues import QUEUES, cases_in
from workflow.searching import MOST_WORDS, words_of
from workflow.text_index import PIECES, pieces_of, texts_say
from workflow.views import search as search_view

SEARCH = "workflow:search"


def search(user: User, text: str, **more: str) -> Any:
    answer = Visitor(user).client.get(reverse(SEARCH), {"q": text, **more})
    assert answer.status_code == 200
    return answer


def found(user: User, text: str) -> set[int]:
    answer = search(user, text)
    assert answer.context["total"] == len(answer.context["rows"])
    return {row.pk for row in answer.context["rows"]}


@pytest.fixture
def lamp(town: Town) -> Case:
    return reported(
        town,
        matter_id=town.matter("路灯故障").pk,
        description="Yǒu两盏灯不亮，老人摔了一跤；写着 100%_full\\now",
        place="健身广场东北角",
    )


@pytest.fixture
def noise(town: Town) -> Case:
    return case_in("in_hand", town, description="半夜施工，噪音扰民", place="9号楼")


@pytest.mark.parametrize(
    "text",
    [
        "路灯",
        "摔了一跤",
        "健身广场",
        "东北",
        "ldgz",
        "LDGZ",
        "京东社区",
        "GRID",
        "健身 路灯",
        "京东 两盏",
        "100%",
        "%_full",
        "\\now",
        "yǒu",
        "FULL",
        "6-08",
        "网格员上报",
    ],
)
def test_a_case_is_found_by(town: Town, lamp: Case, noise: Case, text: str) -> None:
    hits = found(town.zhao, town.grid.name if text == "GRID" else text)
    assert lamp.pk in hits
    assert text in ("京东社区", "GRID", "网格员上报") or noise.pk not in hits


@pytest.mark.parametrize(
    "text",
    ["京东社区居民委员会", "京东社区居委会", "jingdongshequ", "华龙区中原路街道京东社区", "华龙区 jdsq"],
)
def test_a_case_is_found_by_every_name_and_reading_of_its_place(town: Town, lamp: Case, text: str) -> None:
    for division in Division.objects.all():
        letters, sounds = place_letters(division.name, most=60), place_sounds(division.name, most=200)
        Division.objects.filter(pk=division.pk).update(initials=letters, sort_key=sounds)
    assert found(town.zhao, text) == {lamp.pk}


@pytest.mark.parametrize("text", ["垃圾没人清", "没人清 京东"])
def test_a_case_is_found_by_what_people_say_of_its_matter(town: Town, lamp: Case, text: str) -> None:
    rubbish = reported(town, matter_id=town.matter("暴露垃圾、积存渣土").pk, description="两天了", at=MONDAY)
    assert found(town.zhao, text) == {rubbish.pk}


@pytest.mark.parametrize(
    "text", ["没有这个词", "健身 噪音", "%", "_", "\\", "%%", "__", "灯亮", "跤老", "a", "故灯"]
)
def test_words_that_a_case_does_not_have_do_not_find_it(
    town: Town, lamp: Case, noise: Case, text: str
) -> None:
    assert found(town.zhao, text) == set()


def test_a_case_is_found_by_its_unit_and_by_its_number(town: Town, lamp: Case, noise: Case) -> None:
    assert found(town.zhao, "城市管理") == {noise.pk}
    assert noise.pk in found(town.zhao, str(noise.pk))
    whole = Visitor(town.zhao).client.get(reverse(SEARCH), {"q": noise.number})
    assert whole.url == reverse("workflow:case", args=[noise.pk])


def test_what_is_out_of_sight_is_neither_shown_nor_counted(town: Town, noise: Case) -> None:
    neighbour = search(town.duan, "噪音")
    assert (neighbour.context["total"], neighbour.context["rows"]) == (0, [])
    assert all(tab.count == 0 for tab in neighbour.context["tabs"])
    assert search(town.duan, noise.number).context["total"] == 0
    assert found(town.zhao, "噪音") == {noise.pk}


def test_the_texts_of_a_clue_are_not_searched_and_its_number_leads_its_reader_to_it(town: Town) -> None:
    case = reported(town, matter_id=town.matter("非法集资线索").pk, description="有人夜里倒油")
    assert case.confidential
    assert found(town.chen, "夜里倒油") == set()
    assert Visitor(town.chen).client.get(reverse(SEARCH), {"q": case.number}).status_code == 302
    assert search(town.lin, case.number).context["total"] == 0


def test_the_hits_of_each_queue_are_named_and_equal_its_list(town: Town, lamp: Case, noise: Case) -> None:
    mine = case_in("awaiting_acceptance", town, at=MONDAY + timedelta(hours=1), description="噪音又来了")
    answer = search(town.zhao, "噪音")
    counts = {tab.name: tab.count for tab in answer.context["tabs"]}
    assert counts == {"全部": 2, "待受理": 1, "办理中": 1}
    narrowed = search(town.zhao, "噪音", queue="acceptance")
    assert {row.pk for row in narrowed.context["rows"]} == {mine.pk}
    assert {case.pk for case in cases_in(QUEUES["acceptance"], town.zhao)} == {mine.pk}


def test_the_desk_names_the_other_queues_that_hold_what_is_looked_for(town: Town, noise: Case) -> None:
    desk = Visitor(town.zhao).client.get(reverse("workflow:desk"), {"q": "噪音"})
    assert [(link.name, link.count) for link in desk.context["elsewhere"]] == [("办理中", 1), ("全部", 1)]
    there = Visitor(town.zhao).client.get(desk.context["elsewhere"][0].url)
    assert {row.pk for row in there.context["rows"]} == {noise.pk}


@pytest.mark.slow
def test_a_hundred_hits_cost_as_many_statements_as_one(town: Town) -> None:
    client, costs = Visitor(town.zhao).client, []
    for more in (1, 9, 90):
        for number in range(more):
            reported(town, at=MONDAY + timedelta(seconds=number), description=f"噪音 {number}")
        client.get(reverse(SEARCH), {"q": "噪音 京东"})
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(SEARCH), {"q": "噪音 京东"}).context["total"] >= more
        costs.append(len(asked))
    assert len(set(costs)) == 1
    assert costs[0] <= 10


# --- words that very many cases have ---------------------------------------------------------------------------


@pytest.fixture
def low(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five hits are many."""
    monkeypatch.setattr(hits, "CEILING", 5)
    monkeypatch.setattr(search_view, "CEILING", 5)


def noisy(town: Town, count: int, *, since: int = 0, text: str = "噪音") -> list[int]:
    """Reports with a word, each a minute after the one before; the newest first."""
    made = [
        reported(town, at=MONDAY + timedelta(minutes=since + number), description=f"{text} {number}").pk
        for number in range(count)
    ]
    return made[::-1]


def pages_of(user: User, text: str, **more: str) -> list[int]:
    """The cases of all pages of a search, in their order."""
    answer, rows = search(user, text, **more), []
    while True:
        rows += [row.pk for row in answer.context["rows"]]
        if not answer.context["next_url"]:
            return rows
        answer = Visitor(user).client.get(answer.context["next_url"])


def test_counting_stops_at_the_ceiling_and_the_page_says_so(town: Town, low: None) -> None:
    noisy(town, 5)
    answer = search(town.zhao, "噪音")
    assert answer.context["total"] == 5 and "只数到这里" not in answer.content.decode()
    noisy(town, 3, since=10)
    answer = search(town.zhao, "噪音")
    page = answer.content.decode()
    assert answer.context["total"] == "5+" and "符合的超过 5 件，只数到这里" in page
    assert answer.context["tabs"][0].count == "5+"


def test_a_queue_that_was_not_counted_to_its_end_says_so_and_still_opens_its_hits(
    town: Town, low: None
) -> None:
    noisy(town, 6)
    mine = case_in("awaiting_acceptance", town, at=MONDAY + timedelta(hours=1), description="噪音又来了")
    tabs = {tab.name: tab.count for tab in search(town.zhao, "噪音").context["tabs"]}
    assert tabs["全部"] == "5+" and tabs["待受理"] in ("1+", "?")
    found = search(town.zhao, "噪音", queue="acceptance").context["rows"]
    assert [row.pk for row in found] == [mine.pk]


@pytest.mark.parametrize("recent", [0, 1, 4, 9])
def test_the_newest_stand_first_whether_they_are_recent_or_old(
    town: Town, low: None, monkeypatch: pytest.MonkeyPatch, recent: int
) -> None:
    """The second window holds as many of the nine as ``recent`` says, the first holds none."""
    wanted = noisy(town, 9)
    edge = MONDAY + timedelta(minutes=9 - recent)
    monkeypatch.setattr(hits, "WINDOWS", (timedelta(), clock.now() - edge + timedelta(seconds=1)))
    noisy(town, 3, since=30, text="别的事")
    for name in ("PAGE_SIZE", "page_of"):
        small = partial(page_of, size=2) if name == "page_of" else 2
        monkeypatch.setattr(search_view, name, small)
    assert pages_of(town.zhao, "噪音") == wanted


def test_a_cursor_that_is_not_ours_is_refused_above_the_ceiling_too(town: Town, low: None) -> None:
    noisy(town, 6)
    answer = Visitor(town.zhao).client.get(reverse(SEARCH), {"q": "噪音", "cursor": "x"})
    assert answer.status_code == 422


def test_above_the_ceiling_one_still_sees_and_counts_ones_own_alone(town: Town, low: None) -> None:
    noisy(town, 8)
    neighbour = search(town.duan, "噪音")
    assert (neighbour.context["total"], neighbour.context["rows"]) == (0, [])
    assert all(tab.count == 0 for tab in neighbour.context["tabs"])


def test_the_desk_lists_the_newest_of_all_and_names_the_other_queues(town: Town, low: None) -> None:
    wanted = noisy(town, 7)
    desk = Visitor(town.zhao).client.get(reverse("workflow:desk"), {"queue": "all", "q": "噪音"})
    assert [row.pk for row in desk.context["rows"]] == wanted
    other = Visitor(town.zhao).client.get(reverse("workflow:desk"), {"queue": "acceptance", "q": "噪音"})
    assert ("全部", "5+") in [(link.name, link.count) for link in other.context["elsewhere"]]


@pytest.mark.slow
def test_above_the_ceiling_a_hundred_hits_cost_as_many_statements_as_ten(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hits, "CEILING", 1)
    monkeypatch.setattr(hits, "WINDOWS", (timedelta(),))  # so that all are asked each time
    client, costs = Visitor(town.zhao).client, []
    for more in (2, 8, 90):
        noisy(town, more, since=100 * more)
        client.get(reverse(SEARCH), {"q": "噪音"})
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(SEARCH), {"q": "噪音"}).context["total"] == "1+"
        costs.append(len(asked))
    assert len(set(costs)) == 1 and costs[0] <= 12


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_asked_says_what_can_be_asked(town: Town, text: str) -> None:
    answer = search(town.chen, text)
    assert "每个词都要符合" in answer.content.decode()


def test_a_long_query_is_cut_and_a_short_one_is_refused_with_a_sentence(town: Town) -> None:
    long = search(town.chen, "很" * 500).content.decode()
    assert "只按前 60 个字查找" in long
    assert "“灯”只有一个字" in search(town.chen, "灯").content.decode()
    assert len(words_of("一二 " * 40)) == MOST_WORDS


@pytest.mark.parametrize(
    ("name", "has_box"), [("chen", True), ("zhao", True), ("sun", True), ("nobody", False)]
)
def test_the_box_stands_in_the_head_of_whoever_has_cases(town: Town, name: str, has_box: bool) -> None:
    page = Visitor(getattr(town, name)).client.get(reverse("frame:help")).content.decode()
    assert ('class="head-search"' in page) is has_box


def test_database_and_application_cut_words_into_the_same_pieces(town: Town) -> None:
    texts = ("噪音 ÄB", "Öl🛢泄漏 同同同同")
    case = reported(town, place=texts[0], description=texts[1])
    held = Case.objects.annotate(pieces=PIECES).values_list("pieces", flat=True).get(pk=case.pk)
    words = " ".join((*texts, case.title)).split()
    assert {piece for word in words for piece in pieces_of(word)} <= set(held)
    assert {piece for piece in held if " " not in piece} <= {
        piece for word in words for piece in pieces_of(word)
    }


def test_the_index_answers(town: Town, noise: Case) -> None:
    rows = Case.objects.filter(texts_say("噪音")).order_by()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = json.dumps(json.loads(rows.explain(format="json")), ensure_ascii=False)
    assert "case_texts" in plan
