# The numbers of a place count what was reported there, whoever answers for it now.

import django.db.models.deletion
from django.db import migrations, models

HELP = "统计按上报时的辖区算；村（社区）划归别处后由新辖区负责"


class Migration(migrations.Migration):
    dependencies = [("grids", "0009_read_names_again"), ("workflow", "0013_phrases")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="reported_township",
            field=models.ForeignKey(
                help_text=HELP,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.division",
                verbose_name="上报时的乡镇街道",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="reported_county",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.division",
                verbose_name="上报时的县区",
            ),
        ),
        migrations.RunSQL(
            "UPDATE workflow_case SET reported_township_id = township_id, reported_county_id = county_id"
            " WHERE reported_township_id IS NULL",
            migrations.RunSQL.noop,
            elidable=True,
        ),
    ]
