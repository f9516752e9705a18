"""The life of a grid: drafted by a plan, in force from its day, retired by another plan (Art. 7). Pure."""

from __future__ import annotations

from common.records.moves import Move, MoveTable

STATUSES = {"draft": "拟划", "in_force": "在用", "retired": "停用"}
VERBS = {"enter": "启用", "retire": "停用", "abandon": "作罢"}

GRID_MOVES = MoveTable(
    [
        Move("enter", ("draft",), ("in_force",)),
        Move("retire", ("in_force",), ("retired",)),
        # If a plan is withdrawn before its day, the code stays used and the grid never comes into force.
        Move("abandon", ("draft",), ("retired",)),
    ],
    labels=STATUSES,
    verbs=VERBS,
)
