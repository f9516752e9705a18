"""What the chain of an improvement task proves (Art. 19, 25)."""

from __future__ import annotations

from audit.witnesses import Rows, Witness, register

TASK = (
    "source", "status", "division_id", "year", "serial", "subject", "follows_id", "unit_id", "person_id", "post",
    "plan", "result", "opened_at", "due_at", "explanation", "is_provisional", "is_extended", "alarm_at",
    "reported_by_id", "ended_at", "event_count",
)  # fmt: skip
EVENT = ("seq", "verb", "actor_id", "post", "at", "to_status", "due_at", "note")

register(
    Witness(
        "improvement",
        (
            (
                Rows("improvement_improvementtask", TASK),
                Rows("improvement_improvementcase", ("case_id", "joined_at"), "t.task_id = s.id"),
                Rows("improvement_improvementevent", EVENT, "t.task_id = s.id"),
            ),
        ),
        every="SELECT id FROM improvement_improvementtask",
    )
)
