"""How long the answer to a supervision order may take; the city may replace it."""

from __future__ import annotations

from datetime import date

from django.db import migrations

FIRST_DAY = date(2025, 1, 1)
STEP = "supervision_order"
DEFAULTS = [(False, "working_days", 2), (True, "around_the_clock", 2 * 60)]


def add_defaults(apps, schema_editor) -> None:
    step_limit = apps.get_model("workflow", "StepLimit")
    step_limit.objects.bulk_create(
        step_limit(step=STEP, purpose="due", urgent=urgent, clock=clock, amount=amount, effective_on=FIRST_DAY)
        for urgent, clock, amount in DEFAULTS
    )


def remove_defaults(apps, schema_editor) -> None:
    apps.get_model("workflow", "StepLimit").objects.filter(step=STEP, effective_on=FIRST_DAY).delete()


class Migration(migrations.Migration):
    dependencies = [("supervision", "0001_initial")]

    operations = [migrations.RunPython(add_defaults, remove_defaults)]
