"""The working calendar: which days are free or worked, by which notice, and the office hours (Art. 18)."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.requests import SignedInRequest
from common import clock
from common.errors import RuleViolation
from common.web.verb_page import form_page, given, tell
from frame.entrances import CALENDAR, CALENDAR_KEEPERS
from frame.forms import CalendarForm, OfficeHoursForm, ReplanForm
from workflow.actions.replanning import begin_replanning
from workflow.models import Replanning
from workflow.policies import REPLANNERS
from workflow.replanning import preview
from worktime.actions import publish_calendar, publish_office_hours
from worktime.calendars import current_calendar, missing_year
from worktime.clocks import day_of
from worktime.models import CalendarDay, CalendarEdition, OfficeHours
from worktime.notice_files import lines_in
from worktime.notice_lines import days_in

SHOWN_ACTS = 5


def calendar(request: SignedInRequest) -> HttpResponse:
    """Show the notices in force, newest year first, with their days in spans, and the office hours."""
    CALENDAR.require(request.user)
    editions = sorted(CalendarEdition.objects.in_force(), key=lambda edition: -edition.year)
    days = CalendarDay.objects.filter(edition__in=editions).order_by("edition", "day")
    by_edition = {number: list(found) for number, found in groupby(days, key=lambda day: day.edition_id)}
    context = {
        "title": "工作日历",
        "years": [(edition, spans_of(by_edition.get(edition.pk, []))) for edition in editions],
        "hours": OfficeHours.objects.filter(region_code="").order_by("-effective_on"),
        "missing": missing_year(day_of(clock.now()), current_calendar()),
        "may_enter": CALENDAR_KEEPERS.admits(request.user),
        "acts": Replanning.objects.select_related("by").order_by("-pk")[:SHOWN_ACTS],
    }
    return render(request, "frame/calendar.html", context)


def spans_of(days: list[CalendarDay]) -> list[tuple[CalendarDay, CalendarDay]]:
    """Join neighbouring days of one name and kind: the first and the last day of each span."""
    spans: list[tuple[CalendarDay, CalendarDay]] = []
    for day in days:
        first, last = spans[-1] if spans else (day, day)
        if (day.day - last.day).days == 1 and (day.name, day.is_workday) == (last.name, last.is_workday):
            spans[-1] = (first, day)
        else:
            spans.append((day, day))
    return spans


def enter(request: SignedInRequest) -> HttpResponse:
    """Enter a year's notice; a correction is a new edition, and deadlines that run keep theirs."""
    user = request.user
    CALENDAR_KEEPERS.require(user)
    at = clock.now()
    missing = missing_year(day_of(at), current_calendar())
    year = missing or day_of(at).year + 1
    form = CalendarForm(given(request), request.FILES or None, initial={"year": year})

    def act() -> CalendarEdition | None:
        typed = form.cleaned_data
        return publish_calendar(
            typed["year"],
            days_in(typed["lines"]),
            document=typed["document"],
            at=at,
            by_id=user.pk,
            corrects=typed["corrects"],
        )

    read = _read_into(form)
    return form_page(
        request,
        form,
        act,
        done=lambda edition: (
            f"已录入 {edition}。请核对在办事项的期限怎样变化。"
            if edition
            else "与现行的安排相同，没有变化。",
            reverse("frame:replan" if edition else "frame:calendar"),
        ),
        context={
            "title": "录入节假日安排",
            "consequence": "录入后新的期限按它计算；已在走的期限随后由您预览，再重新推算。"
            "更正时再录一次，成为新的一版，旧的保留。",
            "word": "录入",
            "notice": read,
            "back": reverse("frame:calendar"),
        },
        only_shown=bool(read),
    )


def _read_into(form: CalendarForm) -> str:
    """Put what an uploaded workbook says into the box of the form; return the sentence to check it, if it was read.

    A workbook is never published unseen: what was read is shown first, and sent as text.
    """
    upload = form.files.get("file")
    if upload is None or not form.is_valid():
        return ""
    try:
        lines = lines_in(upload, name=upload.name or "", size=upload.size or 0)
    except RuleViolation as refusal:
        tell(form, refusal)
        return ""
    form.data = {**form.data.dict(), "lines": lines}  # type: ignore[attr-defined]
    return f"已读出 {len(lines.splitlines())} 行，请核对后按“录入”。"


def change_hours(request: SignedInRequest) -> HttpResponse:
    """Register office hours that hold from a later day on."""
    user = request.user
    CALENDAR_KEEPERS.require(user)
    held = OfficeHours.objects.filter(region_code="").order_by("-effective_on").first()
    form = OfficeHoursForm(given(request), initial={"spans": held.spans if held else ""})
    return form_page(
        request,
        form,
        lambda: publish_office_hours(**form.cleaned_data, at=clock.now(), by_id=user.pk),
        done=lambda hours: (
            f"已登记办公时间：{hours}。请核对在办事项的期限怎样变化。",
            reverse("frame:replan"),
        ),
        context={
            "title": "改办公时间",
            "consequence": "从那天起工时按新的办公时间计算；跨过那天、已在走的期限随后由您预览，再重新推算。",
            "word": "登记",
            "back": reverse("frame:calendar"),
        },
    )


def replan(request: SignedInRequest) -> HttpResponse:
    """Show which running deadlines would move by the settings in force, and move them."""
    user = request.user
    REPLANNERS.require(user)
    form = ReplanForm(given(request), initial={"reason": _last_document()})
    found = preview()
    return form_page(
        request,
        form,
        lambda: begin_replanning(reason=form.cleaned_data["reason"], by=user, at=clock.now()),
        done=lambda act: ("已开始重新推算，几分钟内改完；进度在下面。", reverse("frame:calendar")),
        context={
            "title": "重新推算在办期限",
            "consequence": "只改还没到的期限和提醒；已经发出的提醒、已经认定的超期和已经升级的都不撤销、也不重复。",
            "word": f"改这 {found.total:,} 件",
            "not_now": not found.total,
            "notice": "" if found.total else "在办事项的期限都已按现行日历和时限计算，没有要改的。",
            "back": reverse("frame:calendar"),
            "above": "frame/replan.html",
            "preview": found,
        },
    )


def _last_document() -> str:
    """The document of the calendar that was entered last."""
    last = CalendarEdition.objects.order_by("-pk").first()
    return last.document if last else ""
