"""Running stays say from when their limit counts, whether it is what was left, and whether it is provisional."""

from __future__ import annotations

from django.db import migrations

FILL = """
UPDATE workflow_stage s
SET is_rest = s.explanation LIKE '%接着剩下的%',
    is_provisional = s.explanation LIKE '%节假日安排未录入%',
    counted_from = CASE
        WHEN s.status = 'in_hand' AND s.explanation NOT LIKE '%接着剩下的%' THEN coalesce(c.promised_from_at, s.started_at)
        ELSE s.started_at
    END
FROM workflow_case c
WHERE c.id = s.case_id AND s.ended_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("workflow", "0017_limits_of_time_requests")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop, elidable=True)]
