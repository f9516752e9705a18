import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflow", "0004_caretaker"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AlterField(
            model_name="case",
            name="caretaker",
            field=models.ForeignKey(
                help_text="现在替这件事负责的人：起初是上报人，离任时移交",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="kept_cases",
                to=settings.AUTH_USER_MODEL,
                verbose_name="经手人",
            ),
        ),
        migrations.RemoveIndex(model_name="case", name="case_of_reporter"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["caretaker", "-id"], name="case_of_caretaker"),
        ),
    ]
