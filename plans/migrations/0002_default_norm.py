# The city-wide default norm: proposals until the counties set their own (decision 0009).

from datetime import date

from django.db import migrations


def write_default(apps, schema_editor):
    apps.get_model("plans", "GridNorm").objects.create(
        county=None, effective_on=date(2025, 1, 1), document="默认设置，各县区可另定"
    )


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial")]

    operations = [migrations.RunPython(write_default, migrations.RunPython.noop)]
