"""What people say finds the matter; what finds nothing is counted for the list's editors without a person (Art. 14)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matters.actions import words as counting
from matters.actions.words import note_missed_word
from matters.everyday import everyday_words, found_by, kinship
from matters.models import Matter, MissedWord
from public import cache as public_cache
from tests.doors import Visitor
from tests.town import MONDAY, Town
from workflow.report_choices import matter_choices, suggest

pytestmark = pytest.mark.article(14)
HERE = "/public/lists/410902/"
TODAY = MONDAY.date()


@pytest.fixture(autouse=True)
def nothing_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Page limits for strangers are off here."""
    monkeypatch.setattr(public_cache, "is_too_often", lambda name, **options: False)


SAYINGS = [
    ("噪音", "噪声扰民"),
    ("噪音太大", "噪声扰民"),
    ("没水", "供水管破裂"),
    ("家里没水了", "水电气暖通信服务诉求"),
    ("垃圾没人清", "暴露垃圾、积存渣土"),
    ("没人收垃圾", "暴露垃圾、积存渣土"),
    ("路灯不亮了", "路灯故障"),
    ("楼道堆满了东西", "消防通道、安全出口堵塞"),
    ("下水道堵", "污水外溢、排污线索"),
    ("楼上漏水", "邻里纠纷"),
    ("没电", "停暖、停电"),
]


@pytest.mark.parametrize(("saying", "matter"), SAYINGS)
def test_what_people_say_finds_the_matter_everywhere(town: Town, saying: str, matter: str) -> None:
    assert f"{matter} <span" in Visitor().get(HERE, q=saying).content.decode()
    found = suggest(town.chen, town.grid.village.parent.parent_id, day=TODAY, grid_ids=[], word=saying)
    assert matter in [each.name for each in found]
    assert not MissedWord.objects.exists()


def test_the_search_in_the_browser_knows_the_sayings_of_the_table_too(town: Town) -> None:
    choices = matter_choices(town.chen, town.grid.village.parent.parent_id, day=TODAY, grid_ids=[])
    by_name = {choice.name: choice.find.split("|") for choice in choices}
    assert "噪音" in by_name["噪声扰民"]
    assert "没水" in by_name["供水管破裂"] and "没人清" in by_name["暴露垃圾、积存渣土"]


def test_names_come_before_meanings_and_similar_phrases_come_last(town: Town) -> None:
    found = suggest(town.chen, town.grid.village.parent.parent_id, day=TODAY, grid_ids=[], word="路灯")
    assert found[0].name == "路灯故障"
    assert (
        kinship("路灯故障|路灯不亮", "路灯")
        < kinship("供水管破裂", "没水")
        < kinship("楼道堆东西", "楼道堆满了东西")
        < kinship("路灯不亮", "彩票中奖")
    )


def test_everything_is_not_found_by_anything(town: Town) -> None:
    edition = town.matter("路灯故障").edition
    for word in ("打卡", "彩票中奖", "qqq", "外星人来了没有"):
        assert found_by(edition.matters.all(), word) == [], word
    assert len(found_by(edition.matters.all(), "垃圾没人清")) < 10


def test_every_word_of_the_table_finds_something_and_has_a_source(town: Town) -> None:
    matters = list(Matter.objects.filter(edition=town.matter("路灯故障").edition))
    for row in everyday_words():
        assert row.source, row.phrase
        for each in row.means:
            assert any(each in matter.find for matter in matters), (row.phrase, each)


def test_a_suggestion_costs_the_same_statements_for_every_word(town: Town) -> None:
    counted, county = set(), town.grid.village.parent.parent_id
    suggest(
        town.chen, county, day=TODAY, grid_ids=[town.grid.pk], word=""
    )  # the rights of the account are read once
    for word in ("", "路灯", "噪音", "垃圾没人清", "没有这样的事情"):
        with CaptureQueriesContext(connection) as captured:
            suggest(town.chen, county, day=TODAY, grid_ids=[town.grid.pk], word=word)
        counted.add(len(captured))
    assert len(counted) == 1


# --- what finds nothing -------------------------------------------------------------------------------------


def test_a_search_without_a_hit_is_counted_by_word_and_day_alone(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "没有找到" in Visitor().get(HERE, q="打 卡").content.decode()
    row = MissedWord.objects.get()
    assert (row.word, row.times, row.county.name) == ("打卡", 1, "华龙区")
    assert {field.name for field in MissedWord._meta.fields} == {"id", "county", "word", "times", "last_on"}
    monkeypatch.setattr(public_cache, "NAMESPACE", f"later-{uuid4().hex}")
    Visitor().get(HERE, q="打卡")
    assert MissedWord.objects.get().times == 2


def test_one_who_reloads_counts_once_and_an_earlier_edition_counts_nothing(town: Town) -> None:
    for _ in range(5):
        Visitor().get(HERE, q="打卡")
    assert MissedWord.objects.get().times == 1


@pytest.mark.article(20)
@pytest.mark.parametrize(
    "word",
    [
        "13812345678",
        "找张三13812345678",
        "联系１３８１２３４５６７８",
        "410902199001011234",
        "身份证410902199001011234",
        "0393-6666666",
        "车牌豫J12345",
        "银行卡6222021234567890123",
        "a",
        "%",
        "_",
        "\\",
        "abc",
        "没",
        "很长的一段话" * 6,
        "三号楼二单元的老王家天天打麻将",
        "<script>alert(1)</script>",
    ],
)
def test_numbers_of_persons_and_what_is_no_word_are_not_kept(town: Town, word: str) -> None:
    answer = Visitor().get(HERE, q=word)
    assert answer.status_code == 200
    assert not MissedWord.objects.exists()


def test_the_table_stays_bounded_and_the_oldest_give_way(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "GIVE_WAY", counting.GIVE_WAY.replace(str(counting.MOST_WORDS), "3"))
    county = town.division("华龙区")
    for number, word in enumerate(("打卡", "彩票", "相亲", "算命")):
        note_missed_word(county, word, on=TODAY + timedelta(days=number))
    assert set(MissedWord.objects.values_list("word", flat=True)) == {"彩票", "相亲", "算命"}


def test_the_editors_see_the_words_of_their_county_the_frequent_first(town: Town) -> None:
    hualong, qingfeng = town.division("华龙区"), town.division("清丰县")
    today = date.today()
    for word, times in (("打卡", 1), ("彩票", 3)):
        for _ in range(times):
            note_missed_word(hualong, word, on=today)
    note_missed_word(qingfeng, "相亲", on=today)
    note_missed_word(hualong, "去年的词", on=today - timedelta(days=400))
    page = Visitor(town.wu).text("/lists/words/")
    assert page.index("彩票") < page.index("打卡")
    assert "相亲" not in page and "去年的词" not in page
    assert "相亲" in Visitor(town.gu).text("/lists/words/")
    assert Visitor(town.chen).get("/lists/words/").status_code == 403
    assert 'href="/lists/words/"' in Visitor(town.wu).text("/lists/")
