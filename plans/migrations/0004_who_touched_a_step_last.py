from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0003_tries_of_an_import"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="planchange",
            name="touched_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="最近由谁做、撤或重做",
            ),
        ),
        migrations.AddField(
            model_name="planchange",
            name="touched_at",
            field=models.DateTimeField(null=True, verbose_name="最近何时做、撤或重做"),
        ),
    ]
