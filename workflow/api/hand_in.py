"""What the phone of a closed account may send: photos and reports of before the closing (Art. 10, 18)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.handing_in import KeptPhone
from accounts.idempotency import answer_once, earlier_answer
from accounts.keyed_requests import KEY_HEADER, keyed
from accounts.requests import SignedInCall
from common import clock
from common.errors import KeyReused
from common.shapes import Json
from workflow import actions
from workflow.api.serializers import PhotoIn, ReportIn, ReportOut
from workflow.api.views import plain, stored_photo
from workflow.notices import words_to_writer
from workflow.policies import require_photographer
from workflow.repeats import report_repeated


class HandedIn(serializers.Serializer[Json]):
    """A report that was taken in: its number and a sentence for its writer, who cannot open it."""

    number = serializers.CharField()
    sentence = serializers.CharField()


class HandedInPhoto(serializers.Serializer[Json]):
    """A photo that was taken in; the report names it by ``uid``."""

    uid = serializers.UUIDField()


class HandInReport(APIView):
    """The address for reports of a phone whose account is closed."""

    authentication_classes = (KeptPhone,)
    permission_classes = ()

    @extend_schema(
        operation_id="hand_in_report", parameters=[KEY_HEADER], request=ReportIn, responses={201: HandedIn}
    )
    def post(self, request: SignedInCall) -> Response:
        """Takes in what was written before the closing; the key is that of an ordinary report (Art. 10, 18)."""
        at, writer = clock.now(), request.user
        request_key = keyed(request, address=reverse("api:cases"))

        def act() -> tuple[int, Any]:
            received = ReportIn(data=request.data)
            received.is_valid(raise_exception=True)
            case = actions.report_case(received.draft(), by=writer, at=at)
            shown = ReportOut(case, context={"request": request}).data
            return 201, plain({**shown, "told": words_to_writer(case)})

        try:
            _, body = report_repeated(lambda: answer_once(request_key, act, at=at))
        except KeyReused as refusal:
            raise KeyReused(refusal.answer, refusal.sentence) from refusal  # without the address of the case
        sentence = body["told"] or f"编号 {body['number']}：已经收到。"
        return Response({"number": body["number"], "sentence": sentence}, status=201)


class HandInPhoto(APIView):
    """The address for photos of a phone whose account is closed."""

    authentication_classes = (KeptPhone,)
    permission_classes = ()
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="hand_in_photo",
        parameters=[KEY_HEADER],
        request=PhotoIn,
        responses={201: HandedInPhoto},
    )
    def post(self, request: SignedInCall) -> Response:
        """Stores one photo for a report that follows."""
        at = clock.now()
        require_photographer(request.user, at=at)
        request_key = keyed(request, address=reverse("api:photos"))
        earlier = earlier_answer(request_key)  # checked before a second file is written
        _, body = earlier or answer_once(request_key, lambda: stored_photo(request, at=at), at=at)
        return Response({"uid": body["uid"]}, status=201)
