# The default code rule; and what was in the register before it knew time holds since the regulation's first day.

from datetime import date

from django.db import migrations

FIRST_DAY = date(2025, 1, 1)
SHARED = (
    "code name kind village_id boundary min_lon min_lat max_lon max_lat households population".split()
)


def write_first_versions(apps, schema_editor):
    rule = apps.get_model("grids", "CodeRule").objects.create(
        title="默认规则：村（社区）代码加三位顺序码",
        document="省编码规则公布前的默认设置",
        effective_on=FIRST_DAY,
        applied_at="2025-01-01T00:00:00+08:00",
    )
    grids = apps.get_model("grids", "Grid").objects.all()
    grids.filter(status="in_force", in_force_on=None).update(in_force_on=FIRST_DAY)
    version, code = apps.get_model("grids", "GridVersion"), apps.get_model("grids", "GridCode")
    code.objects.bulk_create(
        [code(code=grid.code, grid=grid, rule=rule, given_on=FIRST_DAY) for grid in grids], batch_size=1000
    )
    version.objects.bulk_create(
        [
            version(
                grid=grid,
                valid_from=FIRST_DAY,
                source="登记时已在用",
                **{name: getattr(grid, name) for name in SHARED},
            )
            for grid in grids.filter(status="in_force")
        ],
        batch_size=1000,
    )


class Migration(migrations.Migration):
    dependencies = [("grids", "0002_register")]

    operations = [migrations.RunPython(write_first_versions, migrations.RunPython.noop)]
