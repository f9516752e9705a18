"""What the chains of draws and re-checks prove (Art. 12, 25)."""

from __future__ import annotations

from audit.witnesses import Rows, Witness, register

DRAW = ("division_id", "kind", "since", "until", "size", "seed", "population", "drawn_by_id", "drawn_at")
RECHECK = (
    "draw_id", "case_id", "verifier_id", "status", "note", "checked_by_id", "checked_at", "complaint_id",
)  # fmt: skip

register(Witness("recheck_draw", ((Rows("rechecks_draw", DRAW),),), every="SELECT id FROM rechecks_draw"))
register(Witness("recheck", ((Rows("rechecks_recheck", RECHECK),),), every="SELECT id FROM rechecks_recheck"))
