"""Zones and changes of the tree: a list for the offices, two forms with a preview for the city (Art. 28)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.requests import SignedInRequest
from audit.models import Entry
from common import clock
from common.errors import Refusal
from common.web.listing import page_of
from grids.levels import the_city
from grids.models import Division, FormerDivision
from plans.actions.divisions import found_zone, move_division
from plans.entrances import DIVISIONS
from plans.forms.divisions import CHOICES, FoundForm, MoveForm, choices
from plans.policies import keeps_divisions, require_divisions_keeper
from plans.views.frame import tabs_for
from worktime.clocks import day_of

CONFIRM = "confirm"


def divisions(request: SignedInRequest) -> HttpResponse:
    """Show the placeholders, and the former names and parents of divisions."""
    user = request.user
    DIVISIONS.require(user)
    former = FormerDivision.objects.select_related("division__parent", "parent").defer(
        "division__outline", "division__parent__outline", "parent__outline"
    )
    leaf = page_of(request, former, part="#changes")
    context = {
        "title": "区划",
        "tabs": tabs_for(user, "plans:divisions"),
        "placeholders": _placeholders(),
        "changes": leaf.rows,
        "can_change": keeps_divisions(user),
        **leaf.links(),
    }
    return render(request, "plans/divisions.html", context)


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A division with a code given by hand, and its founding document."""

    division: Division
    document: str


def _placeholders() -> list[Placeholder]:
    """Return the divisions with codes given by hand, each with its founding document; two statements."""
    rows = Division.objects.filter(is_placeholder=True).select_related("parent").order_by("code")
    zones = list(rows.defer("outline", "parent__outline"))
    documents = _documents([zone.pk for zone in zones])
    return [Placeholder(division=zone, document=documents.get(zone.pk, "")) for zone in zones]


def _documents(pks: Sequence[int]) -> dict[int, str]:
    subjects = {f"division:{pk}": pk for pk in pks}
    founded = Entry.objects.filter(subject__in=list(subjects), verb="found")
    return {subjects[entry.subject]: entry.record["document"] for entry in founded}


def found(request: SignedInRequest) -> HttpResponse:
    """Found a zone: preview first, then found it exactly as previewed."""
    user = request.user
    require_divisions_keeper(user)
    form = FoundForm(request.POST if request.method == "POST" else None, initial={"parent": the_city().code})
    return _preview_or_act(
        request,
        form,
        lambda at: found_zone(**form.arguments(), by=user, at=at),
        title="设立区划",
        done="已设立",
    )


def change(request: SignedInRequest) -> HttpResponse:
    """Rename a division or move it to another parent: preview first, then change it exactly as previewed."""
    user = request.user
    require_divisions_keeper(user)
    form = MoveForm(request.POST if request.method == "POST" else None, initial={"on": day_of(clock.now())})
    return _preview_or_act(
        request,
        form,
        lambda at: move_division(**form.arguments(), by=user, at=at),
        title="变更区划",
        done="已登记变更：",
    )


def _preview_or_act(
    request: HttpRequest,
    form: FoundForm | MoveForm,
    act: Callable[[datetime], Division],
    *,
    title: str,
    done: str,
) -> HttpResponse:
    """Preview a valid form; if it is confirmed unchanged, act and redirect to the list."""
    sentences: list[str] = []
    if form.is_valid():
        try:
            division, sentences, is_done = _tried(form, act, is_confirmed=request.POST.get("step") == CONFIRM)
            if is_done:
                messages.success(request, f"{done}{division}（{division.code}）。")
                return redirect("plans:divisions")
        except Refusal as refusal:
            field = getattr(refusal, "field", "")
            form.add_error(field if field in form.fields else None, refusal.sentence)
    context = {"title": title, "form": form, "sentences": sentences, "list_id": CHOICES, "choices": choices()}
    return render(request, "plans/division_form.html", context, status=422 if form.errors else 200)


def _tried(
    form: FoundForm | MoveForm, act: Callable[[datetime], Division], *, is_confirmed: bool
) -> tuple[Division, list[str], bool]:
    """Act and describe the result; roll it back unless exactly this result was previewed and confirmed.

    So the preview refuses everything that the act would refuse.
    """
    with transaction.atomic():
        division = act(clock.now())
        sentences = form.sentences(division)
        mark = form.mark(sentences)
        is_done = is_confirmed and form.cleaned_data["seen"] == mark
        if not is_done:
            transaction.set_rollback(True)
    if is_confirmed and not is_done:
        form.add_error(None, "内容在预览以后改过，请再看一遍预览。")
    form.carry(mark)
    return division, sentences, is_done
