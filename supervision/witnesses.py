"""What the chain of a supervision order proves (Art. 25)."""

from __future__ import annotations

from audit.witnesses import Rows, Witness, register

ORDER = (
    "case_id", "status", "ground", "effect_of_id", "seat_id", "year", "serial", "level", "division_id", "unit_id",
    "person_id", "post", "questions", "issued_by_id", "issued_at", "answer_due_at", "explanation", "climb_at", "climbs",
    "received_by_id", "received_at", "answer", "answered_by_id", "answered_at", "effect", "decided_by_id", "ended_at",
    "event_count",
)  # fmt: skip
EVENT = ("seq", "verb", "actor_id", "post", "at", "to_status", "level", "due_at", "note")

register(
    Witness(
        "supervision_order",
        (
            (
                Rows("supervision_supervisionorder", ORDER),
                Rows("supervision_orderevent", EVENT, "t.order_id = s.id"),
            ),
        ),
        every="SELECT id FROM supervision_supervisionorder",
    )
)
