"""The forms of duty rosters: a week on one page, and the hand-over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms

from accounts.models import User
from common.shapes import Cleaned
from common.web.form_fields import text_field
from common.web.versions import VersionedForm
from duty.actions import Line
from duty.models import DutyShift
from worktime.clocks import SHANGHAI, WEEKDAYS

DAYS = 7
FIRST, SECOND = time(8, 0), time(20, 0)
NOT_A_TIME = {"invalid": "时间写成 08:00 这样。", "required": "请填写第一班几点开始。"}


class HandOverForm(VersionedForm):
    """What the next person must know."""

    note = text_field("交给下一班的话", limit=300, help_text="正在办的、要盯着的；不要写反映人的姓名和电话")


@dataclass(frozen=True)
class Slot:
    """One shift of the page: its day, its place on the day, its fields; or the words of a shift that has begun."""

    label: str
    person: forms.BoundField | None
    stand_in: forms.BoundField | None
    begun: str = ""


class WeekForm(forms.Form):
    """A week of one or two shifts a day: who is on duty, who stands in. An empty day stays empty."""

    first = forms.TimeField(
        label="第一班开始",
        error_messages=NOT_A_TIME,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    second = forms.TimeField(
        label="第二班开始",
        required=False,
        help_text="一天一班的不填",
        error_messages=NOT_A_TIME,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(
        self,
        *args: Any,
        people: Sequence[User],
        monday: date,
        today: date,
        begun: Iterable[DutyShift] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people, self.begun = {person.pk: person for person in people}, list(begun)
        self.monday, self.first_day = monday, min(max((today - monday).days, 0), DAYS)
        names = [("", "–"), *((str(person.pk), person.name) for person in people)]
        wrong = {"invalid_choice": "这个人不在本机构的岗位上，请另选。"}
        for name, label in self._names():
            for kind, word in (("person", "值班人"), ("stand_in", "替班人")):
                self.fields[f"{kind}_{name}"] = forms.ChoiceField(
                    label=f"{label} {word}",
                    choices=names,
                    required=False,
                    error_messages=wrong,
                    widget=forms.Select(attrs={"class": "input"}),
                )

    def _names(self) -> Iterable[tuple[str, str]]:
        for day in range(self.first_day, DAYS):  # what is past cannot be entered
            for place, word in enumerate(("第一班", "第二班")):
                yield f"{day}_{place}", f"{self._day_words(day)} {word}"

    def _day_words(self, day: int) -> str:
        found = self.monday + timedelta(days=day)
        return f"{found.month}月{found.day}日 周{WEEKDAYS[day]}"

    def slots(self) -> list[Slot]:
        """Returns the shifts of the page in their order; what has begun is shown in words above them."""
        return [
            Slot(label, self[f"person_{name}"], self[f"stand_in_{name}"]) for name, label in self._names()
        ]

    def clean(self) -> Cleaned:
        """Returns the entered shifts under ``lines``."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        lines = []
        for name, label in self._names():
            person, stand_in = cleaned.get(f"person_{name}"), cleaned.get(f"stand_in_{name}")
            if not person and not stand_in:
                continue
            if not person:
                self.add_error(f"person_{name}", f"{label}只选了替班人，请选值班人。")
                continue
            day, place = (int(part) for part in name.split("_"))
            span = self._span(day, place, cleaned["first"], cleaned.get("second"))
            if span is None:
                self.add_error("second", f"{label}排了人，请填写第二班几点开始。")
                continue
            own = self.people[int(stand_in)] if stand_in else None
            lines.append(Line(*span, self.people[int(person)], own))
        cleaned["lines"] = lines
        return cleaned

    def _span(
        self, day: int, place: int, first: time, second: time | None
    ) -> tuple[datetime, datetime] | None:
        on = self.monday + timedelta(days=day)
        start, middle = datetime.combine(on, first, SHANGHAI), None
        if second is not None:
            middle = datetime.combine(on if second > first else on + timedelta(days=1), second, SHANGHAI)
        end = datetime.combine(on + timedelta(days=1), first, SHANGHAI)
        if place == 0:
            return start, middle or end
        return (middle, end) if middle is not None else None


def initial_of(
    shifts: Iterable[DutyShift], *, monday: date, later_by: timedelta = timedelta()
) -> dict[str, Any]:
    """Returns the fields of the week from ``monday`` on, filled from shifts that are moved by ``later_by``.

    The hours are those of the first day that has two shifts, or else of the first shift.
    """
    found: dict[str, Any] = {"first": FIRST, "second": SECOND}
    rows = [(row, row.starts_at.astimezone(SHANGHAI) + later_by) for row in shifts]
    starts = sorted({at.time() for _, at in rows})
    if starts:
        found["first"], found["second"] = starts[0], starts[1] if len(starts) > 1 else None
    for row, at in rows:
        day, place = (at.date() - monday).days, int(at.time() != found["first"])
        if 0 <= day < DAYS:
            found[f"person_{day}_{place}"] = str(row.person_id)
            found[f"stand_in_{day}_{place}"] = str(row.stand_in_id or "")
    return found
