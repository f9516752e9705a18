"""Duty rosters for the demo township, its county and its city, and one urgent case that waits for somebody."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction

from accounts.models import User
from demo.people import CITY, COUNTY, TOWNSHIP
from duty.actions import Line, enter_roster
from grids.models import Grid
from matters.models import Matter
from personnel.models import OfficePosting, Organization
from workflow import actions
from workflow.models import Case
from worktime.clocks import SHANGHAI, day_of

BODIES = (f"{TOWNSHIP}-I", f"{COUNTY}-I", f"{CITY}-I", f"{COUNTY}-D08")
AHEAD = timedelta(days=9)
FREE = timedelta(days=4)  # on that evening nobody is on duty at the township's desk, so that a gap is seen
AGO = timedelta(minutes=2)


@transaction.atomic
def enter_demonstration_rosters(*, at: datetime) -> int:
    """Enters the roster of each body from the first of this month on, and some days ahead; returns how many shifts."""
    first = day_of(at).replace(day=1) - timedelta(days=1)  # whoever is on duty when the month begins
    last = max((first + timedelta(days=33)).replace(day=1), day_of(at) + AHEAD)
    start, end = datetime.combine(first, time(), SHANGHAI), datetime.combine(last, time(), SHANGHAI)
    bodies = Organization.objects.select_related("division").filter(code__in=BODIES).order_by("code")
    return sum(
        len(enter_roster(body, _lines(body, first, last, at=at), start=start, end=end, by=None, at=start))
        for body in bodies
    )


def _lines(body: Organization, first: date, last: date, *, at: datetime) -> list[Line]:
    posts = OfficePosting.objects.current(day_of(at)).filter(organization=body).select_related("user")
    people = list({post.user_id: post.user for post in posts.order_by("pk")}.values())
    free = day_of(at) + FREE
    lines = []
    for number in range((last - first).days):
        day = first + timedelta(days=number)
        morning = datetime.combine(day, time(8), SHANGHAI)
        evening, next_day = morning + timedelta(hours=12), morning + timedelta(days=1)
        lines.append(_line(people, number, morning, evening))
        if day != free or body.code != f"{TOWNSHIP}-I":
            lines.append(_line(people, number, evening, next_day))
    return lines


def _line(people: list[User], number: int, start: datetime, end: datetime) -> Line:
    person, other = people[number % len(people)], people[(number + 1) % len(people)]
    return Line(start, end, person, other if other != person else None)


@transaction.atomic
def report_demonstration_emergency(*, at: datetime) -> Case:
    """Reports one urgent matter two minutes ago, with what was called: it waits for the township at whatever hour."""
    worker = User.objects.get(username="worker")
    posting = worker.grid_postings.filter(grid__isnull=False).select_related("grid").order_by("pk")[0]
    grid = Grid.objects.with_place().get(pk=posting.grid_id)
    county = grid.village.parent.parent_id
    matters = Matter.objects.in_force(county, day_of(at)).filter(severity=Matter.Severity.URGENT)
    draft = actions.ReportDraft(
        grid_id=grid.pk,
        matter_id=matters.get(name="井盖缺损").pk,
        description="路口井盖没了，已放锥桶，有人看着。",
        place="东门口",
        called=["110", "water"],
    )
    return actions.report_case(draft, by=worker, at=at - AGO)
