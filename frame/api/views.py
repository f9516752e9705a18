"""The user's own account and notices."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.idempotency import answer_once
from accounts.keyed_requests import KEY_HEADER, keyed
from accounts.requests import SignedInCall
from common import clock
from common.records.keyset import keyset_page
from common.web.bounded import BoundedListField
from frame.inbox import mark_read, messages_for
from notifications.models import Message
from personnel.scopes import grants_held
from workflow.report_choices import my_grids


class MessageRow(serializers.Serializer[Message]):
    """One notice."""

    id = serializers.IntegerField(source="pk")
    topic = serializers.CharField()
    subject = serializers.CharField()
    sentence = serializers.CharField()
    sent_at = serializers.DateTimeField()
    is_read = serializers.BooleanField()


class MessagePage(serializers.Serializer[Any]):
    """A page of notices. ``next_cursor`` is empty on the last page."""

    rows = MessageRow(many=True)
    next_cursor = serializers.CharField(allow_blank=True)


class ReadIn(serializers.Serializer[Any]):
    """The notices that were read."""

    ids = BoundedListField(child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), max_length=200)


class Me(APIView):
    """The signed-in account."""

    @extend_schema(operation_id="me", responses=OpenApiTypes.OBJECT)
    def get(self, request: SignedInCall) -> Response:
        """Returns the name, the grants in effect, and the grids that the user may report in."""
        return Response(
            {
                "name": request.user.name,
                "username": request.user.username,
                "grants": [list(grant) for grant in grants_held(request.user)],
                "grids": [
                    {"id": grid.pk, "code": grid.code, "name": grid.name} for grid in my_grids(request.user)
                ],
            }
        )


class MessageList(APIView):
    """The inbox."""

    @extend_schema(
        operation_id="messages_list",
        parameters=[OpenApiParameter("cursor", str)],
        responses=MessagePage,
    )
    def get(self, request: SignedInCall) -> Response:
        """Returns notices, newest first, a page at a time."""
        page = keyset_page(
            messages_for(request.user), order=("-pk",), cursor=request.query_params.get("cursor", "")
        )
        return Response(MessagePage({"rows": page.rows, "next_cursor": page.next_cursor}).data)

    @extend_schema(
        operation_id="messages_read", parameters=[KEY_HEADER], request=ReadIn, responses=OpenApiTypes.OBJECT
    )
    def post(self, request: SignedInCall) -> Response:
        """Marks notices as read. Repeating it changes nothing."""

        def act() -> tuple[int, dict[str, int]]:
            received = ReadIn(data=request.data)
            received.is_valid(raise_exception=True)
            return 200, {"marked": mark_read(request.user, received.validated_data["ids"])}

        status, body = answer_once(keyed(request), act, at=clock.now())
        return Response(body, status=status)
