"""The pages of the office hours and of the limits of the steps: what holds, what is to come, a new one (Art. 18)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from audit.models import Entry
from common import clock
from common.days import day_in
from frame.forms import UNITS, StepLimitForm, typed_limit
from tests.doors import Visitor
from tests.frame.test_calendar import keeper
from tests.shapes import Sent
from tests.town import MONDAY, Town
from workflow.models import StepLimit
from workflow.rulebook import read_limits
from workflow.step_names import name_of_step
from worktime.calendars import current_calendar, parse_spans
from worktime.clocks import Clock, Limit
from worktime.models import OfficeHours

__all__ = ["keeper"]  # a fixture
LATER = MONDAY.date() + timedelta(days=10)
DOCUMENT = "濮网格〔2026〕9号"
SUMMER: Sent = {"spans": "08:30-12:00,15:00-18:30", "effective_on": LATER.isoformat(), "document": DOCUMENT}
TWO_DAYS: Sent = {
    "amount": "2",
    "unit": "working_days",
    "effective_on": LATER.isoformat(),
    "document": DOCUMENT,
}


def sign_limit(*, urgent: bool = False) -> StepLimit:
    return StepLimit.objects.get(step="awaiting_signature", purpose="due", urgent=urgent)


@pytest.mark.article(18)
def test_office_hours_are_entered_and_hold_from_their_day(town: Town, keeper: Visitor) -> None:
    page = keeper.text("/calendar/hours/")
    assert OfficeHours.objects.get(region_code="").spans in page, "it begins with what holds"
    assert keeper.post("/calendar/hours/", SUMMER)["Location"] == "/calendar/replan/"
    calendar = current_calendar()
    assert calendar.spans_on(LATER) == parse_spans(str(SUMMER["spans"]))
    assert calendar.spans_on(LATER - timedelta(days=1)) != calendar.spans_on(LATER)
    shown = Visitor(town.zhao).text("/calendar/")
    assert DOCUMENT in shown and "改办公时间" not in shown
    assert Entry.objects.filter(subject="office_hours").latest("seq").actor_id == town.nobody.pk


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"spans": "18:00-8:30"}, "办公时间应写成"),
        ({"spans": "08:30-12:00,11:00-18:00"}, "办公时间应写成"),
        ({"spans": ""}, "请写明办公时间"),
        ({"effective_on": MONDAY.date().isoformat()}, "须从明天或以后开始"),
        ({"document": " "}, "请写明依据文件"),
    ],
)
def test_wrong_hours_are_refused_and_stay_typed(keeper: Visitor, wrong: Sent, sentence: str) -> None:
    answer = keeper.post("/calendar/hours/", {**SUMMER, **wrong})
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page
    assert OfficeHours.objects.filter(region_code="").count() == 1
    assert {**SUMMER, **wrong}["spans"] in page


@pytest.mark.article(18)
def test_a_limit_is_replaced_from_its_day_and_both_are_shown(
    town: Town, keeper: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = sign_limit()
    address = f"/calendar/limits/{held.pk}/"
    assert "现行 4 工时" in keeper.text(address)
    assert keeper.post(address, TWO_DAYS)["Location"] == "/calendar/limits/"
    reader = Visitor(town.zhao)
    page = reader.text("/calendar/limits/")
    assert "<b>4 工时</b>" in page and f"起改为 <b>2 个工作日</b>（{DOCUMENT}）" in page
    assert "change" not in page and address not in page, "who only reads is not offered to change it"
    assert read_limits(MONDAY.date()).find("awaiting_signature", "due", urgent=False) == Limit(
        Clock.WORKING_HOURS, 240
    )
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(days=10))
    page = reader.text("/calendar/limits/")
    assert "以前的" in page and page.index("<b>2 个工作日</b>") < page.index("4 工时（平台默认值")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"amount": "0"}, "应为 1–"),
        ({"amount": "400"}, "最长一年"),
        ({"unit": "moons"}, "请选择一项"),
        ({"effective_on": MONDAY.date().isoformat()}, "须从明天或以后施行"),
        ({"document": ""}, "请写明依据文件"),
    ],
)
def test_a_wrong_limit_is_refused_at_its_field(keeper: Visitor, wrong: Sent, sentence: str) -> None:
    answer = keeper.post(f"/calendar/limits/{sign_limit().pk}/", {**TWO_DAYS, **wrong})
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert StepLimit.objects.filter(step="awaiting_signature", urgent=False).count() == 1


def test_every_limit_has_a_name(town: Town, keeper: Visitor) -> None:
    page = keeper.text("/calendar/limits/")
    steps = set(StepLimit.objects.values_list("step", flat=True))
    assert len(steps) > 10
    assert all(name_of_step(step) in page for step in steps)


def test_a_limit_is_typed_in_the_unit_in_which_it_is_said() -> None:
    assert typed_limit(Limit(Clock.WORKING_HOURS, 240)) == {"amount": 4, "unit": "office_hours"}
    assert typed_limit(Limit(Clock.AROUND_THE_CLOCK, 15)) == {"amount": 15, "unit": "minutes"}
    for unit, (_, clock_of_unit, times) in UNITS.items():
        form = StepLimitForm({**TWO_DAYS, "amount": "7", "unit": unit})
        assert form.is_valid()
        assert form.limit() == Limit(clock_of_unit, 7 * times)


def test_a_day_is_read_as_people_write_it(keeper: Visitor) -> None:
    keeper.post(f"/calendar/limits/{sign_limit().pk}/", {**TWO_DAYS, "effective_on": "2027年3月1日"})
    assert StepLimit.objects.latest("pk").effective_on == day_in("2027-03-01") == date(2027, 3, 1)
