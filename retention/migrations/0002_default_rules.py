"""The platform's default periods; every one is a setting that the city may replace from a day on."""

from __future__ import annotations

from datetime import date

from django.db import migrations

SOURCE = "平台默认值，可由市级修改"
YEAR = 365
# (data set, days, counted from); without days it is kept until the city says otherwise
DEFAULTS = [
    ("accounts.answers", 30, "stored"),
    ("accounts.codes", 1, "expired"),
    ("accounts.networks", 180, "seen"),
    ("conduct.contacts", YEAR, "ended"),
    ("conduct.texts", 3 * YEAR, "ended"),
    ("matters.imports", 30, "uploaded"),
    ("notifications.messages", YEAR, "sent"),
    ("notifications.outbox", 30, "delivered"),
    ("personnel.contacts", 3 * YEAR, "left"),
    ("personnel.identities", 3 * YEAR, "left"),
    ("plans.imports", 90, "uploaded"),
    ("workflow.clue_photos", None, "ended"),
    ("workflow.contacts", 2 * YEAR, "ended"),
    ("workflow.unused_photos", 2, "uploaded"),
]


def add_defaults(apps, schema_editor) -> None:
    rule = apps.get_model("retention", "RetentionRule")
    rule.objects.bulk_create(
        rule(dataset=key, keep_days=days, anchor=anchor, effective_on=date(2025, 1, 1), document=SOURCE)
        for key, days, anchor in DEFAULTS
    )


def remove_defaults(apps, schema_editor) -> None:
    apps.get_model("retention", "RetentionRule").objects.filter(effective_on=date(2025, 1, 1)).delete()


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_initial")]

    operations = [migrations.RunPython(add_defaults, remove_defaults)]
