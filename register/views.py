"""The register of grids for staff: every grid, its history, its people, on any day (Art. 7, 8, 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.models import User
from accounts.requests import SignedInRequest
from common import clock
from common.errors import RuleViolation
from common.shapes import Context
from common.web.asked_day import asked_day_or_today
from common.web.listing import address_with, page_of
from common.web.shapes import Crumb
from grids.models import Division, Grid, GridVersion
from grids.outlines import PATH_BELOW, PATH_TO
from grids.register_on_day import grid_by_code
from grids.search import Question, grids_like, read_question
from grids.states import STATUSES
from personnel.posting_history import posted_to, vacancies
from plans.models import GridPlan
from register.forms import PlaceAndDayForm
from register.history import PLAN_NUMBER
from register.lookup import Account, account_of, grid_in_sight, in_sight, look_up, require_post
from register.maps import RangeMap, places_map
from workflow.territory import LOOKING, division_with_lineage, lineage, may_look_into, widest_place
from worktime.clocks import day_of

ALL = "all"
LONGEST_TEXT = 200


@dataclass(frozen=True)
class Asked:
    """The filters of the register. All of them are in the address."""

    text: str
    place: Division
    kind: str
    status: str
    question: Question | None
    refusal: str = ""

    def words(self) -> dict[str, str]:
        """What the address of this list says."""
        return {"q": self.text, "division": self.place.code, "kind": self.kind, "status": self.status}

    def address(self, **fields: str) -> str:
        """This list, narrowed otherwise."""
        return address_with(reverse("register:register"), **{**self.words(), **fields})

    def condition(self) -> Q:
        """Returns the condition that a grid must meet, wherever it lies."""
        wanted = Q()
        if self.kind:
            wanted &= Q(kind=self.kind)
        if self.status != ALL:
            wanted &= Q(status=self.status)
        if self.question:
            wanted &= grids_like(self.question)
        return wanted


def today() -> date:
    """Returns the present day in Puyang."""
    return day_of(clock.now())


def register(request: SignedInRequest) -> HttpResponse:
    """Shows the grids of a place, a page at a time, with the places below it and their numbers of grids."""
    user = request.user
    require_post(user)
    asked = read_asked(request)
    if asked.question and asked.question.code:
        exact = grid_by_code(asked.question.code)
        if exact is not None:
            return redirect("register:grid", asked.question.code)
    fitting = (
        Grid.objects.filter(asked.condition(), in_sight(user)) if not asked.refusal else Grid.objects.none()
    )
    here = fitting.filter(**{PATH_TO[asked.place.level]: asked.place.pk})
    leaf = page_of(request, here.with_place(), order=("village_id", "pk"), query=asked.words())
    context = {
        "title": "网格册",
        "asked": asked,
        "kinds": Grid.Kind.choices,
        "statuses": [*STATUSES.items(), (ALL, "全部状态")],
        "trail": trail_of(asked),
        "places": places_of(asked, here),
        "total": here.count(),
        "rows": rows_of(leaf.rows),
        **leaf.links(),
    }
    return render(request, "register/grids.html", context, status=422 if asked.refusal else 200)


def own_place(user: User) -> Division | None:
    """Returns where a user starts: their widest place, but at least a township; otherwise the city."""
    place = widest_place(user, *LOOKING)
    if place is not None and place.level == Division.Level.VILLAGE:
        place = place.parent
    return place or division_with_lineage(city_code())


def read_asked(request: SignedInRequest) -> Asked:
    """Reads the filters from the address. Raises Http404 for an unknown place; a word without meaning is no filter."""
    code = request.GET.get("division", "")
    place = division_with_lineage(code) if code else own_place(request.user)
    if place is None:
        raise Http404
    kind, status = request.GET.get("kind", ""), request.GET.get("status", "in_force")
    text = request.GET.get("q", "").strip()[:LONGEST_TEXT]
    question, refusal = None, ""
    if text:
        try:
            question = read_question(text)
        except RuleViolation as error:
            refusal = error.sentence
    return Asked(
        text=text,
        place=place,
        kind=kind if kind in Grid.Kind.values else "",
        status=status if status in (*STATUSES, ALL) else "in_force",
        question=question,
        refusal=refusal,
    )


def city_code() -> str:
    """Returns the code of the city; empty on an empty platform."""
    cities = Division.objects.of_level("city").values_list("code", flat=True)
    return cities.first() or ""


def trail_of(asked: Asked) -> list[Crumb]:
    """Returns the places above the place, the highest first."""
    steps, step = [], asked.place.parent
    while step is not None:
        steps.append(Crumb(step.name, asked.address(division=step.code)))
        step = step.parent
    return steps[::-1]


@dataclass(frozen=True, slots=True)
class PlaceBelow:
    """A place below with its number of matching grids."""

    name: str
    count: int
    url: str


def places_of(asked: Asked, here: Any) -> list[PlaceBelow]:
    """Returns the places below with the number of matching grids in each; empty for a village."""
    if asked.place.level == Division.Level.VILLAGE:
        return []
    counts = dict(here.order_by().values_list(PATH_BELOW[asked.place.level]).annotate(count=Count("pk")))
    below = Division.objects.filter(parent=asked.place).order_by("code").only("code", "name")
    return [
        PlaceBelow(name=each.name, count=counts.get(each.pk, 0), url=asked.address(division=each.code))
        for each in below
    ]


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A grid on one page; the first of its village begins a new group."""

    grid: Grid
    is_first: bool


def rows_of(grids: list[Grid]) -> list[RegisterRow]:
    """Returns the grids of one page, each with whether it is the first of its village here."""
    rows, village = [], None
    for grid in grids:
        rows.append(RegisterRow(grid=grid, is_first=grid.village_id != village))
        village = grid.village_id
    return rows


def grid(request: SignedInRequest, code: str) -> HttpResponse:
    """Shows one grid with its history and its people on the given day. An old code redirects to the present one."""
    user = request.user
    require_post(user)
    found = grid_in_sight(code, user)
    if found.code != code:
        messages.info(request, f"{code} 是这个网格的旧编码，现行编码是 {found.code}。")
        return redirect(
            address_with(reverse("register:grid", args=[found.code]), on=request.GET.get("on", ""))
        )
    account = account_of(found)
    beside = grids_beside(found)
    day, refusal = asked_day_or_today(request, today=today())
    context = {
        "title": found.name,
        "grid": found,
        "trail": places_above(found),
        "account": account,
        "old_codes": [given.code for given in account.codes if given.code != found.code],
        "beside": beside,
        "map": map_of(found, beside),
        "cases_url": cases_url(user, found),
        "plans": plans_of(account),
        "drafts": drafts_of(user, found),
        "day": day,
        "refusal": refusal,
        **people_on(account, day),
    }
    return render(request, "register/grid.html", context, status=422 if refusal else 200)


def people_on(account: Account, day: date) -> Context:
    """Returns who was posted to the grid on a day, its state on that day, and which posts were vacant."""
    version: GridVersion | None = account.on(day)
    if version is None:
        return {"then": None, "people": [], "vacant": []}
    people = posted_to(account.grid, village_id=version.village_id, day=day)
    return {"then": version, "people": people, "vacant": vacancies(people)}


def places_above(grid: Grid) -> list[Crumb]:
    """Returns the county, township and village of the grid, each with its part of the register."""
    address = reverse("register:register")
    above = [step for step in lineage(grid.village) if step.level != Division.Level.CITY]
    return [Crumb(each.name, address_with(address, division=each.code)) for each in above[::-1]]


def grids_beside(grid: Grid) -> list[Grid]:
    """Returns the grids in force of the same village, by code."""
    others = Grid.objects.in_force().filter(village=grid.village_id).select_related("village")
    return list(others.defer("village__outline").order_by("code"))


def map_of(grid: Grid, beside: list[Grid]) -> RangeMap | None:
    """Returns the map of the village's grids with this one marked."""
    title = f"{grid.village.name}各网格的范围示意图"
    return places_map(beside, title=title, view="register:grid", here=grid.pk, by_village=False)


def cases_url(user: User, grid: Grid) -> str:
    """Returns the address of the grid's open cases; empty for users who may not see them."""
    may = may_look_into(user, grid.village, grid)
    return address_with(reverse("workflow:list"), measure="open", grid=grid.code) if may else ""


def plans_of(account: Account) -> list[GridPlan]:
    """Returns the public plans that the versions name as their sources."""
    numbers = [found[0] for period in account.periods if (found := PLAN_NUMBER.search(period.version.source))]
    return list(GridPlan.objects.exclude(published_at=None).filter(number__in=numbers)) if numbers else []


def drafts_of(user: User, grid: Grid) -> list[GridPlan]:
    """Returns the plans of a draft grid that the user may see."""
    if grid.status != "draft":
        return []
    return list(GridPlan.objects.visible_to(user).filter(grids__grid=grid).order_by("pk"))


def at(request: SignedInRequest) -> HttpResponse:
    """Shows the grid and people for a place and a day, as the API does."""
    require_post(request.user)
    form = PlaceAndDayForm(request.GET if "lon" in request.GET or "lat" in request.GET else None)
    answer = None
    if form.is_valid():
        cleaned, now = form.cleaned_data, today()
        try:
            answer = look_up(cleaned["lon"], cleaned["lat"], day=cleaned["on"] or now, today=now)
        except RuleViolation as refusal:
            form.add_error(refusal.field or None, refusal.sentence)
    context = {
        "title": "按位置查网格",
        "form": form,
        "answer": answer,
        "vacant": vacancies(answer.people) if answer else [],
    }
    return render(request, "register/grid_at.html", context, status=422 if form.errors else 200)
