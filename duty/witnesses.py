"""What the chain of a shift proves (Art. 25)."""

from __future__ import annotations

from audit.witnesses import Rows, Witness, register

SHIFT = (
    "body_id", "person_id", "stand_in_id", "starts_at", "ends_at", "status", "note", "handed_over_at", "entered_by_id",
    "entered_at",
)  # fmt: skip

register(
    Witness(
        "duty_shift",
        ((Rows("duty_dutyshift", SHIFT, "t.id = s.id"),),),
        every="SELECT id FROM duty_dutyshift",
    )
)
