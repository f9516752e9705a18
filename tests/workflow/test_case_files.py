"""A list as a workbook: the rows of the page, nothing more, and who took it out is known (Art. 20)."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from audit.models import AccessEntry
from tests.cases import case_in, reported
from tests.doors import Visitor
from tests.town import MONDAY, Town
from workflow import case_files
from workflow.case_files import ABOUT_SECRETS, HEADINGS, KEPT_SECRET

Cells = list[tuple[Any, ...]]


def file_answer(user: User, view: str, **words: str) -> Any:
    return Visitor(user).client.get(reverse(view), {**words, "form": "workbook"})


def sheets(answer: Any) -> tuple[Cells, dict[str, str]]:
    """The rows of the list, without its headings, and the notes."""
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows, notes = (list(book[name].iter_rows(values_only=True)) for name in ("清单", "说明"))
    assert rows[0][0] == "　".join(f"{name}：{text}" for name, text in notes[1:]) and not any(rows[0][1:])
    assert rows[1] == tuple(name for name, _ in HEADINGS)
    return rows[2:], {str(name): str(text) for name, text in notes[1:]}


def numbers(rows: Cells) -> list[str]:
    return [row[0] for row in rows]


@pytest.mark.article(20)
def test_the_file_holds_the_rows_of_the_page_and_says_what_it_is(town: Town) -> None:
    first, second = (
        case_in("awaiting_acceptance", town, at=MONDAY + timedelta(hours=hour), place=f"{hour}号楼")
        for hour in (1, 2)
    )
    case_in("in_hand", town)
    rows, notes = sheets(file_answer(town.zhao, "workflow:desk", queue="acceptance"))
    assert numbers(rows) == [first.number, second.number]
    assert rows[0][1:4] == (first.title, "1号楼", "京东社区")
    assert (notes["清单"], notes["筛选"], notes["件数"]) == ("待受理", "无", "2")
    assert notes["导出"].startswith(f"{town.zhao.name}（zhao），")
    assert notes["说明"] == ABOUT_SECRETS


def test_the_filter_narrows_the_file_too_and_stands_in_it(town: Town) -> None:
    wanted = case_in("awaiting_acceptance", town, place="9号楼")
    case_in("awaiting_acceptance", town, at=MONDAY + timedelta(hours=1), place="7号楼")
    rows, notes = sheets(file_answer(town.zhao, "workflow:desk", queue="acceptance", q="9号楼"))
    assert numbers(rows) == [wanted.number]
    assert notes["筛选"] == "搜索：“9号楼”"


@pytest.mark.parametrize(
    ("who", "view", "words"),
    [
        ("zhao", "workflow:desk", {"queue": "working"}),
        ("zhao", "workflow:search", {"q": "楼道杂物"}),
        ("zhao", "workflow:list", {"measure": "open", "division": "410902001"}),
        ("sun", "workflow:tray", {"queue": "in_hand"}),
        ("chen", "workflow:mine", {"state": "open"}),
    ],
)
def test_every_list_can_be_taken_out(town: Town, who: str, view: str, words: dict[str, str]) -> None:
    case = case_in("in_hand", town)
    rows, _ = sheets(file_answer(getattr(town, who), view, **words))
    assert numbers(rows) == [case.number]


def test_what_waits_for_a_worker_can_be_taken_out(town: Town) -> None:
    case = reported(town, outcome="handling")
    case_in("in_hand", town)
    page = file_answer(town.chen, "workflow:village", queue="self_handling")
    assert numbers(sheets(page)[0]) == [case.number]
    for view in ("workflow:mine", "workflow:village"):
        assert "form=workbook" in Visitor(town.chen).text(reverse(view))


@pytest.mark.article(20)
def test_who_took_a_list_out_is_recorded_without_the_words_looked_for(town: Town) -> None:
    case_in("in_hand", town)
    sheets(file_answer(town.zhao, "workflow:search", q="楼道杂物"))
    look = AccessEntry.objects.latest("pk")
    assert (look.actor_id, look.fields, look.tier) == (town.zhao.pk, ["list"], "T1")
    assert look.purpose == "导出清单：搜索结果，1 件"


@pytest.mark.article(20)
def test_what_is_out_of_sight_is_in_no_file_and_an_empty_list_is_refused(town: Town) -> None:
    case_in("in_hand", town)
    answer = file_answer(town.duan, "workflow:search", q="楼道杂物")
    assert answer.status_code == 422
    assert "没有可以导出的" in answer.content.decode()
    assert not AccessEntry.objects.filter(actor_id=town.duan.pk).exists()


@pytest.mark.article(12)
def test_of_a_clue_the_file_tells_only_that_there_is_one(town: Town) -> None:
    clue = reported(
        town, matter_id=town.matter("非法集资线索").pk, place="钱庄地下室", description="有人拉人头"
    )
    rows, _ = sheets(file_answer(town.chen, "workflow:search", q=str(clue.pk)))
    (row,) = [row for row in rows if row[0] == clue.number]
    assert row[1:8] == (KEPT_SECRET,) * 7
    assert "钱庄" not in str(row)


def test_no_text_becomes_a_formula(town: Town) -> None:
    case_in("in_hand", town, place="=1+1")
    rows, _ = sheets(file_answer(town.sun, "workflow:tray", queue="in_hand"))
    assert rows[0][2].endswith("=1+1")
    assert rows[0][2] != "=1+1"


def test_a_long_list_is_written_in_parts_and_a_longer_one_refused(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [case_in("in_hand", town, at=MONDAY + timedelta(minutes=number)).number for number in range(5)]
    monkeypatch.setattr(case_files, "AT_ONCE", 2)
    with CaptureQueriesContext(connection) as statements:
        rows, _ = sheets(file_answer(town.sun, "workflow:tray", queue="in_hand"))
    assert sorted(numbers(rows)) == sorted(made)
    of_cases = [one for one in statements if 'FROM "workflow_case"' in one["sql"] and "LIMIT 3" in one["sql"]]
    assert len(of_cases) == 3
    monkeypatch.setattr(case_files, "MOST_ROWS", 4)
    refused = file_answer(town.sun, "workflow:tray", queue="in_hand")
    assert refused.status_code == 422
    assert "一次最多导出 4 件" in refused.content.decode()
