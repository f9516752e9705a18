"""What may be reported in a county today."""

from __future__ import annotations

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common import clock
from grids.models import Division
from matters.models import Matter
from worktime.clocks import day_of


class MatterRow(serializers.Serializer[Matter]):
    """One matter of the list in force."""

    id = serializers.IntegerField(source="pk")
    code = serializers.CharField()
    category = serializers.IntegerField()
    name = serializers.CharField()
    initials = serializers.CharField()
    kind = serializers.CharField()
    severity = serializers.IntegerField()
    evidence_required = serializers.BooleanField()
    confidential = serializers.BooleanField()


class MatterListView(APIView):
    """The list in force of a county."""

    @extend_schema(
        operation_id="matters_list",
        parameters=[OpenApiParameter("county", str, required=True, description="Six-digit code.")],
        responses=MatterRow(many=True),
    )
    def get(self, request: Request) -> Response:
        """Returns everything that can be reported in the county today, by code."""
        county = Division.objects.filter(
            code=request.query_params.get("county", ""), level=Division.Level.COUNTY
        ).first()
        if county is None:
            raise Http404
        today = day_of(clock.now())
        matters = Matter.objects.in_force(county.pk, today).reportable().order_by("code")
        return Response(MatterRow(matters, many=True).data)
