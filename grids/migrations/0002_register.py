# The register in time: versions, units, codes, the rule they follow.

import django.db.models.deletion
import grids.models.codes
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('grids', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='CodeRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=80, verbose_name='名称')),
                ('document', models.CharField(max_length=120, verbose_name='文号')),
                ('effective_on', models.DateField(unique=True, verbose_name='施行日期')),
                ('segments', models.JSONField(default=grids.models.codes.default_segments, verbose_name='码段')),
                ('ranges', models.JSONField(default=grids.models.codes.default_ranges, verbose_name='号段')),
                ('allocation', models.CharField(choices=[('next_free', '顺次取号'), ('manual', '逐个指定')], default='next_free', max_length=10, verbose_name='取号方式')),
                ('applied_at', models.DateTimeField(null=True, verbose_name='换码完成时间')),
            ],
            options={
                'verbose_name': '编码规则',
                'verbose_name_plural': '编码规则',
                'ordering': ['-effective_on'],
            },
        ),
        migrations.CreateModel(
            name='FormerDivision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('until', models.DateField(help_text='不含当日', verbose_name='截至日期')),
                ('document', models.CharField(max_length=120, verbose_name='变更依据')),
            ],
            options={
                'verbose_name': '区划沿革',
                'verbose_name_plural': '区划沿革',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='GridCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=24, unique=True, verbose_name='网格编码')),
                ('given_on', models.DateField(verbose_name='启用日期')),
            ],
            options={
                'verbose_name': '网格编码',
                'verbose_name_plural': '网格编码',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='GridUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('estate', '居民小区'), ('building', '楼栋'), ('villagers_group', '村民小组'), ('households', '住户'), ('premises', '单位场所')], max_length=16, verbose_name='类型')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='地址')),
                ('households', models.PositiveIntegerField(null=True, verbose_name='户数')),
                ('initials', models.CharField(db_index=True, max_length=80, verbose_name='拼音首字母')),
            ],
            options={
                'verbose_name': '基本单元',
                'verbose_name_plural': '基本单元',
            },
        ),
        migrations.CreateModel(
            name='GridVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='网格名称')),
                ('kind', models.CharField(choices=[('community', '社区网格'), ('village', '村网格'), ('dedicated', '专属网格')], max_length=10, verbose_name='类型')),
                ('premises', models.CharField(blank=True, choices=[('office_building', '商务楼宇'), ('park', '园区'), ('market', '商圈市场'), ('school', '学校'), ('hospital', '医院'), ('enterprise', '企事业单位')], max_length=16, verbose_name='专属类别')),
                ('boundary', models.BinaryField(help_text='WKB，EPSG:4490', null=True, verbose_name='边界')),
                ('min_lon', models.FloatField(editable=False, null=True, verbose_name='最小经度')),
                ('min_lat', models.FloatField(editable=False, null=True, verbose_name='最小纬度')),
                ('max_lon', models.FloatField(editable=False, null=True, verbose_name='最大经度')),
                ('max_lat', models.FloatField(editable=False, null=True, verbose_name='最大纬度')),
                ('households', models.PositiveIntegerField(default=0, verbose_name='户数')),
                ('population', models.PositiveIntegerField(default=0, verbose_name='人口')),
                ('code', models.CharField(max_length=24, verbose_name='网格编码')),
                ('valid_from', models.DateField(verbose_name='起始日期')),
                ('valid_to', models.DateField(help_text='不含当日', null=True, verbose_name='终止日期')),
                ('source', models.CharField(help_text='方案编号或文件', max_length=120, verbose_name='依据')),
            ],
            options={
                'verbose_name': '网格沿革',
                'verbose_name_plural': '网格沿革',
            },
        ),
        migrations.AddField(
            model_name='division',
            name='is_placeholder',
            field=models.BooleanField(default=False, verbose_name='代码为自编占位'),
        ),
        migrations.AddField(
            model_name='grid',
            name='in_force_on',
            field=models.DateField(null=True, verbose_name='启用日期'),
        ),
        migrations.AddField(
            model_name='grid',
            name='initials',
            field=models.CharField(db_index=True, default='', max_length=80, verbose_name='拼音首字母'),
        ),
        migrations.AddField(
            model_name='grid',
            name='premises',
            field=models.CharField(blank=True, choices=[('office_building', '商务楼宇'), ('park', '园区'), ('market', '商圈市场'), ('school', '学校'), ('hospital', '医院'), ('enterprise', '企事业单位')], max_length=16, verbose_name='专属类别'),
        ),
        migrations.AddField(
            model_name='grid',
            name='retired_on',
            field=models.DateField(null=True, verbose_name='停用日期'),
        ),
        migrations.AddField(
            model_name='grid',
            name='successor',
            field=models.ForeignKey(blank=True, help_text='停用后由哪个网格接续', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='grids.grid', verbose_name='并入'),
        ),
        migrations.AlterField(
            model_name='grid',
            name='code',
            field=models.CharField(max_length=24, unique=True, verbose_name='网格编码'),
        ),
        migrations.AddConstraint(
            model_name='grid',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'dedicated'), models.Q(('premises', ''), _negated=True)), models.Q(models.Q(('kind', 'dedicated'), _negated=True), ('premises', '')), _connector='OR'), name='a_dedicated_grid_and_no_other_names_its_premises'),
        ),
        migrations.AddConstraint(
            model_name='grid',
            constraint=models.CheckConstraint(condition=models.Q(('pk', models.F('successor')), _negated=True), name='a_grid_is_not_its_own_successor'),
        ),
        migrations.AddField(
            model_name='formerdivision',
            name='division',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='former', to='grids.division', verbose_name='区划'),
        ),
        migrations.AddField(
            model_name='formerdivision',
            name='parent',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.division', verbose_name='上级'),
        ),
        migrations.AddField(
            model_name='gridcode',
            name='grid',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codes', to='grids.grid', verbose_name='网格'),
        ),
        migrations.AddField(
            model_name='gridcode',
            name='rule',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.coderule', verbose_name='编码规则'),
        ),
        migrations.AddField(
            model_name='gridversion',
            name='grid',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='grids.grid', verbose_name='网格'),
        ),
        migrations.AddField(
            model_name='gridversion',
            name='village',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.division', verbose_name='村社区'),
        ),
        migrations.AddField(
            model_name='gridunit',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='grids.gridversion', verbose_name='网格版本'),
        ),
        migrations.AddConstraint(
            model_name='formerdivision',
            constraint=models.UniqueConstraint(fields=('division', 'until'), name='one_change_of_a_division_per_day'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formerdivision',
            trigger=pgtrigger.compiler.Trigger(name='append_only_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='02ad2630f1405471580f444c48bf67c672c0275f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_rows_ed90f', table='grids_formerdivision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formerdivision',
            trigger=pgtrigger.compiler.Trigger(name='append_only_table', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='c5f962f7cc11c143ae5dc430be6e85c60459d766', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_table_830fc', table='grids_formerdivision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='gridcode',
            trigger=pgtrigger.compiler.Trigger(name='append_only_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6ff380273cfb286d40002f1ad721f7dc923e17fd', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_rows_ecba9', table='grids_gridcode', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='gridcode',
            trigger=pgtrigger.compiler.Trigger(name='append_only_table', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='ccdc655eea2e6ac1b3a1614557124aad286d2471', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_table_39b06', table='grids_gridcode', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='gridversion',
            index=models.Index(fields=['village', 'valid_from'], name='grid_version_of_village'),
        ),
        migrations.AddIndex(
            model_name='gridversion',
            index=models.Index(fields=['min_lon', 'max_lon'], name='grid_version_by_longitude'),
        ),
        migrations.AddConstraint(
            model_name='gridversion',
            constraint=models.UniqueConstraint(fields=('grid', 'valid_from'), name='one_grid_version_per_day'),
        ),
        migrations.AddConstraint(
            model_name='gridversion',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('grid',), name='one_present_version_per_grid'),
        ),
        migrations.AddConstraint(
            model_name='gridversion',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('code',), name='one_grid_in_force_per_code'),
        ),
        migrations.AddConstraint(
            model_name='gridversion',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='a_grid_version_ends_after_it_begins'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='gridversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only_table', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='7bffcbe2f0d55d652cf9bba5803a25df3e854b69', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_table_e64e5', table='grids_gridversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='gridversion',
            trigger=pgtrigger.compiler.Trigger(name='a_version_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='600744c62e02df255f2beb957594a3dcfa438423', operation='DELETE', pgid='pgtrigger_a_version_stays_5f02a', table='grids_gridversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='gridversion',
            trigger=pgtrigger.compiler.Trigger(name='a_version_is_only_ended', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."premises" IS DISTINCT FROM (NEW."premises") OR OLD."boundary" IS DISTINCT FROM (NEW."boundary") OR OLD."min_lon" IS DISTINCT FROM (NEW."min_lon") OR OLD."min_lat" IS DISTINCT FROM (NEW."min_lat") OR OLD."max_lon" IS DISTINCT FROM (NEW."max_lon") OR OLD."max_lat" IS DISTINCT FROM (NEW."max_lat") OR OLD."households" IS DISTINCT FROM (NEW."households") OR OLD."population" IS DISTINCT FROM (NEW."population") OR OLD."grid_id" IS DISTINCT FROM (NEW."grid_id") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."village_id" IS DISTINCT FROM (NEW."village_id") OR OLD."valid_from" IS DISTINCT FROM (NEW."valid_from") OR OLD."source" IS DISTINCT FROM (NEW."source"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='693584b03053af0ef6c351c774c88fc71a1cadab', operation='UPDATE', pgid='pgtrigger_a_version_is_only_ended_4ea6a', table='grids_gridversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='gridversion',
            trigger=pgtrigger.compiler.Trigger(name='an_ended_version_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."valid_to" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='9b507db858080d7e08e700f6d09d7bb110415ea0', operation='UPDATE', pgid='pgtrigger_an_ended_version_stays_9434c', table='grids_gridversion', when='BEFORE')),
        ),
    ]
