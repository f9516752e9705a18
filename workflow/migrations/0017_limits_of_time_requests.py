"""The platform's default limits for a conference and for decisions about extension and shelving; the city may replace them."""

from __future__ import annotations

from datetime import date

from django.db import migrations

FIRST_DAY = date(2025, 1, 1)
DEFAULTS = [
    ("conference", "due", False, "working_days", 3),
    ("extension_review", "due", False, "working_hours", 4 * 60),
    ("extension_review", "due", True, "around_the_clock", 15),
    ("shelving_review", "due", False, "working_days", 1),
]


def add_defaults(apps, schema_editor) -> None:
    step_limit = apps.get_model("workflow", "StepLimit")
    step_limit.objects.bulk_create(
        step_limit(step=step, purpose=purpose, urgent=urgent, clock=clock, amount=amount, effective_on=FIRST_DAY)
        for step, purpose, urgent, clock, amount in DEFAULTS
    )


def remove_defaults(apps, schema_editor) -> None:
    steps = {step for step, *_ in DEFAULTS}
    apps.get_model("workflow", "StepLimit").objects.filter(step__in=steps, effective_on=FIRST_DAY).delete()


class Migration(migrations.Migration):
    dependencies = [("workflow", "0016_time_requests_and_replanning")]

    operations = [migrations.RunPython(add_defaults, remove_defaults)]
