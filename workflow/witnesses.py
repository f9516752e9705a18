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
SHARED = ("status", "task", "due_at", "result")
EVENT = ("seq", "verb", "actor_id", "post", "at", "from_status", "to_status", "level", "unit_id", "note")
EFFECT = ("stage_id", "rule", "deadline_version", "due_at", "at")
PHOTO = ("uid", "uploader_id", "kind", "file", "width", "height", "size", "sha256", "created_at")
PLANNED = ("share_id", "counted_from", "is_rest", "is_provisional")
TAKEN = ("taken_by_id", "taken_at")
ASKED = (
    "kind", "ground", "clock", "amount", "review_on", "asked_by_id", "asked_at", "due_before", "decision",
    "decided_by_id", "decided_at", "resumed_at", "due_after",
)  # fmt: skip
CHANGE = ("stage_id", "replanning_id", "deadline_version", "due_before", "due_after", "explanation_before")
RECURS = ("earlier_id", "earlier_m")
REPORTED = ("reported_township_id", "reported_county_id")
DESK = ("township_id", "county_id", "until")
LIMIT = ("step", "purpose", "urgent", "clock", "amount", "effective_on", "document")


def rows_of_case(
    stage: tuple[str, ...], case: tuple[str, ...] = CASE, part: tuple[str, ...] = ASSIGNMENT
) -> tuple[Rows, ...]:
    """Returns a case with everything that belongs to it.

    ``stage`` names the columns of its stays, ``case`` its own, ``part`` those of the parts of units.
    """
    return (
        Rows("workflow_case", case),
        Rows("workflow_stage", stage, OF_CASE),
        Rows("workflow_assignment", part, OF_CASE),
        Rows("workflow_caseevent", EVENT, OF_CASE),
        Rows(
            "workflow_stageeffect",
            EFFECT,
            "t.stage_id = ANY(ARRAY(SELECT id FROM workflow_stage WHERE case_id = s.id))",
        ),
        Rows("workflow_attachment", PHOTO, OF_CASE),
    )


register(
    Witness(
        "case",
        (
            rows_of_case(STAGE),
            rows_of_case((*STAGE, "share_id")),
            (
                *rows_of_case((*STAGE, "share_id"), (*CASE, *REPORTED)),
                Rows("workflow_formerdesk", DESK, OF_CASE),
            ),
            (
                *rows_of_case((*STAGE, *PLANNED), (*CASE, *REPORTED), (*ASSIGNMENT, *SHARED)),
                Rows("workflow_formerdesk", DESK, OF_CASE),
                Rows("workflow_timerequest", ASKED, OF_CASE),
                Rows(
                    "workflow_deadlinechange",
                    CHANGE,
                    "t.stage_id = ANY(ARRAY(SELECT id FROM workflow_stage WHERE case_id = s.id))",
                ),
            ),
            (
                *rows_of_case(
                    (*STAGE, *PLANNED, *TAKEN), (*CASE, *REPORTED, "called", *RECURS), (*ASSIGNMENT, *SHARED)
                ),
                Rows("workflow_formerdesk", DESK, OF_CASE),
                Rows("workflow_timerequest", ASKED, OF_CASE),
                Rows(
                    "workflow_deadlinechange",
                    CHANGE,
                    "t.stage_id = ANY(ARRAY(SELECT id FROM workflow_stage WHERE case_id = s.id))",
                ),
            ),
        ),
        every="SELECT id FROM workflow_case",
    )
)
ACT = ("reason", "calendar_version", "by_id", "at", "last_stage", "moved", "earlier", "finished_at")
register(
    Witness(
        "replanning",
        ((Rows("workflow_replanning", ACT, "t.id = s.id"),),),
        every="SELECT id FROM workflow_replanning",
        since="EXISTS (SELECT FROM workflow_replanning r WHERE r.id = s.id AND r.finished_at IS NOT NULL)",
    )
)
register(Witness("step_limits", ((Rows("workflow_steplimit", LIMIT, "true"),),), is_founded=True))
