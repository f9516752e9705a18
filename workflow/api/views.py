"""The verbs for phones and other systems: fetch, validate, act, answer."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.idempotency import answer_once, earlier_answer
from accounts.keyed_requests import KEY_HEADER, keyed
from accounts.requests import SignedInCall
from common import clock
from common.errors import RuleViolation
from common.records.keyset import keyset_page
from common.shapes import Cleaned
from matters.api.views import MatterRow
from workflow import actions
from workflow.actions.shares import SHARE_LIFE
from workflow.api.serializers import (
    CaseDetail,
    CasePage,
    EventRow,
    PhotoIn,
    PhotoRow,
    ReportIn,
    ReportOut,
    ShareOut,
    VerbOut,
)
from workflow.models import Case
from workflow.policies import require_photographer, require_reporter
from workflow.queues import QUEUES, cases_in
from workflow.repeats import report_repeated
from workflow.report_choices import reportable_grids, suggest
from workflow.share_verbs import SHARE_VERBS
from workflow.verbs import CASE_VERBS
from workflow.visibility import case_in_sight, share_in_sight
from worktime.clocks import day_of

PAGE_SIZE = 50
QUEUE = OpenApiParameter("queue", str, enum=sorted(QUEUES), description="Which list; default all.")
CURSOR = OpenApiParameter("cursor", str, description="`next_cursor` of the page before.")


class CaseList(APIView):
    """The cases that the user may see, and the address for new reports."""

    @extend_schema(operation_id="cases_list", parameters=[QUEUE, CURSOR], responses=CasePage)
    def get(self, request: SignedInCall) -> Response:
        """Returns one queue, a page at a time."""
        queue = QUEUES.get(request.query_params.get("queue", "all"))
        if queue is None:
            raise RuleViolation("没有这个列表。", field="queue")
        page = keyset_page(
            cases_in(queue, request.user).with_names(),
            order=queue.order,
            cursor=request.query_params.get("cursor", ""),
            size=PAGE_SIZE,
        )
        return Response(CasePage({"rows": page.rows, "next_cursor": page.next_cursor}).data)

    @extend_schema(
        operation_id="cases_report", parameters=[KEY_HEADER], request=ReportIn, responses={201: ReportOut}
    )
    def post(self, request: SignedInCall) -> Response:
        """Reports a matter (Art. 18)."""
        at = clock.now()
        require_reporter(request.user, at=at)
        request_key = keyed(request)

        def act() -> tuple[int, Any]:
            received = ReportIn(data=request.data)
            received.is_valid(raise_exception=True)
            case = actions.report_case(received.draft(), by=request.user, at=at)
            return 201, plain(ReportOut(case, context={"request": request}).data)

        status, body = report_repeated(lambda: answer_once(request_key, act, at=at))
        return Response(body, status=status)


class CaseView(APIView):
    """One case."""

    @extend_schema(operation_id="cases_read", responses=CaseDetail)
    def get(self, request: SignedInCall, pk: int) -> Response:
        """Returns a case and the verbs that are open to the user now."""
        return Response(CaseDetail(case_in_sight(request.user, pk), context={"request": request}).data)


class CaseEvents(APIView):
    """The history of a case."""

    @extend_schema(operation_id="cases_events", responses=EventRow(many=True))
    def get(self, request: SignedInCall, pk: int) -> Response:
        """Returns who did what and when, starting with the report."""
        events = case_in_sight(request.user, pk).events.order_by("seq").select_related("actor")
        return Response(EventRow(events, many=True).data)


class VerbView(APIView):
    """One verb on one case. ``urls`` makes the subclass for each verb from the table."""

    verb = ""

    def post(self, request: SignedInCall, pk: int) -> Response:
        """Runs the verb. A stale ``version`` gets a 409 that says who changed the case."""
        request_key = keyed(request)
        at = clock.now()

        def act() -> tuple[int, Any]:
            case = case_in_sight(request.user, pk)
            fields = self.input_of(request, case)
            case.version = fields.pop("version")
            moved = CASE_VERBS[self.verb].act(case, **fields, by=request.user, at=at)
            return 200, dict(VerbOut(moved).data)

        status, body = answer_once(request_key, act, at=at)
        return Response(body, status=status)

    def input_of(self, request: SignedInCall, case: Case) -> Cleaned:
        """Validates the body against the verb's shape."""
        received = CASE_VERBS[self.verb].input(data=request.data, context={"request": request, "case": case})
        received.is_valid(raise_exception=True)
        cleaned: Cleaned = dict(received.validated_data)
        return cleaned


class ShareVerbView(APIView):
    """One verb on one assisting unit's share. ``urls`` makes the subclass for each verb from the table."""

    verb = ""

    def post(self, request: SignedInCall, pk: int, share: int) -> Response:
        """Runs the verb. A stale ``version`` gets a 409 that says who changed the share."""
        request_key = keyed(request)
        at = clock.now()

        def act() -> tuple[int, Any]:
            found = share_in_sight(request.user, pk, share)
            SHARE_LIFE.require_open(found, self.verb, by=request.user)
            received = SHARE_VERBS[self.verb].input(data=request.data, context={"share": found})
            received.is_valid(raise_exception=True)
            fields: Cleaned = dict(received.validated_data)
            found.version = fields.pop("version")
            moved = SHARE_VERBS[self.verb].act(found, **fields, by=request.user, at=at)
            return 200, dict(ShareOut(moved).data)

        status, body = answer_once(request_key, act, at=at)
        return Response(body, status=status)


class PhotoList(APIView):
    """Photos are uploaded one at a time, before the report that names them."""

    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="photos_upload", parameters=[KEY_HEADER], request=PhotoIn, responses={201: PhotoRow}
    )
    def post(self, request: SignedInCall) -> Response:
        """Stores one photo, decoded and encoded again."""
        at = clock.now()
        require_photographer(request.user, at=at)
        request_key = keyed(request)
        if earlier := earlier_answer(request_key):  # checked before a second file is written
            return Response(earlier[1], status=earlier[0])

        status, body = answer_once(request_key, lambda: stored_photo(request, at=at), at=at)
        return Response(body, status=status)


def stored_photo(request: SignedInCall, *, at: datetime) -> tuple[int, Any]:
    """Stores the photo of a request; returns the HTTP status and the JSON body of the answer."""
    received = PhotoIn(data=request.data)
    received.is_valid(raise_exception=True)
    upload, kind = received.validated_data["photo"], received.validated_data["kind"]
    photo = actions.take_photo(upload, size=upload.size, kind=kind, by=request.user, at=at)
    return 201, plain(PhotoRow(photo).data)


def plain(data: Any) -> Any:
    """Returns the answer as plain JSON values, so that the stored copy and the first answer are equal."""
    return json.loads(
        json.dumps(data, default=lambda value: value.pk if isinstance(value, Model) else str(value))
    )


class SuggestView(APIView):
    """Suggests matters while the user types, the eight most likely first."""

    @extend_schema(
        operation_id="matters_suggest",
        parameters=[
            OpenApiParameter("grid", str, required=True, description="Code of the grid one reports in."),
            OpenApiParameter(
                "q", str, description="Characters, pinyin or initials; empty: what is likely here."
            ),
        ],
        responses=MatterRow(many=True),
    )
    def get(self, request: SignedInCall) -> Response:
        """Returns at most eight matters of the list in force there."""
        code = request.query_params.get("grid", "")[:21]
        grid = next((each for each in reportable_grids(request.user) if each.code == code), None)
        if grid is None:
            raise Http404
        township = grid.village.parent
        found = suggest(
            request.user,
            (township and township.parent_id) or 0,
            day=day_of(clock.now()),
            grid_ids=[grid.pk],
            word=request.query_params.get("q", ""),
        )
        return Response(MatterRow(found, many=True).data)
