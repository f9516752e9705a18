"""What deadlines are counted by is published with a source, from a later day, and leaves a trace (Art. 18, 25)."""

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
from worktime.actions import SpecialDay, publish_calendar, publish_office_hours
from worktime.models import OfficeHours

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
    said = {"spans": "08:00-12:00,15:00-18:30", "effective_on": LATER, "document": "市政府通知", **bad}
    with pytest.raises(RuleViolation, match=sentence):
        publish_office_hours(said.pop("spans"), at=MONDAY, **said)
    assert OfficeHours.objects.count() == 1


@pytest.mark.article(25)
def test_office_hours_follow_one_another_and_leave_a_trace(town: Town) -> None:
    before = len(links("office_hours"))
    publish_office_hours("08:00-12:00,15:00-18:30", effective_on=LATER, document="市政府通知", at=MONDAY)
    with pytest.raises(RuleViolation, match="已有同日或更晚开始的办公时间。"):
        publish_office_hours("08:00-12:00", effective_on=LATER, document="又一份", at=MONDAY)
    assert links("office_hours")[before:] == ["publish"]


def draft(**other: Any) -> LimitDraft:
    held = StepLimit.objects.filter(purpose="due", urgent=False).order_by("pk")[0]
    said: Sent = {
        "step": held.step,
        "purpose": "due",
        "urgent": False,
        "clock": held.clock,
        "amount": held.amount + 1,
        "effective_on": LATER,
        "document": "濮网格〔2026〕9号",
    }
    return LimitDraft(**{**said, **other})


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
    told = StringIO()
    call_command("publish_hours", "08:00-12:00", "--from", "2027-05-01", "--document", "通知", stdout=told)
    said = draft()
    words = [said.step, said.purpose, said.clock, str(said.amount)]
    call_command("publish_limit", *words, "--from", "2027-05-01", "--document", "通知", stdout=told)
    assert told.getvalue().count("已登记") == 2
    with pytest.raises(CommandError, match="已有同日"):
        call_command("publish_hours", "08:00-12:00", "--from", "2027-05-01", "--document", "通知")
