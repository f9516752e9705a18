"""Tasks and collections: begun at a record or in a grid, carried out, finished (Art. 14, 15)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from common import clock
from common.errors import Refusal
from common.shapes import Context
from common.web.verb_page import Verb, VerbPage, form_page, given
from grids.models import Grid
from matters.models import Matter
from registry import actions, policies
from registry.actions.activities import LIFE
from registry.cards import known_words, shown, title_of
from registry.circles import Circle, circle_of, is_due
from registry.counts import counts_of
from registry.fields import fields_for
from registry.forms import Asked, CollectForm, FinishForm, GiveUpForm, TaskForm
from registry.models import Activity, Record
from registry.states import ACTIVITY_VERBS
from registry.visibility import activity_in_sight, record_in_sight
from worktime.clocks import day_of


@require_POST
def begin(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """Begin the matter with this code at a record, or go on with it."""
    user, at = request.user, clock.now()
    record = record_in_sight(user, pk)
    matter = Matter.objects.in_force(record.county_id, day_of(at)).filter(code=code).first()
    if matter is None or record.grid is None:
        raise Http404
    activity = actions.begin_activity(matter, record.grid, record=record, by=user, at=at)
    return redirect("registry:activity", activity.pk)


def tasks(request: SignedInRequest) -> HttpResponse:
    """What the list asks of the user's grids each month beside what was done, and the work that goes on."""
    user, at = request.user, clock.now()
    grids = policies.REGISTER.require(user)
    context = {
        "title": "事项办理",
        "rows": counts_of(user, grids, at=at),
        "going_on": Activity.objects.visible_to(user).open().with_names().order_by("-pk")[:50],
        "may_begin": policies.KEEPING.admits(user),
    }
    return render(request, "registry/tasks.html", context)


def new_task(request: SignedInRequest) -> HttpResponse:
    """Begin a task in a grid."""
    user, at = request.user, clock.now()
    grids = policies.KEEPING.require(user)
    matters = _tasks_of(grids, at)
    names = {str(each.pk): f"{each.code} {each.name}" for each in matters.values()}
    form = TaskForm(
        given(request),
        matters=names,
        grids=grids,
        initial={"matter": request.GET.get("matter", ""), "grid": request.GET.get("grid", "")},
    )

    def act() -> Activity:
        matter = matters[int(form.cleaned_data["matter"])]
        grid = next(each for each in grids if str(each.pk) == form.cleaned_data["grid"])
        return actions.begin_activity(matter, grid, by=user, at=at)

    return form_page(
        request,
        form,
        act,
        done=lambda made: (f"已开始：{made.matter.name}", reverse("registry:activity", args=[made.pk])),
        context={"title": "开始一件任务", "word": "开始", "back": reverse("registry:tasks")},
    )


def _tasks_of(grids: Iterable[Grid], at: datetime) -> dict[int, Matter]:
    """The tasks in force in the counties of these grids."""
    counties = {grid.village.parent.parent_id for grid in grids if grid.village.parent is not None}
    found: dict[int, Matter] = {}
    for county in sorted(number for number in counties if number is not None):
        rows = Matter.objects.in_force(county, day_of(at)).filter(kind="task").order_by("code")
        found |= {each.pk: each for each in rows}
    return found


class ActivityVerb(VerbPage):
    """A verb of an activity in sight."""

    life = LIFE
    verbs = {
        "finish": Verb(
            actions.finish_activity,
            ACTIVITY_VERBS["finish"],
            form=FinishForm,
            done="已完成：{row.matter.name}",
        ),
        "give_up": Verb(
            actions.give_up_activity,
            ACTIVITY_VERBS["give_up"],
            "这次就此了结，采集到的留着；以后可以再来。",
            GiveUpForm,
            button="了结",
            done="已记下原因：{row.matter.name}",
        ),
    }

    def find(self, pk: int) -> Activity:
        """Returns an activity in sight."""
        return activity_in_sight(self.user, pk)

    def back(self) -> str:
        """Returns the address of the activity."""
        return reverse("registry:activity", args=[self.row.pk])

    def after(self, result: Activity) -> str:
        """Returns the address of the record, or of the tasks."""
        if result.record_id:
            return reverse("registry:record", args=[result.record_id])
        return reverse("registry:tasks")

    def context(self) -> Context:
        """Returns the title with the matter."""
        return {"title": f"{self.declaration.word} {self.row.matter.name}", "under": self.row.grid.name}


def activity(request: SignedInRequest, pk: int) -> HttpResponse:
    """A collection: every field that the matter names, prefilled with what is held; or a task that goes on."""
    user, at = request.user, clock.now()
    found = activity_in_sight(user, pk)
    may = policies.ACTIVITY_MAY.open_to(user, found)
    if request.method == "POST":
        policies.ACTIVITY_MAY.require("collect", user, found)
    if found.record is None or "collect" not in may:
        return render(request, "registry/activity.html", _looked_at(found, may))
    circle = circle_of(user, record_in_sight(user, found.record.pk))
    asked = asked_of(circle, found.matter)
    is_post = request.method == "POST"
    form = CollectForm(request.POST if is_post else None, version=found.version, asked=asked)
    refusal, status = None, 200
    if is_post:
        status = 422
        if form.is_valid():
            try:
                _collect(form, found, circle, request, at=at)
                return redirect("registry:record", circle.record.pk)
            except Refusal as refused:
                refusal, status = refused, refused.status
                form.carry(activity_in_sight(user, pk).version)
    context = {
        "title": found.matter.name,
        "under": title_of(circle),
        "activity": found,
        "has_held": any(each.is_held for each in asked),
        "groups": groups_of(circle, form, day=day_of(at)),
        "form": form,
        "refusal": refusal,
        "back": reverse("registry:record", args=[circle.record.pk]),
    }
    return render(request, "registry/collect.html", context, status=status)


def _looked_at(found: Activity, may: list[str]) -> Context:
    return {
        "title": found.matter.name,
        "activity": found,
        "back": reverse("registry:record", args=[found.record_id])
        if found.record_id
        else reverse("registry:tasks"),
        "may_finish": "finish" in may and found.record_id is None,
        "may_give_up": "give_up" in may,
    }


@transaction.atomic
def _collect(
    form: CollectForm, found: Activity, circle: Circle, request: SignedInRequest, *, at: datetime
) -> None:
    """Writes everything that was collected, then finishes; what is refused leaves nothing half saved."""
    found.require_version(form.cleaned_data["version"])
    records = {each.pk: each for each in circle.records}
    for pk, (texts, same) in form.given().items():
        actions.collect(
            found,
            records[pk],
            values=texts,
            confirmed=same,
            source=form.cleaned_data["source"],
            by=request.user,
            at=at,
        )
    actions.finish_activity(found, note=form.cleaned_data["note"], by=request.user, at=at)


def asked_of(circle: Circle, matter: Matter) -> list[Asked]:
    """Returns every field that a matter asks of the records of a circle."""
    return [
        Asked(record, each, each.key in circle.held(record))
        for record in circle.records
        for each in fields_for(matter.collects, record.kind)
    ]


def groups_of(circle: Circle, form: CollectForm, *, day: object) -> list[Context]:
    """Returns what the page shows of each record: its name and its fields, held ones with day and source."""
    groups: list[Context] = []
    for record in circle.records:
        held = circle.held(record)
        rows = [
            {
                "label": each.field.label,
                "box": form[each.key],
                "same": form[f"{each.key}_same"] if each.is_held else None,
                "words": shown(held[each.field.key]) if each.is_held else "",
                "known": known_words(held[each.field.key]) if each.is_held else "",
                "is_due": is_due(each.field, held.get(each.field.key), day=day),  # type: ignore[arg-type]
            }
            for each in form.asked
            if each.record == record
        ]
        if rows:
            groups.append({"name": name_for(circle, record), "rows": rows})
    return groups


def name_for(circle: Circle, record: Record) -> str:
    """Returns the heading of a record's part of the form."""
    return title_of(circle) if record == circle.record else title_of(Circle(record, values=circle.values))
