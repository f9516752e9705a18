# The city-wide default norm: a proposal until the city sets its own (decision 0009).

from datetime import date

from django.db import migrations


def write_default(apps, schema_editor):
    apps.get_model("boards", "BoardNorm").objects.create(
        effective_on=date(2025, 1, 1), document="平台默认值，可由市级修改"
    )


class Migration(migrations.Migration):
    dependencies = [("boards", "0001_initial")]

    operations = [migrations.RunPython(write_default, migrations.RunPython.noop)]
