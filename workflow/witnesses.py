"""What a case's chain proves: the case, its stays, deadlines, units, events and photos (Art. 18, 25)."""

from __future__ import annotations

from audit.witnesses import Rows, Witness, register

OF_CASE = "t.case_id = s.id"
CASE = (
    "status", "level", "event_count", "light", "urgency", "confidential", "matter_id", "title", "description", "place",
    "answers", "lon", "lat", "accuracy_m", "grid_id", "village_id", "township_id", "county_id", "city_id", "source",
    "reporter_id", "caretaker_id", "for_resident", "rating_code", "rating", "unit_id", "handler_id", "handled_by",
    "result", "return_count", "failed_checks", "escalations", "merged_into_id", "occurred_at", "reported_at",
    "promised_from_at", "due_at", "finish_due_at", "finished_at", "ended_at",
)  # fmt: skip
STAGE = (
    "status", "level", "organization_id", "started_at", "due_at", "clock", "amount", "explanation",
    "calendar_version", "deadline_version", "alarms", "ended_at", "ended_by",
)  # fmt: skip
ASSIGNMENT = ("unit_id", "is_lead", "reason", "assigned_at", "signed_at", "ended_at")
EVENT = ("seq", "verb", "actor_id", "post", "at", "from_status", "to_status", "level", "unit_id", "note")
EFFECT = ("stage_id", "rule", "deadline_version", "due_at", "at")
PHOTO = ("uid", "uploader_id", "kind", "file", "width", "height", "size", "sha256", "created_at")
LIMIT = ("step", "purpose", "urgent", "clock", "amount", "effective_on", "document")


def rows_of_case(stage: tuple[str, ...]) -> tuple[Rows, ...]:
    """Returns a case with everything that belongs to it. ``stage`` names the columns of its stays."""
    return (
        Rows("workflow_case", CASE),
        Rows("workflow_stage", stage, OF_CASE),
        Rows("workflow_assignment", ASSIGNMENT, OF_CASE),
        Rows("workflow_caseevent", EVENT, OF_CASE),
        Rows(
            "workflow_stageeffect",
            EFFECT,
            "t.stage_id IN (SELECT id FROM workflow_stage WHERE case_id = s.id)",
        ),
        Rows("workflow_attachment", PHOTO, OF_CASE),
    )


register(
    Witness(
        "case",
        (rows_of_case(STAGE), rows_of_case((*STAGE, "share_id"))),
        every="SELECT id FROM workflow_case",
    )
)
register(Witness("step_limits", ((Rows("workflow_steplimit", LIMIT, "true"),),), is_founded=True))
