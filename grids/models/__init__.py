"""The territory: the tree of divisions, the grids and their codes, on any day."""

from grids.models.codes import CodeRule, GridCode
from grids.models.divisions import DIVISION_VERBS, Division, FormerDivision
from grids.models.grids import GRID_VERBS, GeometryVersion, Grid, GridFacts, GridUnit, GridVersion

__all__ = [
    "DIVISION_VERBS",
    "GRID_VERBS",
    "CodeRule",
    "Division",
    "FormerDivision",
    "GeometryVersion",
    "Grid",
    "GridCode",
    "GridFacts",
    "GridUnit",
    "GridVersion",
]
