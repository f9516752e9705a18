"""The roster of a body, a week at a time, and the page on which a week is entered (Art. 17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.models import User
from accounts.requests import SignedInRequest
from common import clock
from common.shapes import Shown
from common.web.listing import address_with
from common.web.verb_page import form_page, given
from duty.actions import enter_roster
from duty.forms import WeekForm, initial_of
from duty.models import DutyShift
from duty.policies import KEEP, ROSTERS, WHO_MAY
from duty.rosters import days_without, gaps_of, on_duty
from duty.visibility import roster_in_sight
from personnel.models import OfficePosting, Organization
from worktime.clocks import SHANGHAI, WEEKDAYS, day_of

WEEK = timedelta(days=7)
SHOWN = 60


@dataclass(frozen=True, slots=True)
class RosterRow(Shown):
    """A body with who is on duty there now, and on how many of the next days somebody is missing."""

    body: Organization
    url: str
    now: str
    missing: int


def rosters(request: SignedInRequest) -> HttpResponse:
    """The rosters that the user reads; a single one is opened at once."""
    user, at = request.user, clock.now()
    bodies = list(ROSTERS.require(user).order_by("division__code", "code")[:SHOWN])
    if len(bodies) == 1:
        return redirect("duty:roster", bodies[0].pk)
    numbers = [body.pk for body in bodies]
    now, gaps = on_duty(numbers, at), gaps_of(numbers, at)
    rows = [
        RosterRow(
            body=body,
            url=reverse("duty:roster", args=[body.pk]),
            now=now[body.pk].names if body.pk in now else "",
            missing=days_without({body.pk: gaps.get(body.pk, [])}),
        )
        for body in bodies
    ]
    return render(request, "duty/rosters.html", {"title": "值班表", "rows": rows})


def roster(request: SignedInRequest, pk: int) -> HttpResponse:
    """One week of a roster: who is on duty now, every shift, what was handed over, when nobody is on duty."""
    user, at = request.user, clock.now()
    body = roster_in_sight(user, pk)
    monday = week_asked(request, at)
    start, end = span_of(monday)
    shifts = list(
        DutyShift.objects.between(start, end).filter(body=body).select_related("person", "stand_in")
    )
    running = on_duty([pk], at).get(pk)
    if running is not None:
        running.body = body
    page = reverse("duty:roster", args=[pk])
    context = {
        "title": f"{body.name}值班表",
        "body": body,
        "now": running,
        "now_verbs": WHO_MAY.open_to(user, running) if running else [],
        "rows": [row_of(shift, body, user, at) for shift in shifts],
        "gaps": [span_words(*span) for span in gaps_of([pk], at).get(pk, [])],
        "week": week_words(monday),
        "before_url": address_with(page, week=(monday - WEEK).isoformat()),
        "after_url": address_with(page, week=(monday + WEEK).isoformat()),
        "enter_url": enter_address(pk, monday) if "plan" in KEEP.open_to(user, body) else "",
    }
    return render(request, "duty/roster.html", context)


@dataclass(frozen=True, slots=True)
class ShiftRow(Shown):
    """A shift as a row of the roster (duty/roster.html)."""

    words: str
    day: str
    people: str
    status: str
    note: str
    is_running: bool
    take_off_url: str


def row_of(shift: DutyShift, body: Organization, user: User, at: datetime) -> ShiftRow:
    """Returns a shift as a row; costs no statement."""
    shift.body = body
    may_take_off = shift.ends_at > at and "take_off_roster" in WHO_MAY.open_to(user, shift)
    return ShiftRow(
        words=shift.words,
        day=f"周{WEEKDAYS[shift.starts_at.astimezone(SHANGHAI).weekday()]}",
        people=shift.names,
        status=shift.get_status_display() if shift.status == "handed_over" else "",
        note=shift.note,
        is_running=shift.starts_at <= at < shift.ends_at,
        take_off_url=reverse("duty:take_off_roster", args=[shift.pk]) if may_take_off else "",
    )


def enter(request: SignedInRequest, pk: int) -> HttpResponse:
    """Enter a week, or copy the week before into it and change what is different."""
    user, at = request.user, clock.now()
    body = roster_in_sight(user, pk)
    KEEP.require("plan", user, body)
    monday = week_asked(request, at)
    start, end = span_of(monday)
    is_copy = "copy" in request.GET
    shown = DutyShift.objects.filter(body=body)
    source = shown.between(*span_of(monday - WEEK)) if is_copy else shown.between(start, end)
    fixed = (
        [] if is_copy else [row for row in source.select_related("person", "stand_in") if row.starts_at <= at]
    )
    initial = initial_of(
        [row for row in source if row not in fixed and (is_copy or row.starts_at >= start)],
        monday=monday,
        later_by=WEEK if is_copy else timedelta(),
    )
    form = WeekForm(
        given(request),
        people=people_of(body, at),
        monday=monday,
        today=day_of(at),
        begun=fixed,
        initial=initial,
    )
    page = reverse("duty:roster", args=[pk])
    return form_page(
        request,
        form,
        lambda: enter_roster(body, form.cleaned_data["lines"], start=start, end=end, by=user, at=at),
        done=lambda made: (
            f"已保存 {week_words(monday)}的值班表，新排 {len(made)} 班。",
            address_with(page, week=monday.isoformat()),
        ),
        context={
            "title": f"排班 {body.name}",
            "heading": "排班",
            "under": f"{body.name} · {week_words(monday)}",
            "consequence": "没有开始的班按这一页保存；已经开始的不变。新排上的人会收到消息。",
            "word": "保存这一周",
            "back": address_with(page, week=monday.isoformat()),
            "copy_url": address_with(reverse("duty:enter", args=[pk]), week=monday.isoformat(), copy="1"),
        },
        template="duty/enter.html",
    )


def people_of(body: Organization, at: datetime) -> list[User]:
    """Returns the people with a present post in the body, by name; one statement."""
    posts = OfficePosting.objects.current(day_of(at)).filter(organization=body, user__is_active=True)
    people = {
        post.user_id: post.user for post in posts.select_related("user").order_by("user__name", "user_id")
    }
    return list(people.values())


def week_asked(request: SignedInRequest, at: datetime) -> date:
    """Returns the Monday of the week that the address names, else of this week. Raises Http404 for no day."""
    try:
        day = date.fromisoformat(request.GET["week"]) if "week" in request.GET else day_of(at)
        monday = day - timedelta(days=day.weekday())
        span_of(monday + WEEK)
        span_of(monday - WEEK)
    except (ValueError, OverflowError):
        raise Http404 from None
    return monday


def span_of(monday: date) -> tuple[datetime, datetime]:
    """Returns the week from Monday 00:00 on."""
    start = datetime.combine(monday, time(), SHANGHAI)
    return start, start + WEEK


def week_words(monday: date) -> str:
    """Returns the week in words: ``11月23日至11月29日``."""
    last = monday + timedelta(days=6)
    return f"{monday.month}月{monday.day}日至{last.month}月{last.day}日"


def span_words(start: datetime, end: datetime) -> str:
    """Returns a span in words: ``11月23日 08:00 至 11月24日 08:00``."""
    first, last = start.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
    return f"{first.month}月{first.day}日 {first:%H:%M} 至 {last.month}月{last.day}日 {last:%H:%M}"


def enter_address(pk: int, monday: date) -> str:
    """Returns the address at which a week is entered."""
    return address_with(reverse("duty:enter", args=[pk]), week=monday.isoformat())
