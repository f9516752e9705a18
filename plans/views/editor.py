"""The map editor's page and the plain form behind each of its steps; both work without JavaScript."""

from __future__ import annotations

import shapely
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from shapely import Geometry

from accounts.models import User
from accounts.requests import SignedInRequest
from common import clock
from common.errors import Refusal, RuleViolation
from common.numbers import whole_number
from common.shapes import Context
from exchange.crs import SYSTEMS
from grids.models import Division, Grid
from personnel.models import Organization
from plans.actions.steps import VERBS, draw, redo, undo
from plans.drawing_input import DrawingInput, read_units
from plans.examination import findings_of
from plans.features import LotFeature, LotProperties, steps_left, working_map
from plans.layout import layout_of
from plans.lots import Layout
from plans.models import GridPlan, PlanChange
from plans.visibility import plan_in_sight, reach_of, township_of
from worktime.clocks import day_of

LONGEST_COUNT = 2**31 - 1


def editor(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one township of a plan: list, map, forms, findings."""
    plan = plan_in_sight(request.user, pk)
    township = _asked_township(request, plan)
    return _page(request, plan, township, chosen=request.GET.get("grid", ""))


@require_POST
def change(request: SignedInRequest, pk: int, verb: str) -> HttpResponse:
    """Draw one step with the form's input; on refusal the page says why and the form keeps the input."""
    assert isinstance(request.user, User)
    plan = plan_in_sight(request.user, pk)
    if verb not in (*VERBS, "undo", "redo"):
        raise Http404
    township = township_of(plan, request.POST.get("township", ""))
    try:
        plan.version = whole_number(request.POST.get("version", "")) or 0
        with transaction.atomic():  # a refusal rolls back the change, so that the page can still query
            step = _draw_step(plan, verb, request.POST, by=request.user)
    except Refusal as refusal:
        seen = plan_in_sight(request.user, pk)
        chosen = request.POST.get("key", "")
        return _page(request, seen, township, chosen=chosen, refusal=refusal, status=refusal.status)
    messages.success(request, step.sentence)
    kept = request.POST.get("key", "")
    return redirect(f"{reverse('plans:map', args=[pk])}?township={township.code}&grid={kept}")


def _draw_step(plan: GridPlan, verb: str, given: QueryDict, *, by: User) -> PlanChange:
    at = clock.now()
    if verb == "undo":
        return undo(plan, by=by, at=at)
    if verb == "redo":
        return redo(plan, by=by, at=at)
    return draw(plan, verb, drawing_input_in(given), by=by, at=at)


def drawing_input_in(given: QueryDict) -> DrawingInput:
    """Return the input of a form; numbers and choices are checked here, the rest is checked by the verb."""
    return DrawingInput(
        key=given.get("key", ""),
        keys=given.getlist("keys")[:50],
        survivor=given.get("survivor", ""),
        successor=given.get("successor", ""),
        village=given.get("village", ""),
        name=given.get("name", ""),
        kind=_one_of(given, "kind", Grid.Kind.values),
        premises=_one_of(given, "premises", Grid.Premises.values),
        department=_count(given, "department", "请从列表里选择职能部门。"),
        households=_count(given, "households", "户数应为整数。"),
        population=_count(given, "population", "人口应为整数。"),
        units=read_units(str(given["units"])) if "units" in given else None,
        geometry=given.get("geometry"),
        line=given.get("line"),
        crs=given.get("crs", "EPSG:4490"),
    )


def _count(given: QueryDict, name: str, sentence: str) -> int | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    number = whole_number(text)
    if number is None or number > LONGEST_COUNT:
        raise RuleViolation(sentence, field=name)
    return number


def _one_of(given: QueryDict, name: str, known: list[str]) -> str:
    chosen = given.get(name, "")
    if chosen and chosen not in known:
        raise RuleViolation("请从列表里选择。", field=name)
    return chosen


def _page(
    request: SignedInRequest,
    plan: GridPlan,
    township: Division,
    *,
    chosen: str,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    layout = layout_of(plan, township_ids=[township.pk])
    reach = reach_of(request.user, plan)
    rows = [_row(feature) for feature in working_map(layout, township, editable_in=reach)]
    today = day_of(clock.now())
    findings = findings_of(plan, today=today, layout=layout)
    blocking = sum(finding.severity == "blocking" for finding in findings)
    context = {
        "title": f"{township.name} · {plan.title}",
        "plan": {
            "pk": plan.pk,
            "number": plan.number,
            "title": plan.title,
            "version": plan.version,
            "status_label": plan.get_status_display(),
        },
        "township": township,
        "townships": _townships(plan, township),
        "can_edit": reach is None or township.pk in reach,
        "rows": rows,
        "chosen": _chosen(layout, rows, chosen),
        "findings": findings,
        "counts": {"blocking": blocking, "warnings": len(findings) - blocking},
        "refusal": refusal,
        "typed": request.POST if refusal else None,
        **steps_left(plan),
        **_choices(plan, township),
    }
    return render(request, "plans/editor.html", context, status=status)


def _asked_township(request: SignedInRequest, plan: GridPlan) -> Division:
    """Return the township in the address, else the user's own, else the plan's or the county's first."""
    code = request.GET.get("township", "")
    if code:
        return township_of(plan, code)
    places = (
        Division.objects.filter(level="township", parent=plan.county_id).defer("outline").order_by("code")
    )
    touched = plan.grids.order_by("pk").values_list("village__parent_id", flat=True).first()
    reach = reach_of(request.user, plan)
    mine = sorted(reach) if reach else []
    wanted = mine[:1] or ([touched] if touched else [])
    found = places.filter(pk__in=wanted).first() or places.first()
    if found is None:
        raise Http404
    return found


def _townships(plan: GridPlan, here: Division) -> list[tuple[str, str, str, bool]]:
    rows = Division.objects.filter(level="township", parent=plan.county_id).order_by("code")
    base = reverse("plans:map", args=[plan.pk])
    return [
        (code, name, f"{base}?township={code}", code == here.code)
        for code, name in rows.values_list("code", "name")
    ]


class EditorRow(LotProperties):
    """A grid as a row of the editor; the map's script knows it by the same names."""

    has_boundary: bool


class ChosenRow(EditorRow):
    """The chosen grid with its boundary as typed text."""

    nodes: str


def _row(feature: LotFeature) -> EditorRow:
    return {**feature["properties"], "has_boundary": feature["geometry"] is not None}


def _chosen(layout: Layout, rows: list[EditorRow], key: str) -> ChosenRow | None:
    row = next((row for row in rows if row["key"] == key), None)
    if row is None:
        return None
    return {**row, "nodes": _nodes(layout.lots[key].shape)}


def _nodes(shape: Geometry | None) -> str:
    """Return a boundary as typed text: lines of "lon,lat", or GeoJSON if it has holes or several parts."""
    if shape is None:
        return ""
    if shape.geom_type != "Polygon" or shape.interiors:
        return str(shapely.to_geojson(shape))
    return "\n".join(f"{lon:.7f},{lat:.7f}" for lon, lat in list(shape.exterior.coords)[:-1])


def _choices(plan: GridPlan, township: Division) -> Context:
    """Return the choices of the forms: villages (the township's own first), kinds, departments, systems."""
    villages = Division.objects.filter(level="village", parent__parent=plan.county_id).order_by(
        "parent__code", "code"
    )
    rows = list(villages.values_list("code", "name", "parent_id", "parent__name"))
    own = [(code, name) for code, name, parent_id, _ in rows if parent_id == township.pk]
    others = [(code, f"{above} {name}") for code, name, parent_id, above in rows if parent_id != township.pk]
    bodies = Organization.objects.filter(
        is_active=True,
        kind__in=["linkage_department", "service_unit"],
        division__in=[plan.county_id, plan.county.parent_id],
    )
    return {
        "villages": [*own, *others],
        "kinds": Grid.Kind.choices,
        "premises": Grid.Premises.choices,
        "departments": list(bodies.order_by("code").values_list("pk", "name")),
        "systems": [(key, system.name) for key, system in SYSTEMS.items()],
    }
