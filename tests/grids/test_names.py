"""Every division is found by official, short and full name and by local reading; no two become one (Art. 13)."""

from __future__ import annotations

import csv
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from common.errors import RuleViolation
from common.initials import local_readings, person_readings, place_readings
from grids.actions.divisions import change_division, found_placeholder, import_divisions
from grids.divisions import short_village_name
from grids.models import Division, Grid
from grids.search import find, places_like, read_question
from tests.cases import refused
from tests.town import MONDAY, Town

SEED = Path(__file__).resolve().parents[2] / "grids/seed/divisions.csv"
OFFICIAL = {row["code"]: row["name"] for row in csv.DictReader(SEED.open(encoding="utf-8"))}
# How people of Puyang say it, written down here a second time: names whose common dictionary reading is another.
SAYINGS = {
    "南乐县": ("nlx", "nanlexian"),
    "长庆路街道": ("cql", "changqinglu"),
    "翟固一村": ("zgyc", "zhaiguyicun"),
    "翟庄村": ("zzc", "zhaizhuangcun"),
    "单拐村": ("sgc", "shanguaicun"),
    "单寨村": ("szc", "shanzhaicun"),
    "曾小邱村": ("zxqc", "zengxiaoqiucun"),
    "解庄村": ("xzc", "xiezhuangcun"),
    "北仇庄村": ("bqzc", "beiqiuzhuangcun"),
    "乜庄村": ("nzc", "niezhuangcun"),
    "卜庄村": ("bzc", "buzhuangcun"),
    "千佛村": ("qfc", "qianfocun"),
    "大什字村": ("dszc", "dashizicun"),
    "重华社区": ("chsq", "chonghuashequ"),
    "龙都社区": ("ldsq", "longdushequ"),
    "濮城镇": ("pcz", "puchengzhen"),
    "濮阳县": ("pyx", "puyangxian"),
    "任丘路街道": ("rql", "renqiulu"),
    "皇甫街道": ("hfjd", "huangfujiedao"),
}
# 《二〇一九年全国姓名报告》 (公安部户政管理研究中心), the hundred most frequent surnames; 常 and 汤 follow them.
HUNDRED = """
王 wang 李 li 张 zhang 刘 liu 陈 chen 杨 yang 黄 huang 赵 zhao 吴 wu 周 zhou 徐 xu
孙 sun 马 ma 朱 zhu 胡 hu 郭 guo 何 he 林 lin 罗 luo 高 gao 郑 zheng 梁 liang
谢 xie 宋 song 唐 tang 许 xu 韩 han 邓 deng 冯 feng 曹 cao 彭 peng 曾 zeng 肖 xiao
田 tian 董 dong 潘 pan 袁 yuan 蔡 cai 蒋 jiang 余 yu 于 yu 杜 du 叶 ye 程 cheng
魏 wei 苏 su 吕 lv 丁 ding 任 ren 卢 lu 姚 yao 沈 shen 钟 zhong 姜 jiang 崔 cui
谭 tan 陆 lu 范 fan 汪 wang 廖 liao 石 shi 金 jin 韦 wei 贾 jia 夏 xia 付 fu
方 fang 邹 zou 熊 xiong 白 bai 孟 meng 秦 qin 邱 qiu 侯 hou 江 jiang 尹 yin 薛 xue
闫 yan 段 duan 雷 lei 龙 long 黎 li 史 shi 陶 tao 贺 he 毛 mao 郝 hao 顾 gu
龚 gong 邵 shao 万 wan 覃 qin 武 wu 钱 qian 戴 dai 严 yan 莫 mo 孔 kong 向 xiang
欧 ou 常 chang 汤 tang
"""
WORDS = HUNDRED.split()
SURNAMES = dict(zip(WORDS[::2], WORDS[1::2], strict=True))
ALSO_SURNAMES = {
    "单": "shan", "解": "xie", "仇": "qiu", "翟": "zhai", "查": "zha", "朴": "piao", "盖": "ge", "乜": "nie",
    "区": "ou", "尉迟": "yuchi", "万俟": "moqi", "召": "shao", "卜": "bu", "乐": "yue", "种": "chong",
}  # fmt: skip


@pytest.fixture
def city(town: Town) -> dict[str, Division]:
    """All divisions of Puyang as the import writes them, by code."""
    import_divisions(SEED, at=MONDAY)
    rows = Division.objects.select_related("parent__parent__parent").filter(code__in=OFFICIAL)
    return {row.code: row for row in rows.defer("outline")}


def steps_of(division: Division) -> list[str]:
    """The names from the city down."""
    above = steps_of(division.parent) if division.parent else []
    return [*above, division.name]


def is_found(division: Division, *texts: str) -> bool:
    """Whether each of the texts finds the division; one statement."""
    wanted = [places_like(read_question(text)) for text in texts]
    return Division.objects.filter(*wanted, pk=division.pk).exists()


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.article(13)
def test_every_division_is_found_by_each_of_its_names_and_readings(city: dict[str, Division]) -> None:
    assert len(city) == 3295
    missed = []
    for code, division in city.items():
        steps, (local, *_) = steps_of(division), place_readings(division.name)
        asked = {
            OFFICIAL[code],
            division.name,
            "".join(steps[-2:]),
            "".join(steps[1:]) or steps[0],
            "河南省" + "".join(steps),
            "".join([*steps[:-1], OFFICIAL[code].removeprefix("".join(steps[-2:-1]))]),
            " ".join(steps[-2:]),
            local.letters,
            local.together,
        }
        if not is_found(division, *asked):
            missed += [f"{division.name} by {text}" for text in asked if not is_found(division, text)]
    assert missed == []


@pytest.mark.article(13)
def test_places_are_found_as_people_here_say_them(city: dict[str, Division]) -> None:
    by_name = {division.name: division for division in city.values()}
    for name, sayings in SAYINGS.items():
        for text in sayings:
            assert is_found(by_name[name], text), (name, text)
            assert by_name[name].name in [place.name for place in find(read_question(text)).places], text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("御井居委会", "410928100004"),
        ("御井社区居委会", "410928100018"),
        ("濮阳县柳屯镇", None),
        ("濮阳县 柳屯", None),
        ("柳屯镇", None),
    ],
)
def test_the_named_place_comes_first(city: dict[str, Division], text: str, code: str | None) -> None:
    first = find(read_question(text)).places[0]
    assert first.code == code if code else first.name == "柳屯镇"


@pytest.mark.article(13)
def test_two_official_names_never_become_one(city: dict[str, Division]) -> None:
    counted = Counter((division.parent_id, division.name) for division in city.values())
    assert [name for name, count in counted.items() if count > 1] == []
    assert city["410928100004"].name == "御井居委会"
    assert city["410928100018"].name == "御井社区"


@pytest.mark.article(13)
def test_a_board_shows_a_name_that_people_use(city: dict[str, Division]) -> None:
    assert [division.name for division in city.values() if "类似" in division.name] == []
    assert city["410927100400"].name == "城关第一居委会"
    assert city["410926100400"].name == "老城第一居委会"
    assert [each.name for each in city.values() if each.name.startswith("城关镇新区")] == []
    assert is_found(city["410927100400"], "城关第一类似居委会")


@pytest.mark.article(13)
def test_the_five_chengguan_are_distinguished_by_their_county(city: dict[str, Division]) -> None:
    found = [place for place in find(read_question("城关镇")).places if place.name == "城关镇"]
    assert len(found) == 5
    assert len({str(place.parent) for place in found}) == 5
    (one,) = [place for place in find(read_question("台前县城关镇")).places if place.level == "township"]
    assert str(one.parent) == "台前县"


def test_a_second_import_reads_the_names_again_without_a_trace(town: Town) -> None:
    import_divisions(SEED, at=MONDAY)
    Division.objects.filter(name="南乐县").update(initials="nyx", sort_key="nan yue xian")
    again = import_divisions(SEED, at=MONDAY)
    assert (again.created, again.changed) == (0, 0)
    nanle = Division.objects.get(name="南乐县")
    assert nanle.initials.split("|")[0] == "nlx" and nanle.sort_key.startswith("nan le xian")


def test_a_database_of_before_reads_its_names_again(town: Town) -> None:
    Division.objects.filter(name="中原路街道").update(initials="zyl", sort_key="")
    Grid.objects.filter(pk=town.grid.pk).update(initials="")
    import_module("grids.migrations.0009_read_names_again").read_again(apps, None)
    road = Division.objects.get(name="中原路街道")
    assert (road.initials, road.sort_key) == ("zyljd", "zhong yuan lu jie dao")
    assert Grid.objects.get(pk=town.grid.pk).initials == "jdsqd1wg"


def test_a_name_that_a_neighbour_has_is_kept_official_or_refused(town: Town) -> None:
    street, source = town.division("中原路街道"), {"document": "1号", "by_id": None, "at": MONDAY}
    first = found_placeholder(
        code="410902001901", name="新城居委会", level="village", parent=street, **source
    )
    second = found_placeholder(
        code="410902001902", name="新城社区居委会", level="village", parent=street, **source
    )
    assert (first.name, second.name) == ("新城社区", "新城社区居委会")
    with refused(RuleViolation) as caught:
        found_placeholder(code="410902001903", name="新城社区", level="village", parent=street, **source)
    assert "已有“新城社区”（410902001901）" in caught.value.sentence
    with refused(RuleViolation):
        change_division(second, name="新城社区", parent=street, on=MONDAY.date(), **source)


@pytest.mark.parametrize(
    ("official", "short"),
    [
        ("京东社区居民委员会", "京东社区"),
        ("翟固一村村委会", "翟固一村"),
        ("丁寨村委会", "丁寨村"),
        ("城关镇新区第二类似居委会", "新区第二居委会"),
        ("第二矿区第一类似居委会", "第二矿区第一居委会"),
    ],
)
def test_an_official_name_is_shortened_as_people_say_it(official: str, short: str) -> None:
    assert short_village_name(official) == short


# --- the table ----------------------------------------------------------------------------------------------


def test_every_row_of_the_table_has_a_source_and_a_syllable_for_each_character() -> None:
    rows = local_readings()
    of_a_kind = [(row.text, kind) for row in rows for kind in row.kinds]
    assert len(set(of_a_kind)) == len(of_a_kind)
    for row in rows:
        assert len(row.source) >= 10, row.text
        for way in row.readings:
            assert len(way.syllables) == len(row.text), row.text
            assert all(
                syllable.isascii() and syllable.isalpha() and syllable.islower() for syllable in way.syllables
            )


def test_every_place_of_the_table_is_a_place_of_puyang() -> None:
    together = "|".join(OFFICIAL.values())
    assert [
        row.text for row in local_readings() if row.kinds == ("place",) and row.text not in together
    ] == []


@pytest.mark.parametrize(("surname", "letters"), [*SURNAMES.items(), *ALSO_SURNAMES.items()])
def test_a_person_is_found_by_the_reading_of_the_surname(surname: str, letters: str) -> None:
    way = person_readings(f"{surname}示甲")[0]
    assert way.together == f"{letters}shijia"
    assert way.letters.endswith("sj") and way.letters[0] == letters[0]


def test_the_hundred_most_frequent_surnames_are_there() -> None:
    assert len(SURNAMES) == 102
