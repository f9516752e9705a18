"""How long the receiving addresses of people who have left are kept; the city may replace it."""

from __future__ import annotations

from datetime import date

from django.db import migrations

KEY, SINCE, SOURCE = "channels.addresses", date(2025, 1, 1), "平台默认值，可由市级修改"


def add_default(apps, schema_editor) -> None:
    apps.get_model("retention", "RetentionRule").objects.create(
        dataset=KEY, keep_days=30, anchor="left", effective_on=SINCE, document=SOURCE
    )


def remove_default(apps, schema_editor) -> None:
    apps.get_model("retention", "RetentionRule").objects.filter(dataset=KEY, effective_on=SINCE).delete()


class Migration(migrations.Migration):
    dependencies = [("retention", "0002_default_rules")]

    operations = [migrations.RunPython(add_default, remove_default)]
