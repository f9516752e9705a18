"""What the State Council forbids apps of the government (国办函〔2026〕12号): no score of people, check-in or track.

Not in a page, a script, a table, an export or a sentence.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps

from puyang_grid.addresses import BASE_DIR
from tests.architecture.sources import ON_ONE_WORKER, PRODUCT, TEMPLATES, faults_by_file, named, text_of
from tests.architecture.test_look import MODULES
from tests.faults import assert_none

pytestmark = ON_ONE_WORKER
WORDS = r"打卡|签到|轨迹|排行|排名|积分|点赞|在线时长|学习时长|安装率|日活"
COLUMNS = r"(^|_)(rank|ranking|score|streak|check_?in|track|trail|likes|points|seconds_online|quota)(_|$)"
WATCHING = r"watchPosition|geolocation"
# The sentences that forbid it, and the promise to the worker.
FORBIDDING = {
    "matters/negative.py": {"排名", "打卡", "签到", "积分"},
    "templates/workflow/report.html": {"轨迹"},
}
READS_ONCE = {"static/js/locate.js", "static/js/my_place.js"}


def banned_words(path: Path) -> list[str]:
    return sorted(set(re.findall(WORDS, text_of(path))) - FORBIDDING.get(named(path), set()))


def watches(path: Path) -> list[str]:
    found = set(re.findall(WATCHING, text_of(path)))
    return sorted(found - ({"geolocation"} if named(path) in READS_ONCE else set()))


def test_no_page_and_no_sentence_speaks_of_scores_check_ins_or_tracks() -> None:
    assert_none(faults_by_file([*TEMPLATES, *MODULES, *PRODUCT], banned_words))


def test_no_table_keeps_a_score_a_check_in_or_a_track() -> None:
    columns = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if re.search(COLUMNS, field.name)
    }
    assert_none(columns)


def test_the_place_is_read_once_for_what_is_asked_and_never_followed() -> None:
    assert_none(faults_by_file(MODULES, watches))
    for name in READS_ONCE:
        assert (BASE_DIR / name).read_text(encoding="utf-8").count("getCurrentPosition") == 1


@pytest.mark.parametrize("word", ["网格员排名", "本月积分", "今日签到", "查看轨迹"])
def test_each_word_is_noticed(word: str) -> None:
    assert re.search(WORDS, word)


@pytest.mark.parametrize("name", ["score", "monthly_rank", "check_in", "checkin_at", "track", "track_of"])
def test_each_column_is_noticed(name: str) -> None:
    assert re.search(COLUMNS, name)
