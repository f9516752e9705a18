"""What the chain of a special grant protects: who asked and decided, what for, until when (Art. 20, 25)."""

from __future__ import annotations

from audit.witnesses import Rows, Witness, register

REQUEST = (
    "status", "grantee_id", "verb", "division_id", "organization_id", "purpose", "asked_by_id", "asked_at",
    "expires_at", "decided_by_id", "decided_at", "decision_note", "review_due_on", "ended_at", "end_note", "grant_id",
)  # fmt: skip
GRANT = ("permission_id", "content_type_id", "object_pk", "user_id", "purpose", "is_special", "expires_at")

register(
    Witness(
        "grant_request",
        (
            (
                Rows("access_grantrequest", REQUEST),
                Rows(
                    "personnel_grant",
                    GRANT,
                    "t.id = (SELECT grant_id FROM access_grantrequest WHERE id = s.id)",
                ),
            ),
        ),
        every="SELECT id FROM access_grantrequest",
    )
)
