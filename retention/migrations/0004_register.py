"""How long personal values of the register are kept; the city may replace each."""

from __future__ import annotations

from datetime import date

from django.db import migrations

SINCE, SOURCE = date(2025, 1, 1), "平台默认值，可由市级修改"
DEFAULTS = (
    ("registry.earlier", "replaced", 3 * 366),
    ("registry.gone", "ended", 2 * 366),
    ("registry.sensitive", "confirmed", 2 * 366),
)


def add_defaults(apps, schema_editor) -> None:
    rules = apps.get_model("retention", "RetentionRule").objects
    for key, anchor, days in DEFAULTS:
        rules.create(dataset=key, keep_days=days, anchor=anchor, effective_on=SINCE, document=SOURCE)


def remove_defaults(apps, schema_editor) -> None:
    rules = apps.get_model("retention", "RetentionRule").objects
    rules.filter(dataset__in=[key for key, _, _ in DEFAULTS], effective_on=SINCE).delete()


class Migration(migrations.Migration):
    dependencies = [("retention", "0003_addresses_of_leavers")]

    operations = [migrations.RunPython(add_defaults, remove_defaults)]
