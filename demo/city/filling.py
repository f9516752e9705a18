"""Lays the courses of typical lives into all counties and writes them by COPY, each case with its chain."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction

from demo.city.courses import Course, run_life
from demo.city.days import report_moments, weight_of
from demo.city.lives import LIVES, Life
from demo.city.places import Lists, Places, Spot, read_places
from demo.city.rows import Laid, Posts, take_numbers, write
from matters.models import Matter
from personnel.models import Organization
from workflow.models import Case
from workflow.rulebook import finish_limit, own_limit
from worktime.calendars import current_calendar
from worktime.clocks import day_of

SEED = 410900
CASES = 24_000
EACH = 8  # one course is laid into so many places
AT_ONCE = 3_000
SITES = (
    "东门口", "3号楼前", "农贸市场北侧", "健身广场", "小学门口", "公交站旁", "地下车库入口", "南侧绿化带",
    "村委会西侧", "卫生室对面", "幼儿园门口", "沿街门店前",
)  # fmt: skip


@dataclass(frozen=True)
class Share:
    """A part of the reports of the sixty days, in order of time, and the numbers for their cases.

    Where a matter is not listed, there is no case and a number stays unused, as after a report that is rolled back.
    """

    moments: Sequence[datetime]
    numbers: Sequence[int]
    seed: int


def shares_of_city(parts: int, *, at: datetime, cases: int = CASES) -> list[Share]:
    """Divide about ``cases`` cases of the past sixty days into parts that can be written at the same time."""
    calendar, chance = current_calendar(), random.Random(SEED)
    moments = report_moments(-(-cases // EACH), at=at, calendar=calendar, chance=chance)
    size = -(-len(moments) // parts)
    numbers = take_numbers(Case, len(moments) * EACH)
    return [
        Share(moments[start : start + size], numbers[start * EACH : (start + size) * EACH], SEED + start)
        for start in range(0, len(moments), size)
    ]


@transaction.atomic
def fill_share(share: Share, *, at: datetime, but: str) -> int:
    """Write a share of the cases, in all townships other than ``but``; returns how many."""
    numbers = iter(share.numbers)
    laid, written = _Filling(share, at=at, but=but).laid(), 0
    while batch := list(islice(laid, AT_ONCE)):
        written += write(list(islice(numbers, len(batch))), batch)
    return written


class _Filling:
    """Chooses moments, lives, matters and places; the same seed gives the same city."""

    def __init__(self, share: Share, *, at: datetime, but: str) -> None:
        self.at, self.share, self.calendar = at, share, current_calendar()
        self.chance = random.Random(share.seed)
        self.places: Places = read_places(but=but)
        self.lists = Lists()
        self.counties = sorted(self.places.spots)
        self.sizes = [len(self.places.spots[county]) for county in self.counties]
        self.posts: dict[tuple[int, int], Posts] = {}

    def laid(self) -> Iterator[Laid]:
        """Yield courses in places, in the order of the reports."""
        for seed, moment in enumerate(self.share.moments, start=self.share.seed):
            course = self._course(moment, seed=seed)
            for county in self.chance.choices(self.counties, self.sizes, k=EACH):
                yield from self._lay(course, county)

    def _course(self, moment: datetime, *, seed: int) -> Course:
        life = self.chance.choices(LIVES, [life.weight for life in LIVES])[0]
        spot = self.chance.choice(self.places.spots[self.chance.choice(self.counties)])
        matter = self._matter(spot.county.pk, life, moment)
        case = Case(
            matter=matter,
            title=matter.name,
            urgency=matter.severity,
            confidential=matter.confidential,
            for_resident=life.for_resident,
            reported_at=moment,
            grid=spot.grid,
            village=spot.village,
            township=spot.township,
            county=spot.county,
            city=self.places.city,
        )
        unit = self.places.units[spot.county.pk, matter.lead_function]
        return run_life(case, life, unit=unit, calendar=self.calendar, now=self.at, seed=seed)

    def _matter(self, county: int, life: Life, moment: datetime) -> Matter:
        day = day_of(moment)
        listed = self.lists.on(county, day)
        found = [matter for matter in listed if self._fits(matter, county, life)]
        return self.chance.choices(found, [weight_of(one.name, one.category, day.month) for one in found])[0]

    def _fits(self, matter: Matter, county: int, life: Life) -> bool:
        if (
            matter.confidential != life.confidential
            or (county, matter.lead_function) not in self.places.units
        ):
            return False
        if life.closes:
            urgent = matter.severity == Matter.Severity.URGENT
            return not urgent and matter.closes_on_spot in ("worker", life.closes)
        return True

    def _lay(self, course: Course, county: int) -> Iterator[Laid]:
        first = course.case.matter
        matter = first and self.lists.find(county, first.name, day_of(course.case.reported_at))
        if first is None or matter is None or not _same_clocks(matter, first):
            return
        spot = self.chance.choice(self.places.spots[county])
        unit = self.places.units[county, matter.lead_function]
        description = self.chance.choice(matter.examples or [f"{matter.name}，请处理"])
        yield Laid(
            course=course,
            spot=spot,
            matter=matter,
            unit_id=unit.pk,
            people=self._people(spot, unit),
            posts=self._posts(spot, unit),
            description=f"{description}。",
            place=f"{spot.village.name}{self.chance.choice(SITES)}",
        )

    def _people(self, spot: Spot, unit: Organization) -> dict[str, int]:
        desks = self.places.desks
        return {
            "worker": spot.worker,
            "leader": spot.leader,
            "instructor": spot.instructor,
            "handler": self.places.handlers[unit.pk],
            "desk of township": desks[spot.township.pk],
            "desk of county": desks[spot.county.pk],
            "desk of city": desks[self.places.city.pk],
        }

    def _posts(self, spot: Spot, unit: Organization) -> Posts:
        """The capacities in which people act on cases of one township and unit; cases share them."""
        key = (spot.township.pk, unit.pk)
        if key not in self.posts:
            self.posts[key] = Posts(
                Case(township=spot.township, county=spot.county, city=self.places.city, unit=unit)
            )
        return self.posts[key]


def _same_clocks(one: Matter, other: Matter) -> bool:
    """Whether the lists of two counties give a matter the same limits and way, so that one course fits both."""
    steps = ("awaiting_signature", "awaiting_verification")
    return (
        (one.severity, one.confidential, one.closes_on_spot, one.lead_function)
        == (other.severity, other.confidential, other.closes_on_spot, other.lead_function)
        and finish_limit(one) == finish_limit(other)
        and all(own_limit(one, step) == own_limit(other, step) for step in steps)
    )
