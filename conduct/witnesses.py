"""What the chain of a complaint protects: the complaint, the statement, the finding and the answer (Art. 12, 25)."""

from __future__ import annotations

from audit.witnesses import Rows, Witness, register

COMPLAINT = (
    "uid", "status", "code_hash", "kind", "text", "occurred_on", "grid_id", "person_id", "division_id", "source",
    "complained_at", "due_at", "explanation", "heard_by_at", "statement", "stated_at", "finding", "effect", "answer",
    "decided_by_id", "decided_at",
)  # fmt: skip

register(
    Witness(
        "complaint",
        (
            (
                Rows("conduct_complaint", COMPLAINT),
                Rows("conduct_complaintphoto", ("uid", "file", "state"), "t.complaint_id = s.id"),
            ),
        ),
        every="SELECT id FROM conduct_complaint",
    )
)
