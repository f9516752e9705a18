"""The input and output of the plans API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.web.bounded import BoundedJSONField, BoundedListField
from common.web.parsers import CodeField
from exchange.crs import SYSTEMS
from grids.facts import Unit
from grids.models import Grid, GridUnit
from plans.actions.steps import VERBS
from plans.drawing_input import MOST_NODES, MOST_SHAPES

LARGEST = 2**31 - 1
MOST_VALUES = (
    10 * MOST_NODES
)  # a point is a list of two or three numbers; too many points get their own sentence
LONGEST_SHAPE = 200_000  # characters of a shape sent as text
MANY_POINTS = f"坐标应为最多 {MOST_NODES} 个点，请先简化。"
MOST_UNITS = 2_000  # in one grid
TAKING_BACK = ("undo", "redo")


class GridUnitIn(serializers.Serializer[Unit]):
    """A basic unit of a grid (Art. 8)."""

    kind = serializers.ChoiceField(GridUnit.Kind.choices)
    name = serializers.CharField(max_length=80)
    address = serializers.CharField(max_length=200, allow_blank=True, default="")
    households = serializers.IntegerField(min_value=0, max_value=1_000_000, allow_null=True, default=None)


class ShapeIn(serializers.Serializer[Any]):
    """A grid of the plan and its new boundary."""

    key = CodeField(max_length=24)
    geometry = BoundedJSONField(
        max_values=MOST_VALUES,
        max_text=LONGEST_SHAPE,
        sentence=MANY_POINTS,
        help_text="GeoJSON Polygon in `crs`",
    )


class ChangeIn(serializers.Serializer[Any]):
    """One step of drawing; each verb takes what it needs of these."""

    verb = serializers.ChoiceField([*VERBS, *TAKING_BACK])
    version = serializers.IntegerField(min_value=1, max_value=LARGEST)
    key = CodeField(max_length=24, default="", allow_blank=True)
    keys = BoundedListField(child=CodeField(max_length=24), max_length=50, default=list)
    survivor = CodeField(max_length=24, default="", allow_blank=True)
    successor = CodeField(max_length=24, default="", allow_blank=True)
    village = CodeField(max_length=12, default="", allow_blank=True, help_text="12-digit code")
    name = serializers.CharField(max_length=5000, default="", allow_blank=True)
    kind = serializers.ChoiceField(Grid.Kind.choices, default="", allow_blank=True)
    premises = serializers.ChoiceField(Grid.Premises.choices, default="", allow_blank=True)
    department = serializers.IntegerField(min_value=1, max_value=LARGEST, allow_null=True, default=None)
    households = serializers.IntegerField(min_value=0, max_value=LARGEST, allow_null=True, default=None)
    population = serializers.IntegerField(min_value=0, max_value=LARGEST, allow_null=True, default=None)
    units = GridUnitIn(many=True, allow_null=True, default=None, max_length=MOST_UNITS)
    geometry = BoundedJSONField(
        max_values=MOST_VALUES,
        max_text=LONGEST_SHAPE,
        sentence=MANY_POINTS,
        default=None,
        allow_null=True,
        help_text="GeoJSON Polygon in `crs`",
    )
    line = BoundedJSONField(
        max_values=MOST_VALUES,
        max_text=LONGEST_SHAPE,
        sentence=MANY_POINTS,
        default=None,
        allow_null=True,
        help_text="[[lon, lat], …] in `crs`",
    )
    shapes = ShapeIn(many=True, default=list, max_length=MOST_SHAPES)
    crs = serializers.ChoiceField(
        [(key, system.name) for key, system in SYSTEMS.items()], default="EPSG:4490"
    )


class FeatureOut(serializers.Serializer[Any]):
    """A grid of the plan as a GeoJSON feature."""

    type = serializers.CharField()
    id = serializers.CharField()
    properties = serializers.DictField()
    geometry = serializers.JSONField(allow_null=True)


class FindingOut(serializers.Serializer[Any]):
    """One fault that the checks found, with the place to jump to in degrees."""

    rule = serializers.CharField()
    severity = serializers.ChoiceField(["blocking", "warning"])
    sentence = serializers.CharField()
    keys = serializers.ListField(child=serializers.CharField())
    lon = serializers.FloatField(allow_null=True)
    lat = serializers.FloatField(allow_null=True)
    area_m2 = serializers.FloatField(allow_null=True)


class FindingsOut(serializers.Serializer[Any]):
    """All findings of a plan."""

    findings = FindingOut(many=True)


class ChangeOut(serializers.Serializer[Any]):
    """What a step changed."""

    version = serializers.IntegerField()
    sentence = serializers.CharField()
    features = FeatureOut(many=True)
    removed = serializers.ListField(child=serializers.CharField())
    can_undo = serializers.BooleanField()
    can_redo = serializers.BooleanField()
    findings = serializers.DictField(child=serializers.IntegerField())
