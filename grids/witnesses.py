"""What the chains of divisions, grids and code rules protect: today's state and every earlier one (Art. 4, 7, 25)."""

from __future__ import annotations

from audit.witnesses import Rows, Witness, register

DIVISION = ("code", "name", "level", "parent_id", "is_placeholder")
FORMER = ("name", "parent_id", "until", "document")
SHAPE = ("min_lon", "min_lat", "max_lon", "max_lat", "households", "population", "code", "village_id")
GRID = (
    "name", "kind", "premises", "sha256(t.boundary)", *SHAPE, "status", "in_force_on", "retired_on", "successor_id",
    "is_demonstration",
)  # fmt: skip
VERSION = ("name", "kind", "premises", "sha256(t.boundary)", *SHAPE, "valid_from", "valid_to", "source")
UNIT = ("version_id", "kind", "name", "address", "households")
CODE = ("code", "rule_id", "given_on")
RULE = ("title", "document", "effective_on", "segments", "ranges", "allocation", "applied_at")

register(
    Witness(
        "division",
        ((Rows("grids_division", DIVISION), Rows("grids_formerdivision", FORMER, "t.division_id = s.id")),),
        every="SELECT id FROM grids_division",
    )
)
register(
    Witness(
        "grid",
        (
            (
                Rows("grids_grid", GRID),
                Rows("grids_gridversion", VERSION, "t.grid_id = s.id"),
                Rows(
                    "grids_gridunit",
                    UNIT,
                    "t.version_id = ANY(ARRAY(SELECT id FROM grids_gridversion WHERE grid_id = s.id))",
                ),
                Rows("grids_gridcode", CODE, "t.grid_id = s.id"),
            ),
        ),
        every="SELECT id FROM grids_grid",
    )
)
register(Witness("code_rules", ((Rows("grids_coderule", RULE, "true"),),), is_founded=True))
