"""The tables of the register."""

from __future__ import annotations

from registry.models.activities import Activity
from registry.models.imports import PeopleImport
from registry.models.pairs import Merger, Pair
from registry.models.records import FollowedVersion, Placement, Record, Relation
from registry.models.values import SearchKey, Value

__all__ = [
    "Activity",
    "FollowedVersion",
    "Merger",
    "Pair",
    "PeopleImport",
    "Placement",
    "Record",
    "Relation",
    "SearchKey",
    "Value",
]
