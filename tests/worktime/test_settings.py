"""Settings of deadlines are published with a source, for a later day, and recorded (Art. 18, 25)."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.models import Entry
from common.errors import RuleViolation
from tests.shapes import Sent
from tests.town import MONDAY, Town
from workflow.actions.limits import LimitDraft, publish_step_limit
from workflow.models import StepLimit
from workflow.rulebook import read_limits
from worktime.actions import publish_calendar, publish_office_hours
from worktime.calendars import current_calendar, parse_spans
from worktime.clocks import Clock, Limit, due
from worktime.models import OfficeHours
from worktime.notice_lines import SpecialDay

LATER = MONDAY.date() + timedelta(days=30)
NEW_YEAR = SpecialDay(date(2027, 1, 1), False, "元旦")


def links(subject: str) -> list[str]:
    return list(Entry.objects.filter(subject=subject).order_by("seq").values_list("verb", flat=True))


@pytest.mark.article(25)
def test_a_calendar_without_a_source_is_refused_and_one_with_it_leaves_a_link(town: Town) -> None:
    with pytest.raises(RuleViolation, match="请写明节假日安排的依据文件。"):
        publish_calendar(2027, [NEW_YEAR], document="  ", at=MONDAY)
    edition = publish_calendar(2027, [NEW_YEAR], document="国办通知", at=MONDAY, by_id=town.wu.pk)
    assert edition is not None
    entry = Entry.objects.get(subject=f"calendar:{edition.pk}")
    assert (entry.verb, entry.actor_id, entry.record["document"]) == ("publish", town.wu.pk, "国办通知")
    assert publish_calendar(2027, [NEW_YEAR], document="国办通知", at=MONDAY) is None


BAD_HOURS: list[tuple[Sent, str]] = [
    ({"document": ""}, "请写明办公时间的依据文件。"),
    ({"effective_on": MONDAY.date()}, "新的办公时间须从明天或以后开始。"),
    ({"spans": "14:00-18:00,08:00-12:00"}, "先后不重叠"),
    ({"spans": "八点到六点"}, "先后不重叠"),
    ({"document": "文" * 201}, "依据最多 200 字。"),
]


@pytest.mark.article(18)
@pytest.mark.parametrize(("bad", "sentence"), BAD_HOURS)
def test_bad_office_hours_are_refused_with_a_sentence(town: Town, bad: Sent, sentence: str) -> None:
    fields = {"spans": "08:00-12:00,15:00-18:30", "effective_on": LATER, "document": "市政府通知", **bad}
    with pytest.raises(RuleViolation, match=sentence):
        publish_office_hours(fields.pop("spans"), at=MONDAY, **fields)
    assert OfficeHours.objects.count() == 1


@pytest.mark.article(25)
def test_office_hours_follow_one_another_and_leave_a_trace(town: Town) -> None:
    before = len(links("office_hours"))
    publish_office_hours("08:00-12:00,15:00-18:30", effective_on=LATER, document="市政府通知", at=MONDAY)
    with pytest.raises(RuleViolation, match="已有同日或更晚开始的办公时间。"):
        publish_office_hours("08:00-12:00", effective_on=LATER, document="又一份", at=MONDAY)
    assert links("office_hours")[before:] == ["publish"]


@pytest.mark.article(25)
def test_office_hours_hold_from_their_day_and_are_seen_without_a_restart(town: Town) -> None:
    before = current_calendar()
    publish_office_hours("08:00-12:00,15:00-18:30", effective_on=LATER, document="市政府通知", at=MONDAY)
    after = current_calendar()
    assert after.spans_on(LATER - timedelta(days=1)) == before.spans_on(LATER) == before.spans
    assert after.spans_on(LATER) == parse_spans("08:00-12:00,15:00-18:30")
    monday, week = Limit(Clock.WORKING_DAYS, 1), timedelta(days=7)
    assert due(MONDAY, monday, calendar=after).due_at == due(MONDAY, monday, calendar=before).due_at
    later = due(MONDAY + 5 * week, monday, calendar=after).due_at
    assert later - due(MONDAY + 5 * week, monday, calendar=before).due_at == timedelta(minutes=30)


@pytest.mark.article(25)
def test_a_region_s_own_hours_count_from_their_day_and_the_general_ones_before(town: Town) -> None:
    sooner = MONDAY.date() + timedelta(days=10)
    for region, day, spans in (("", sooner, "09:00-17:00"), ("410902", LATER, "08:00-16:00")):
        publish_office_hours(spans, effective_on=day, document="通知", at=MONDAY, region_code=region)
    last = LATER + timedelta(days=5)
    publish_office_hours("10:00-18:00", effective_on=last, document="通知", at=MONDAY)
    region, general = current_calendar("410902"), current_calendar()
    assert region.spans_on(sooner) == general.spans_on(sooner) == parse_spans("09:00-17:00")
    assert region.spans_on(last) == region.spans_on(LATER) == parse_spans("08:00-16:00")
    assert general.spans_on(last) == parse_spans("10:00-18:00")


def draft(**other: Any) -> LimitDraft:
    held = StepLimit.objects.filter(purpose="due", urgent=False).order_by("pk")[0]
    fields: Sent = {
        "step": held.step,
        "purpose": "due",
        "urgent": False,
        "clock": held.clock,
        "amount": held.amount + 1,
        "effective_on": LATER,
        "document": "濮网格〔2026〕9号",
    }
    return LimitDraft(**{**fields, **other})


@pytest.mark.article(18)
@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"document": " "}, "document"),
        ({"document": "文" * 201}, "document"),
        ({"effective_on": MONDAY.date()}, "effective_on"),
        ({"amount": 0}, "amount"),
        ({"amount": 700, "clock": "working_days"}, "amount"),
        ({"clock": "moon"}, "clock"),
        ({"step": "nowhere"}, "step"),
    ],
)
def test_a_bad_limit_is_refused_at_its_field(town: Town, other: Sent, field: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        publish_step_limit(draft(**other), by_id=None, at=MONDAY)
    assert refused.value.field == field


@pytest.mark.article(25)
def test_a_limit_holds_from_its_day_and_leaves_a_link(town: Town) -> None:
    limit = publish_step_limit(draft(), by_id=town.wu.pk, at=MONDAY)
    key = (limit.step, limit.purpose, limit.urgent)
    assert read_limits(LATER).limits[key].amount == limit.amount
    assert read_limits(MONDAY.date()).limits[key].amount == limit.amount - 1
    entry = Entry.objects.filter(subject="step_limits").latest("seq")
    assert (entry.actor_id, entry.record["limit"]) == (town.wu.pk, limit.pk)
    with pytest.raises(RuleViolation, match="已有同日或更晚施行的时限。"):
        publish_step_limit(draft(), by_id=None, at=MONDAY)


def test_both_are_published_from_the_command_line_too(town: Town) -> None:
    output = StringIO()
    call_command("publish_hours", "08:00-12:00", "--from", "2027-05-01", "--document", "通知", stdout=output)
    limit = draft()
    words = [limit.step, limit.purpose, limit.clock, str(limit.amount)]
    call_command("publish_limit", *words, "--from", "2027-05-01", "--document", "通知", stdout=output)
    assert output.getvalue().count("已登记") == 2
    with pytest.raises(CommandError, match="已有同日"):
        call_command("publish_hours", "08:00-12:00", "--from", "2027-05-01", "--document", "通知")
