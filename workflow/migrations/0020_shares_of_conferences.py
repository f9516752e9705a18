"""Units that were invited to a conference have shares that say so."""

from __future__ import annotations

from django.db import migrations

FILL = """
UPDATE workflow_assignment
SET status = CASE WHEN ended_at IS NULL THEN 'invited' ELSE 'released' END
WHERE NOT is_lead
"""


class Migration(migrations.Migration):
    dependencies = [("workflow", "0019_shares_have_a_life")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop, elidable=True)]
