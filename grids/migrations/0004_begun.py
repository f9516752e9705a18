# A grid in force has a first day and no last one.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("grids", "0003_first_versions")]

    operations = [
        migrations.AddConstraint(
            model_name='grid',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'in_force'), _negated=True), models.Q(('in_force_on__isnull', False), ('retired_on__isnull', True)), _connector='OR'), name='a_grid_in_force_has_begun_and_not_ended'),
        ),
    ]
