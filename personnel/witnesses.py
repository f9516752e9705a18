"""What the chains of posts and bodies protect (Art. 5, 10, 25)."""

from __future__ import annotations

from audit.witnesses import Rows, Witness, register

GRID_POST = (
    "user_id", "role", "village_id", "grid_id", "source", "appointed_by_id", "document", "stands_in_for_id",
    "posted_by_id", "starts_on", "ends_on",
)  # fmt: skip
OFFICE_POST = ("user_id", "role", "organization_id", "posted_by_id", "starts_on", "ends_on")
REQUEST = (
    "status", "user_id", "role", "village_id", "grid_id", "organization_id", "covers_id", "starts_on", "until",
    "source", "appointed_by_id", "document", "asked_by_id", "asked_at", "decided_by_id", "decided_at", "note",
    "grid_posting_id", "office_posting_id",
)  # fmt: skip
BODY = (
    "code", "name", "kind", "function", "division_id", "parent_id", "duty_phone", "office_hours", "is_active",
    "founded_on", "ended_on", "merged_into_id",
)  # fmt: skip
FORMER = ("name", "parent_id", "until", "document")

register(
    Witness(
        "grid_posting",
        ((Rows("personnel_gridposting", GRID_POST),),),
        every="SELECT id FROM personnel_gridposting",
    )
)
register(
    Witness(
        "office_posting",
        ((Rows("personnel_officeposting", OFFICE_POST),),),
        every="SELECT id FROM personnel_officeposting",
    )
)
register(
    Witness(
        "organization",
        (
            (
                Rows("personnel_organization", BODY),
                Rows("personnel_formerorganization", FORMER, "t.organization_id = s.id"),
            ),
        ),
        every="SELECT id FROM personnel_organization",
    )
)
register(
    Witness(
        "post_request",
        ((Rows("personnel_postrequest", REQUEST),),),
        every="SELECT id FROM personnel_postrequest",
    )
)
