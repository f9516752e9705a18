"""The API of the map editor: a plan's working map, drawing steps and findings."""

from __future__ import annotations

from typing import Any, TypedDict

from django.http import JsonResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.idempotency import answer_once
from accounts.keyed_requests import KEY_HEADER, keyed
from accounts.models import User
from accounts.requests import SignedInCall
from common import clock
from common.shapes import Cleaned, Json
from grids.facts import Unit
from grids.models import Division
from plans.actions.steps import draw, redo, undo
from plans.api.serializers import ChangeIn, ChangeOut, FindingOut, FindingsOut
from plans.drawing_input import DrawingInput
from plans.examination import findings_of
from plans.features import LotFeature, features_of, outline_features, register_map, steps_left, working_map
from plans.layout import layout_of
from plans.models import GridPlan, PlanChange
from plans.visibility import plan_in_sight, reach_of, township_of
from worktime.clocks import day_of

TOWNSHIP = OpenApiParameter("township", str, description="9-digit code of a township of the plan's county.")
COLLECTION = {(200, "application/geo+json"): OpenApiTypes.OBJECT}


class PlanMap(APIView):
    """One township as the plan changes it."""

    @extend_schema(operation_id="plans_map", parameters=[TOWNSHIP], responses=COLLECTION)
    def get(self, request: SignedInCall, pk: int) -> JsonResponse:
        """GeoJSON at full precision, with the plan's version and the outlines of the villages."""
        plan = plan_in_sight(request.user, pk)
        township = township_of(plan, request.query_params.get("township", ""))
        layout = layout_of(plan, township_ids=[township.pk])
        features = working_map(layout, township, editable_in=reach_of(request.user, plan))
        return geojson(
            {
                "type": "FeatureCollection",
                "version": plan.version,
                "features": features,
                "outlines": {"type": "FeatureCollection", "features": outline_features(township)},
                **steps_left(plan),
            }
        )


class RegisterMap(APIView):
    """The same township as it is in force today, for comparison."""

    @extend_schema(operation_id="plans_register_map", parameters=[TOWNSHIP], responses=COLLECTION)
    def get(self, request: SignedInCall, pk: int) -> JsonResponse:
        """GeoJSON at full precision."""
        plan = plan_in_sight(request.user, pk)
        township = township_of(plan, request.query_params.get("township", ""))
        return geojson({"type": "FeatureCollection", "features": register_map(township)})


class PlanChanges(APIView):
    """The drawing steps of a plan."""

    @extend_schema(
        operation_id="plans_change", parameters=[KEY_HEADER], request=ChangeIn, responses={200: ChangeOut}
    )
    def post(self, request: SignedInCall, pk: int) -> Response:
        """Draw one step, take one back or do one again."""
        request_key = keyed(request)
        at = clock.now()

        def act() -> tuple[int, Any]:
            plan = plan_in_sight(request.user, pk)
            received = ChangeIn(data=request.data)
            received.is_valid(raise_exception=True)
            values = dict(received.validated_data)
            plan.version = values.pop("version")
            step = _draw_step(plan, values.pop("verb"), values, by=request.user, at=at)
            return 200, dict(ChangeOut(changed(request.user, pk, step, at=at)).data)

        status, body = answer_once(request_key, act, at=at)
        return Response(body, status=status)


class PlanFindings(APIView):
    """The findings of the checks on the plan as it is now."""

    @extend_schema(operation_id="plans_findings", responses=FindingsOut)
    def get(self, request: SignedInCall, pk: int) -> Response:
        """Every finding with the place to jump to."""
        plan = plan_in_sight(request.user, pk)
        today = day_of(clock.now())
        return Response({"findings": FindingOut(findings_of(plan, today=today), many=True).data})


def _draw_step(plan: GridPlan, verb: str, values: Cleaned, *, by: User, at: Any) -> PlanChange:
    if verb == "undo":
        return undo(plan, by=by, at=at)
    if verb == "redo":
        return redo(plan, by=by, at=at)
    units = values.pop("units")
    redrawn = values.pop("shapes")
    known = None if units is None else [Unit(**unit) for unit in units]
    return draw(plan, verb, DrawingInput(units=known, redrawn=redrawn, **values), by=by, at=at)


class FindingCounts(TypedDict):
    """How many findings there are."""

    blocking: int
    warnings: int


class Changed(TypedDict):
    """A plan after a step, as :class:`ChangeOut` writes it."""

    version: int
    sentence: str
    features: list[LotFeature]
    removed: list[str]
    findings: FindingCounts
    can_undo: bool
    can_redo: bool


def changed(user: User, pk: int, step: PlanChange, *, at: Any) -> Changed:
    """Return the plan after a step: the changed features and the number of findings."""
    plan = plan_in_sight(user, pk)
    keys = set(step.after) | set(step.before)
    villages = {state["village_id"] for state in (*step.after.values(), *step.before.values()) if state}
    townships = Division.objects.filter(pk__in=villages).values_list("parent_id", flat=True)
    layout = layout_of(plan, township_ids=[pk for pk in townships if pk])
    findings = findings_of(plan, today=day_of(at), layout=layout)
    blocking = sum(finding.severity == "blocking" for finding in findings)
    here = [layout.lots[key] for key in sorted(keys) if key in layout.lots]
    return {
        "version": plan.version,
        "sentence": ("已撤销：" if step.undone_at else "") + step.sentence,
        "features": features_of(here, editable_in=reach_of(user, plan)),
        "removed": sorted(keys - set(layout.lots)),
        "findings": {"blocking": blocking, "warnings": len(findings) - blocking},
        **steps_left(plan),
    }


def geojson(body: Json) -> JsonResponse:
    """Return a GeoJSON response that must not be stored by caches."""
    answer = JsonResponse(body, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})
    answer["Content-Type"] = "application/geo+json"
    answer["Cache-Control"] = "private, no-store"
    return answer
