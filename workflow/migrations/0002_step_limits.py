"""The platform's default step limits; every one is a setting that the city may replace from a day on."""

from __future__ import annotations

from datetime import date

from django.db import migrations

HOUR, DAY = 60, 24 * 60
# (step, purpose, urgent, clock, amount): minutes for the hour clocks, days for the day clocks
DEFAULTS = [
    ("self_handling", "due", False, "natural_days", 0),
    ("awaiting_leader", "due", False, "working_days", 1),
    ("coordinating", "due", False, "working_days", 3),
    ("awaiting_acceptance", "due", False, "working_hours", 4 * HOUR),
    ("awaiting_acceptance", "due", True, "around_the_clock", 10),
    ("returned_for_correction", "due", False, "working_days", 1),
    ("returned_for_correction", "lapse", False, "working_days", 3),
    ("awaiting_assignment", "due", False, "working_hours", 4 * HOUR),
    ("awaiting_assignment", "due", True, "around_the_clock", 10),
    ("awaiting_signature", "due", False, "working_hours", 4 * HOUR),
    ("awaiting_signature", "due", True, "around_the_clock", 15),
    ("return_review", "due", False, "working_hours", 4 * HOUR),
    ("return_review", "due", True, "around_the_clock", 15),
    ("matter", "due", False, "working_days", 5),
    ("matter", "due", True, "around_the_clock", DAY),
    ("awaiting_verification", "due", False, "working_days", 1),
    ("awaiting_verification", "due", True, "around_the_clock", 2 * HOUR),
    ("awaiting_rating", "due", False, "natural_days", 5),
    ("any", "escalate", False, "working_hours", 4 * HOUR),
    ("any", "escalate", True, "around_the_clock", 30),
    ("any", "supervise", False, "working_days", 2),
    ("any", "supervise", True, "around_the_clock", 2 * HOUR),
]


def add_defaults(apps, schema_editor) -> None:
    step_limit = apps.get_model("workflow", "StepLimit")
    step_limit.objects.bulk_create(
        step_limit(step=step, purpose=purpose, urgent=urgent, clock=clock, amount=amount, effective_on=date(2025, 1, 1))
        for step, purpose, urgent, clock, amount in DEFAULTS
    )


def remove_defaults(apps, schema_editor) -> None:
    apps.get_model("workflow", "StepLimit").objects.filter(effective_on=date(2025, 1, 1)).delete()


class Migration(migrations.Migration):
    dependencies = [("workflow", "0001_initial")]

    operations = [migrations.RunPython(add_defaults, remove_defaults)]
