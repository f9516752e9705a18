# Who answered for a case before its village moved, and the place of the report without gaps.

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('grids', '0009_read_names_again'),
        ('matters', '0005_the_form_of_a_comment'),
        ('personnel', '0011_an_identity_number_may_be_erased'),
        ('workflow', '0014_place_of_the_report'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FormerDesk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateTimeField(verbose_name='截至')),
            ],
            options={
                'verbose_name': '事项原来的辖区',
                'verbose_name_plural': '事项原来的辖区',
                'abstract': False,
            },
        ),
        migrations.AlterField(
            model_name='case',
            name='reported_county',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.division', verbose_name='上报时的县区'),
        ),
        migrations.AlterField(
            model_name='case',
            name='reported_township',
            field=models.ForeignKey(help_text='统计按上报时的辖区算；村（社区）划归别处后由新辖区负责', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.division', verbose_name='上报时的乡镇街道'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['reported_township', '-reported_at', '-id'], name='case_reported_in_township'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['reported_county', '-reported_at', '-id'], name='case_reported_in_county'),
        ),
        migrations.AddField(
            model_name='formerdesk',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='former_desks', to='workflow.case', verbose_name='事项'),
        ),
        migrations.AddField(
            model_name='formerdesk',
            name='county',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.division', verbose_name='县区'),
        ),
        migrations.AddField(
            model_name='formerdesk',
            name='township',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.division', verbose_name='乡镇街道'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formerdesk',
            trigger=pgtrigger.compiler.Trigger(name='append_only_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c90ad3ccea9b43e21361d0fb81794b702b0a514a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_rows_e2540', table='workflow_formerdesk', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formerdesk',
            trigger=pgtrigger.compiler.Trigger(name='append_only_table', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='99910a7ea7dbea735155c0ec29d4cd17b39ac01a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_table_cc353', table='workflow_formerdesk', when='BEFORE')),
        ),
    ]
