"""How often and how long each rung of an urgent case is called; settings that the city may replace from a day on."""

from __future__ import annotations

from datetime import date

from django.db import migrations

SINCE = date(2025, 1, 1)
DEFAULTS = [("urgent_call", "repeat", 5), ("urgent_call", "climb", 10)]  # minutes around the clock


def add_defaults(apps, schema_editor) -> None:
    step_limit = apps.get_model("workflow", "StepLimit")
    step_limit.objects.bulk_create(
        step_limit(
            step=step, purpose=purpose, urgent=True, clock="around_the_clock", amount=amount, effective_on=SINCE
        )
        for step, purpose, amount in DEFAULTS
    )


def remove_defaults(apps, schema_editor) -> None:
    apps.get_model("workflow", "StepLimit").objects.filter(step="urgent_call", effective_on=SINCE).delete()


class Migration(migrations.Migration):
    dependencies = [("workflow", "0024_calls")]

    operations = [migrations.RunPython(add_defaults, remove_defaults)]
