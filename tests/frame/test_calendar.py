"""The page of the working calendar: what is in force, and a year entered by the system's administrator (Art. 18)."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from audit.models import Entry
from common import clock
from common.errors import RuleViolation
from personnel.actions import appoint_to_office
from personnel.models import Organization
from tests.cases import case_in
from tests.doors import Visitor
from tests.town import FOUNDED, MONDAY, Town
from tests.workflow.test_asks import asks
from workflow.actions.replanning import work_on_replanning
from worktime.calendars import current_calendar
from worktime.clocks import SHANGHAI
from worktime.models import CalendarEdition
from worktime.notice_lines import LONGEST_SPAN, MOST_LINES, days_in

NOTICE = """2027年1月1日至2027-01-03 放假 元旦
２０２７－０２－０５ 到 2027-02-11  休 春节

2027-02-14 调休上班 春节
"""
SENT = {"year": "2027", "document": "国办发明电〔2026〕7号", "lines": NOTICE}


@pytest.fixture
def keeper(town: Town, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    city = Organization.objects.get(code="auth-city")
    appoint_to_office(town.nobody, role="system_admin", organization=city, on=FOUNDED, at=MONDAY, by=None)
    return Visitor(town.nobody)


@pytest.mark.article(18)
def test_a_notice_is_typed_off_and_holds_from_then_on(town: Town, keeper: Visitor) -> None:
    assert keeper.post("/calendar/enter/", SENT)["Location"] == "/calendar/replan/"
    calendar = current_calendar()
    assert [calendar.is_workday(date(2027, 2, day)) for day in (4, 5, 11, 12, 14)] == [
        True, False, False, True, True,
    ]  # fmt: skip
    edition = CalendarEdition.objects.get(year=2027)
    assert [link.actor_id for link in Entry.objects.filter(subject=f"calendar:{edition.pk}")] == [
        town.nobody.pk
    ]
    assert 'href="/calendar/"' in keeper.text("/help/"), "it is found when the banner has gone"
    page = Visitor(town.zhao).text("/calendar/")
    assert "2027年2月5日 至 2027年2月11日" in page and "春节调休上班" in page
    assert "国办发明电〔2026〕7号" in page and "第 1 版" in page
    assert "录入节假日安排" not in page


def test_the_same_notice_is_no_new_edition_and_a_correction_is_one(keeper: Visitor) -> None:
    for _ in range(2):
        keeper.post("/calendar/enter/", SENT)
    assert CalendarEdition.objects.filter(year=2027).count() == 1
    assert "没有变化" in keeper.text("/calendar/")
    correction = {**SENT, "lines": f"{NOTICE}\n2027-02-28 上班 春节"}
    answer = keeper.post("/calendar/enter/", correction)
    page = answer.content.decode()
    assert answer.status_code == 422 and "2027 年已按国办发明电〔2026〕7号录入（第 1 版）" in page
    assert "2027-02-28 上班 春节" in page, "nothing that was typed is lost"
    assert CalendarEdition.objects.in_force().get(year=2027).number == 1
    keeper.post("/calendar/enter/", {**correction, "corrects": "on"})
    assert CalendarEdition.objects.in_force().get(year=2027).number == 2


@pytest.mark.article(18)
def test_a_correction_changes_no_day_that_is_over(keeper: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper.post("/calendar/enter/", SENT)
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 2, 1, 9, tzinfo=SHANGHAI))
    wrong = {**SENT, "corrects": "on", "lines": f"{NOTICE}\n2027-01-04 放假 元旦"}
    answer = keeper.post("/calendar/enter/", wrong)
    assert answer.status_code == 422 and "2027-01-04 已经过去" in answer.content.decode()
    right = {**wrong, "lines": f"{NOTICE}\n2027-02-12 放假 春节"}
    assert keeper.post("/calendar/enter/", right)["Location"] == "/calendar/replan/"
    assert not current_calendar().is_workday(date(2027, 2, 12))


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("", "请写下放假和调休的日子"),
        ("2027-02-05 春节", "第 1 行“2027-02-05 春节”应写成"),
        ("2027-01-01 放假 元旦\n2027111 放假 元旦", "第 2 行：“2027111”分不清"),
        ("2027-02-30 放假 春节", "这一天不存在"),
        ("2027-02-11至2027-02-05 放假 春节", "起止不对"),
        ("2027-01-01至2027-03-01 放假 春节", "起止不对"),
        ("2027-01-01 放假 元旦\n2027-01-01 上班 元旦", "第 2 行：2027-01-01 写了两次"),
        ("2026-12-31 放假 元旦", "不在 2027 年"),
        ("2027-02-12 上班 春节", "2027-02-12 是星期五，本来就上班"),
        ("2027-01-01 放假 元旦\n" * (MOST_LINES + 1), f"最多 {MOST_LINES} 行"),
    ],
)
def test_a_wrong_line_is_named_and_what_was_typed_stays(keeper: Visitor, lines: str, sentence: str) -> None:
    answer = keeper.post("/calendar/enter/", {**SENT, "lines": lines})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "国办发明电〔2026〕7号" in page and lines.split("\n")[0] in page
    assert not CalendarEdition.objects.filter(year=2027).exists()


def test_a_notice_without_a_source_is_refused(keeper: Visitor) -> None:
    answer = keeper.post("/calendar/enter/", {**SENT, "document": " "})
    assert answer.status_code == 422 and "请写明依据文件" in answer.content.decode()


def test_a_span_is_as_long_as_a_holiday_can_be() -> None:
    assert len(days_in(f"2027-03-01至2027-03-{LONGEST_SPAN} 放假 春节")) == LONGEST_SPAN
    with pytest.raises(RuleViolation, match="起止不对"):
        days_in(f"2027-03-01至2027-03-{LONGEST_SPAN + 1} 放假 春节")


@pytest.mark.article(18)
def test_the_keeper_previews_what_moves_then_moves_it(town: Town, keeper: Visitor) -> None:
    matter = asks(town, "邻里纠纷", finish_amount=60, finish_unit="working_day")
    case = case_in("in_hand", town, matter_id=matter.pk)
    assert "2027 年节假日安排尚未录入" in keeper.get("/calendar/").content.decode()
    keeper.post("/calendar/enter/", SENT)
    page = keeper.get("/calendar/replan/").content.decode()
    assert case.number in page and "改这 1 件" in page and SENT["document"] in page
    assert keeper.post("/calendar/replan/", {"reason": " "}).status_code == 422
    assert keeper.post("/calendar/replan/", {"reason": SENT["document"]})["Location"] == "/calendar/"
    assert "尚未录入" not in page, "who has entered the year is not asked for it any more"
    assert "正在改，已改 0 件" in keeper.get("/calendar/").content.decode()
    assert work_on_replanning(at=MONDAY) == 1
    assert "改了 1 件" in keeper.get("/calendar/").content.decode()
    assert "没有要改的" in keeper.get("/calendar/replan/").content.decode()


def workbook(
    *rows: tuple[str, ...], headings: tuple[str, ...] = ("开始日期", "结束日期", "放假或上班", "名称")
) -> Any:
    book = Workbook()
    for row in (headings, *rows):
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    written.seek(0)
    written.name = "放假安排.xlsx"
    return written


@pytest.mark.article(18)
def test_a_workbook_is_read_into_the_form_and_entered_after_it_was_checked(keeper: Visitor) -> None:
    file = workbook(("2027-01-01", "2027-01-03", "放假", "元旦"), ("2027年2月14日", "", "上班", "春节"))
    answer = keeper.post("/calendar/enter/", {**SENT, "lines": "", "file": file})
    page = answer.content.decode()
    assert answer.status_code == 200 and "已读出 2 行" in page
    assert "2027-01-01至2027-01-03 放假 元旦" in page and "2027-02-14 上班 春节" in page
    assert not CalendarEdition.objects.filter(year=2027).exists(), "nothing is published unseen"
    checked = {**SENT, "lines": "2027-01-01至2027-01-03 放假 元旦\n2027-02-14 上班 春节"}
    assert keeper.post("/calendar/enter/", checked)["Location"] == "/calendar/replan/"


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (lambda: workbook(("2027-02-30", "", "放假", "春节")), "第 2 行开始日期"),
        (
            lambda: workbook(("2027-02-05", "", "放假", "春节"), headings=("日子", "到", "什么", "叫法")),
            "开始日期",
        ),
        (lambda: SimpleUploadedFile("放假.docx", b"PK"), "不是 Excel 工作簿"),
        (lambda: SimpleUploadedFile("放假.xlsx", b""), "文件是空的"),
    ],
)
def test_a_workbook_that_cannot_be_read_is_refused_and_what_was_typed_stays(
    keeper: Visitor, file: Callable[[], Any], sentence: str
) -> None:
    answer = keeper.post("/calendar/enter/", {**SENT, "file": file()})
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page
    assert SENT["document"] in page and "2027年1月1日至2027-01-03 放假 元旦" in page
    assert not CalendarEdition.objects.filter(year=2027).exists()
