# Whoever reported a case takes care of it until it is handed over.

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflow", "0003_contacts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="caretaker",
            field=models.ForeignKey(
                help_text="现在替这件事负责的人：起初是上报人，离任时移交",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="kept_cases",
                to=settings.AUTH_USER_MODEL,
                verbose_name="经手人",
            ),
        ),
        migrations.RunSQL(
            "UPDATE workflow_case SET caretaker_id = reporter_id WHERE caretaker_id IS NULL",
            migrations.RunSQL.noop,
            elidable=True,
        ),
    ]
