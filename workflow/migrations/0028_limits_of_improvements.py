"""The platform's default limits for naming who mends what comes back, and for mending it; the city may replace them."""

from __future__ import annotations

from datetime import date

from django.db import migrations

FIRST_DAY = date(2025, 1, 1)
DEFAULTS = [("improvement_naming", "working_days", 3), ("improvement", "working_days", 20)]


def add_defaults(apps, schema_editor) -> None:
    step_limit = apps.get_model("workflow", "StepLimit")
    step_limit.objects.bulk_create(
        step_limit(step=step, purpose="due", urgent=False, clock=clock, amount=amount, effective_on=FIRST_DAY)
        for step, clock, amount in DEFAULTS
    )


def remove_defaults(apps, schema_editor) -> None:
    steps = [step for step, *_ in DEFAULTS]
    apps.get_model("workflow", "StepLimit").objects.filter(step__in=steps, effective_on=FIRST_DAY).delete()


class Migration(migrations.Migration):
    dependencies = [("workflow", "0027_fewer_writes_for_a_move")]

    operations = [migrations.RunPython(add_defaults, remove_defaults)]
