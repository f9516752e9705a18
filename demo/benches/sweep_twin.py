"""What ``sweep_clocks`` writes when stays are to be reminded or overdue, in SQL by hand: what PostgreSQL alone needs.

The same rows in the same batches, each in one transaction: effects, cases, events, links with the digests of the rows
behind them, notices, stays. A link is hashed with SHA-256 instead of HMAC, because the database does not have the key.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from audit.witnesses import witness_of
from common import clock

CLAIM = """
SELECT s.id FROM workflow_stage s JOIN workflow_case c ON c.id = s.case_id
WHERE s.share_id IS NULL AND s.ended_at IS NULL AND s.next_action_at <= %(at)s
ORDER BY s.next_action_at, s.id LIMIT %(size)s FOR UPDATE OF c SKIP LOCKED
"""
DUE = """
WITH due AS MATERIALIZED (
  SELECT s.id AS stage_id, s.deadline_version, s.due_at AS stage_due_at, s.alarms -> 0 ->> 0 AS rule,
    (s.alarms -> 0 ->> 1)::timestamptz AS moment, (s.alarms -> 1 ->> 1)::timestamptz AS later, c.*
  FROM workflow_stage s JOIN workflow_case c ON c.id = s.case_id WHERE s.id = ANY(%(stages)s)
)
"""
EFFECTS = """
INSERT INTO workflow_stageeffect (stage_id, rule, deadline_version, due_at, at)
SELECT stage_id, rule, deadline_version, moment, %(at)s FROM due
"""
CASES = """
UPDATE workflow_case c SET event_count = c.event_count + 1,
  light = CASE WHEN rule = 'overdue' THEN CASE WHEN c.light = 'supervised' THEN c.light ELSE 'late' END
    WHEN c.light = 'normal' THEN 'near' ELSE c.light END
FROM due WHERE due.id = c.id
"""
EVENTS = """
INSERT INTO workflow_caseevent (case_id, seq, verb, actor_id, post, at, from_status, to_status, level, unit_id, note)
SELECT id, event_count, CASE rule WHEN 'overdue' THEN 'flag_overdue' ELSE rule END, NULL, '系统', %(at)s, status,
  status, level, unit_id, '' FROM due
"""
LINKS = """,
linked AS (
  SELECT 'case:' || due.id AS subject, h.seq + 1 AS seq, h.hash AS prev_hash,
    CASE rule WHEN 'overdue' THEN 'flag_overdue' ELSE rule END AS verb,
    jsonb_build_object('from', status, 'level', level, 'note', '', 'seq', event_count, 'to', status, 'unit', unit_id,
      'state', jsonb_build_array('case:' || due.id, 4, encode(sha256(convert_to(state, 'UTF8')), 'hex')))::text AS
      record
  FROM due
  JOIN (SELECT s.id, {state} AS state FROM due s) states ON states.id = due.id
  CROSS JOIN LATERAL (SELECT seq, hash FROM audit_entry WHERE subject = 'case:' || due.id ORDER BY seq DESC LIMIT 1) h
)
INSERT INTO audit_entry (subject, seq, at, actor_id, verb, record, prev_hash, hash, algorithm)
SELECT subject, seq, %(at)s, NULL, verb, record, prev_hash, encode(sha256(convert_to(concat_ws(chr(31), prev_hash, seq,
  subject, 'sha256:trace.1', '', verb, %(at)s::text, record), 'UTF8')), 'hex'), 'sha256:trace.1' FROM linked
"""
NOTICES = """,
notices AS (
  SELECT CASE status WHEN 'awaiting_leader' THEN 'coordinate:division:' || village_id
      WHEN 'coordinating' THEN 'coordinate:division:' || village_id
      WHEN 'in_hand' THEN 'handle:organization:' || unit_id ELSE 'dispatch:division:' || township_id END AS audience,
    CASE rule WHEN 'overdue' THEN 'overdue' ELSE 'remind' END AS topic,
    CASE rule WHEN 'overdue' THEN '已超期' ELSE '时限将到' END AS words, * FROM due
  UNION ALL
  SELECT 'dispatch:division:' || township_id, 'overdue', '本级事项超期', * FROM due WHERE rule = 'overdue'
)
INSERT INTO notifications_outbox (event_id, topic, audience, subject, sentence, created_at, next_attempt_at, attempts,
  last_error)
SELECT gen_random_uuid(), topic, audience, 'case:' || id, words || '：' || title || '（'
  || to_char(reported_at AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDD') || '-' || lpad(id::text, 6, '0') || '）', %(at)s,
  %(at)s, 0, '' FROM notices
"""
STAYS = """
UPDATE workflow_stage s SET next_action_at = later, overdue_at = CASE rule WHEN 'overdue' THEN stage_due_at
  ELSE s.overdue_at END
FROM due WHERE due.stage_id = s.id
"""


def twin_of_sweep(due: Sequence[int]) -> int:
    """Ring what is due now, batch by batch. Returns how many stays."""
    witness = witness_of("case:0")
    assert witness is not None
    links = LINKS.replace("{state}", witness.state_sql(len(witness.editions)))
    writing, at, total = (EFFECTS, CASES, EVENTS, links, NOTICES, STAYS), clock.now(), 0
    while total < len(due) and (done := _batch(writing, at=at)):
        total += done
    return total


@transaction.atomic
def _batch(writing: Sequence[str], *, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"at": at, "size": settings.SWEEP_AT_ONCE})
        stages = [pk for (pk,) in cursor.fetchall()]
        for statement in writing if stages else ():
            cursor.execute(DUE + statement, {"at": at, "stages": stages})
    return len(stages)
