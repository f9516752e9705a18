"""The forms of the pages around the home."""

from __future__ import annotations

from django import forms

from common.web.form_fields import CHOOSE, area_field, code_field, day_field, number_field, text_field
from workflow.actions.limits import LONGEST_MINUTES
from worktime.clocks import Clock, Limit
from worktime.notice_lines import EXAMPLE

# What a keeper types, with the clock that it means and how many of the clock's own units it is.
UNITS = {
    "minutes": ("分钟（昼夜计算）", Clock.AROUND_THE_CLOCK, 1),
    "hours": ("小时（昼夜计算）", Clock.AROUND_THE_CLOCK, 60),
    "office_minutes": ("分钟（办公时间）", Clock.WORKING_HOURS, 1),
    "office_hours": ("工时（办公时间）", Clock.WORKING_HOURS, 60),
    "working_days": ("个工作日", Clock.WORKING_DAYS, 1),
    "natural_days": ("天（自然日）", Clock.NATURAL_DAYS, 1),
}


class CalendarForm(forms.Form):
    """A year's holiday notice, typed off line by line."""

    year = number_field("年份", least=2024, most=2100)
    document = text_field(
        "依据文件", limit=200, missing="请写明依据文件。", help_text="如 国办发明电〔2026〕7号"
    )
    lines = area_field(
        "放假和调休上班的日子",
        limit=6000,
        rows=10,
        help_text=f"一行一段：“{EXAMPLE}”；调休写“2027-02-14 上班 春节”。",
    )
    file = forms.FileField(
        label="或者从工作簿读入",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text="Excel 工作簿 .xlsx，栏目：开始日期、结束日期、放假或上班、名称；先读到上面的框里，请核对后再录入。",
        error_messages={"empty": "文件是空的。请重新导出后再上传。"},
    )
    corrects = forms.BooleanField(
        label="更正这一年已录入的安排",
        required=False,
        help_text="写上全年的日子，不只是改动的；成为新的一版。",
    )


class OfficeHoursForm(forms.Form):
    """When offices are open from a day on."""

    spans = code_field(
        "办公时间",
        limit=60,
        missing="请写明办公时间。",
        help_text="如 08:30-12:00,14:30-18:00；夏季时间写 08:30-12:00,15:00-18:30",
    )
    effective_on = day_field("从哪天起", missing="请选开始的日子。", help_text="最早从明天起")
    document = text_field("依据文件", limit=200, missing="请写明依据文件。", help_text="如 濮政办〔2027〕3号")


class StepLimitForm(forms.Form):
    """How long a step may take from a day on. ``limit`` is the clock and the amount that they store."""

    amount = number_field("多长", least=1, most=LONGEST_MINUTES)
    unit = forms.ChoiceField(
        label="单位", choices=[(unit, word) for unit, (word, _, _) in UNITS.items()], error_messages=CHOOSE
    )
    effective_on = day_field("从哪天起", missing="请选开始的日子。", help_text="最早从明天起")
    document = text_field("依据文件", limit=200, missing="请写明依据文件。", help_text="如 濮网格〔2027〕2号")

    def limit(self) -> Limit:
        """The limit that was typed."""
        _, clock, times = UNITS[self.cleaned_data["unit"]]
        return Limit(clock, self.cleaned_data["amount"] * times)


def typed_limit(limit: Limit) -> dict[str, int | str]:
    """A limit as the form shows it: ``4 小时（办公时间）`` rather than ``240 分钟``."""
    fits = {
        unit: times
        for unit, (_, clock, times) in UNITS.items()
        if clock is limit.clock and not limit.amount % times
    }
    unit = max(fits, key=lambda each: fits[each])
    return {"amount": limit.amount // fits[unit], "unit": unit}


class AnswerForm(forms.Form):
    """The answer to a suggestion."""

    answer = area_field(
        "答复",
        limit=2000,
        missing="请写一句答复。",
        rows=5,
        help_text="提出人会看到：改不改、怎么改、什么时候改好",
    )


class ReplanForm(forms.Form):
    """Why the running deadlines move: the document that changed the calendar, the office hours or a limit."""

    reason = text_field(
        "依据文件",
        limit=200,
        missing="请写明依据文件。",
        help_text="记入每件事项的经过，如 国办发明电〔2026〕7号",
    )
