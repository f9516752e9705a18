"""What the chains of records and activities vouch for (Art. 15, 25)."""

from __future__ import annotations

from audit.witnesses import Rows, Witness, register

RECORD = (
    "uid", "kind", "status", "grid_id", "village_id", "township_id", "county_id", "lon", "lat", "guarded_until",
    "merged_into_id", "end_ground", "ended_on", "registered_by_id", "registered_at", "checked_at",
)  # fmt: skip
VALUE = (
    "uid", "field", "shown", "source", "supplier", "matter_id", "activity_id", "by_id", "at", "confirmed_by_id",
    "confirmed_at", "until", "erased_at",
)  # fmt: skip
RELATION = ("target_id", "kind", "role", "since", "until", "ended_with_id", "by_id", "at")
MERGER = ("into_id", "moved", "by_id", "at", "undone_by_id", "undone_at")
PLACEMENT = ("from_grid_id", "to_grid_id", "reason", "by_id", "at")
ACTIVITY = (
    "matter_id", "grid_id", "township_id", "record_id", "status", "by_id", "begun_at", "ended_at", "reached", "note",
)  # fmt: skip

register(
    Witness(
        "record",
        (
            (
                Rows("registry_record", RECORD),
                Rows("registry_value", VALUE, "t.record_id = s.id"),
                Rows("registry_relation", RELATION, "t.source_id = s.id"),
                Rows("registry_placement", PLACEMENT, "t.record_id = s.id"),
                Rows("registry_merger", MERGER, "t.record_id = s.id"),
            ),
        ),
        every="SELECT id FROM registry_record",
    )
)
register(
    Witness("activity", ((Rows("registry_activity", ACTIVITY),),), every="SELECT id FROM registry_activity")
)
