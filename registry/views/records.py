"""A grid as a list of households and places, a record as a card, a new record (Art. 9, 15)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from common import clock
from common.numbers import whole_number
from common.web.listing import address_with
from common.web.shapes import Button, Link
from common.web.verb_page import form_page, given
from grids.models import Grid
from matters.models import Matter
from registry import policies
from registry.actions import Given, NewRecord, merge_records, register_record, relate, tell_apart
from registry.cards import AlikeRow, lines_of, members_of, name_of, shown, title_of
from registry.circles import Circle, asks_of, circle_of, values_of
from registry.coverage import COUNTED, COVERAGE, covered
from registry.doubles import look_alikes
from registry.fields import BY_KEY
from registry.finding import found_by
from registry.forms import RecordForm
from registry.grid_lists import LISTED, in_walking_order, rows_of
from registry.kinds import HOUSEHOLD, KINDS, PERSON
from registry.models import Activity, Pair, Record, Value
from registry.visibility import record_in_sight
from worktime.clocks import day_of

PAGE_SIZE, LATEST = 50, 10
VERB_WORDS = {"move": "换网格", "end": "注销", "restore": "恢复在册", "unmerge": "撤销合并"}


def home(request: SignedInRequest) -> HttpResponse:
    """A grid of the user: its households in the order of a walk, its houses, organizations and places."""
    user, day = request.user, day_of(clock.now())
    grids = policies.REGISTER.require(user)
    grid, kind = _chosen(request, grids), request.GET.get("kind", HOUSEHOLD)
    if kind not in LISTED:
        raise Http404
    numbers = in_walking_order(user, grid, kind)
    pages = Paginator(numbers, PAGE_SIZE)
    page = pages.get_page(whole_number(request.GET.get("page", "1")) or 1)
    words = {"grid": str(grid.pk), "kind": kind}
    context = {
        "title": "人地事组织",
        "grid": grid,
        "grids": [
            Link(url=address_with(request.path, grid=str(each.pk)), name=each.name, is_current=each == grid)
            for each in grids
        ],
        "kinds": _kinds(request, grid, kind, len(numbers)),
        "rows": rows_of(user, list(page.object_list), day=day),
        "kind_word": KINDS[kind],
        "may_keep": policies.KEEPING.admits(user),
        "begin": Button(
            url=address_with(reverse("registry:new", args=[kind]), grid=str(grid.pk)),
            word=f"登记{KINDS[kind]}",
        ),
        "page": page,
        "previous_url": _page_url(request, words, page.number - 1) if page.has_previous() else "",
        "next_url": _page_url(request, words, page.number + 1) if page.has_next() else "",
    }
    return render(request, "registry/home.html", context)


def _page_url(request: SignedInRequest, words: dict[str, str], number: int) -> str:
    return address_with(request.path, **words, page=str(number))


def _chosen(request: SignedInRequest, grids: list[Grid]) -> Grid:
    number = whole_number(request.GET.get("grid", ""))
    found = next((grid for grid in grids if grid.pk == number), None)
    if number is not None and found is None:
        raise Http404
    return found or grids[0]


def _kinds(request: SignedInRequest, grid: Grid, kind: str, count: int) -> list[Link]:
    seen = Record.objects.visible_to(request.user).current().filter(grid=grid)
    return [
        Link(
            url=address_with(request.path, grid=str(grid.pk), kind=each),
            name=KINDS[each],
            is_current=each == kind,
            count=count if each == kind else seen.filter(kind=each).count(),
        )
        for each in LISTED
    ]


def record(request: SignedInRequest, pk: int) -> HttpResponse:
    """One record as a card: what is known, since when and from where, who belongs to it, what is due."""
    user, at = request.user, clock.now()
    found, day = record_in_sight(user, pk), day_of(at)
    circle = circle_of(user, found)
    matters = Matter.objects.in_force(found.county_id, day).filter(kind="collection").order_by("code")
    offered = [each for each in matters if policies.may_begin(user, each, found)]
    may = policies.WHO_MAY.open_to(user, found)
    context = {
        "title": title_of(circle),
        "record": found,
        "back": address_with(reverse("registry:home"), grid=str(found.grid_id or "")),
        "lines": lines_of(found, circle.held(found), day=day),
        "members": members_of(circle, day=day),
        "may_part": "part" in may,
        "asks": asks_of(circle, offered, day=day) if "collect" in may else [],
        "going_on": Activity.objects.visible_to(user).open().with_names().filter(record=found),
        "past": _past(request, circle),
        "new_member": _new_member(found) if "relate" in may else None,
        "verbs": [
            Button(url=reverse("registry:act", args=[found.pk, verb]), word=word)
            for verb, word in VERB_WORDS.items()
            if verb in may
        ],
    }
    return render(request, "registry/record.html", context)


def _new_member(found: Record) -> Button | None:
    if found.kind != HOUSEHOLD:
        return None
    address = reverse("registry:new", args=[PERSON])
    words = {"grid": str(found.grid_id), "household": str(found.pk)}
    return Button(url=address_with(address, **words), word="加一名成员")


def _past(request: SignedInRequest, circle: Circle) -> list[tuple[str, str, Value]]:
    """The earlier values of the record that the user may know of, newest first."""
    rows = Value.objects.visible_to(request.user).filter(record=circle.record, until__isnull=False)
    found = rows.select_related("by").order_by("-until", "-pk")[:LATEST]
    return [(BY_KEY[each.field].label, "已清除" if each.erased_at else shown(each), each) for each in found]


def new(request: SignedInRequest, kind: str) -> HttpResponse:
    """A new record; what looks like it is shown first. A person may be entered straight into a household."""
    user, at = request.user, clock.now()
    if kind not in KINDS:
        raise Http404
    grids = policies.KEEPING.require(user)
    number = whole_number(request.GET.get("household", ""))
    household = record_in_sight(user, number) if kind == PERSON and number is not None else None
    first = household.grid_id if household else whole_number(request.GET.get("grid", ""))
    form = RecordForm(
        given(request),
        kind=kind,
        grids=grids,
        roles=household is not None,
        initial={"grid": str(first or "")},
    )
    alike = _look_alikes(request, form) if form.is_valid() else []
    is_shown_first = bool(alike) and not form.has_shown(each.record.pk for each in alike)
    if is_shown_first:
        form.remember(each.record.pk for each in alike)

    def act() -> Record:
        made = register_record(
            NewRecord(kind, form.grid(), form.values(), given=Given(form.cleaned_data["source"])),
            by=user,
            at=at,
        )
        if household is not None:
            relate(made, household, "member", role=form.cleaned_data["role"], by=user, at=at)
        return made

    back = reverse("registry:record", args=[household.pk]) if household else reverse("registry:home")
    return form_page(
        request,
        form,
        act,
        done=lambda made: (f"已登记：{KINDS[kind]} {made.number}", _after(request, made, household)),
        context={
            "title": f"登记{KINDS[kind]}",
            "under": title_of(circle_of(user, household)) if household else "",
            "word": "还是登记一条新的" if is_shown_first else "登记",
            "back": back,
            "modules": ["js/find_option.js"],
            "alike": alike,
            "above": "registry/alike.html" if alike else "",
        },
        only_shown=is_shown_first,
    )


def _after(request: SignedInRequest, made: Record, household: Record | None) -> str:
    """The page after a registration: a child may be out of sight of who has registered it."""
    if household is not None:
        return reverse("registry:record", args=[household.pk])
    if not Record.objects.visible_to(request.user).filter(pk=made.pk).exists():
        return reverse("registry:home")
    return reverse("registry:record", args=[made.pk])


def _look_alikes(request: SignedInRequest, form: RecordForm) -> list[AlikeRow]:
    """The records in sight that look like what is typed; of others nothing is said."""
    found = look_alikes(form.kind, form.values(), township=form.grid().village.parent_id or 0)
    numbers = [each.record.pk for each in found]
    seen = set(Record.objects.visible_to(request.user).filter(pk__in=numbers).values_list("pk", flat=True))
    values = values_of(request.user, seen)
    return [
        AlikeRow(each.record, name_of(each.record, values.get(each.record.pk, {})), each.likeness.words)
        for each in found
        if each.record.pk in seen
    ]


def search(request: SignedInRequest) -> HttpResponse:
    """Records by a name, its letters, a telephone, an address or a number. Sent by POST: a name stays out of logs."""
    user, text = request.user, request.POST.get("q", "").strip()
    policies.REGISTER.require(user)
    found = found_by(user, text)
    rows = list(found.with_place().order_by("kind", "pk")[:PAGE_SIZE])
    values = values_of(user, [each.pk for each in rows])
    context = {
        "title": "查人地事组织",
        "text": text,
        "total": found.count(),
        "shown": PAGE_SIZE,
        "rows": [(each, name_of(each, values.get(each.pk, {}))) for each in rows],
    }
    return render(request, "registry/search.html", context)


def doubles(request: SignedInRequest) -> HttpResponse:
    """Pairs that look like one person, side by side: a person says whether they are."""
    user = request.user
    policies.KEEPING.require(user)
    seen = Record.objects.visible_to(user).current()
    pairs = Pair.objects.filter(status="proposed", first__in=seen, second__in=seen)
    rows = list(pairs.select_related("first__grid", "second__grid").order_by("-weight", "pk")[:LATEST])
    values = values_of(user, {pk for each in rows for pk in (each.first_id, each.second_id)})
    day = day_of(clock.now())
    context = {
        "title": "疑似重复",
        "total": pairs.count(),
        "rows": [
            (
                each,
                [
                    (side, name_of(side, held), lines_of(side, held, day=day))
                    for side in (each.first, each.second)
                    for held in [values.get(side.pk, {})]
                ],
            )
            for each in rows
        ],
    }
    return render(request, "registry/doubles.html", context)


@require_POST
def decide(request: SignedInRequest, pk: int, answer: str) -> HttpResponse:
    """One tap: the two of a pair are one, or they are not."""
    user, at = request.user, clock.now()
    seen = Record.objects.visible_to(user).current()
    pair = get_object_or_404(Pair.objects.filter(first__in=seen, second__in=seen), pk=pk)
    if answer == "same":
        merge_records(pair.second, pair.first, by=user, at=at)
        messages.success(request, f"已合并到 {pair.first.number}；合错了，可以在 {pair.second.number} 撤销。")
    else:
        tell_apart(pair.first, pair.second, by=user, at=at)
        messages.success(request, "已记下：不是同一个，以后不再提示。")
    return redirect("registry:doubles")


def coverage(request: SignedInRequest) -> HttpResponse:
    """How much of a county or township stands in the register, place by place."""
    places = COVERAGE.require(request.user)
    code = request.GET.get("place", "")
    place = next((each for each in places if each.code == code), None if code else places[0])
    if place is None:
        raise Http404
    context = {
        "title": f"{place.name}登记情况",
        "rows": covered(place, at=clock.now()),
        "kinds": [KINDS[kind] for kind in COUNTED],
        "choices": [
            Link(url=address_with(request.path, place=each.code), name=each.name, is_current=each == place)
            for each in places
            if each.level == "county" or each.parent_id == place.parent_id
        ],
    }
    return render(request, "registry/coverage.html", context)
