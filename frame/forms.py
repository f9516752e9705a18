"""The forms of the pages around the home."""

from __future__ import annotations

from django import forms

from common.web.form_fields import area_field, number_field, text_field
from worktime.notice_lines import EXAMPLE


class CalendarForm(forms.Form):
    """A year's holiday notice, typed off line by line."""

    year = number_field("年份", least=2024, most=2100)
    document = text_field(
        "依据文件", limit=200, missing="请写明依据文件。", help_text="如 国办发明电〔2026〕7号"
    )
    lines = area_field(
        "放假和调休上班的日子",
        limit=6000,
        missing="请写下放假和调休的日子。",
        rows=10,
        help_text=f"一行一段：“{EXAMPLE}”；调休写“2027-02-14 上班 春节”。",
    )


class ReplanForm(forms.Form):
    """Why the running deadlines move: the document that changed the calendar, the office hours or a limit."""

    reason = text_field(
        "依据文件",
        limit=200,
        missing="请写明依据文件。",
        help_text="记入每件事项的经过，如 国办发明电〔2026〕7号",
    )
