"""What a re-planning writes, in SQL by hand: what PostgreSQL alone needs for it.

The plans are the product's own and lie in a table before the clock starts, so that the twin moves its stays to where
the act would have moved them. It writes the same rows in batches of the same size, each in one transaction: what each
deadline was, stays, cases, events, links with the digests of the rows behind them. A link is hashed with SHA-256, not
with HMAC, because the database does not have the key.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, transaction

from audit.witnesses import witness_of
from common import clock
from workflow.models import Replanning
from workflow.replanning import Planner, stays_of
from workflow.rulebook import current_rulebook
from workflow.states import WORKING

TABLE = """
CREATE UNLOGGED TABLE twin_plan (stage_id bigint PRIMARY KEY, due_at timestamptz, provisional boolean, clock text,
  amount integer, explanation text, calendar text, alarms jsonb, next_at timestamptz);
GRANT SELECT, INSERT ON twin_plan TO PUBLIC
"""
PLAN = "INSERT INTO twin_plan SELECT * FROM jsonb_populate_recordset(NULL::twin_plan, %s::jsonb)"
LOCK = """
SELECT id FROM workflow_case WHERE id IN (SELECT case_id FROM workflow_stage WHERE id = ANY(%(stages)s)) ORDER BY id
FOR NO KEY UPDATE
"""
CHANGES = """
INSERT INTO workflow_deadlinechange (stage_id, replanning_id, deadline_version, due_before, due_after,
  explanation_before)
SELECT s.id, %(act)s, s.deadline_version + 1, s.due_at, p.due_at, s.explanation
FROM workflow_stage s JOIN twin_plan p ON p.stage_id = s.id WHERE s.id = ANY(%(stages)s)
"""
STAYS = """
UPDATE workflow_stage s SET due_at = p.due_at, is_provisional = p.provisional, clock = p.clock, amount = p.amount,
  explanation = p.explanation, calendar_version = p.calendar, deadline_version = s.deadline_version + 1,
  alarms = p.alarms, next_action_at = p.next_at
FROM twin_plan p WHERE p.stage_id = s.id AND s.id = ANY(%(stages)s)
"""
CASES = """
UPDATE workflow_case c SET due_at = s.due_at, event_count = c.event_count + 1,
  finish_due_at = CASE WHEN c.status = ANY(%(working)s) THEN s.due_at ELSE c.finish_due_at END
FROM workflow_stage s WHERE s.case_id = c.id AND s.id = ANY(%(stages)s)
"""
EVENTS = """
INSERT INTO workflow_caseevent (case_id, seq, verb, actor_id, post, at, from_status, to_status, level, unit_id, note)
SELECT c.id, c.event_count, 'replan', a.by_id, '系统', %(at)s, c.status, c.status, c.level, c.unit_id, a.reason
FROM workflow_replanning a, workflow_case c JOIN workflow_stage s ON s.case_id = c.id
WHERE a.id = %(act)s AND s.id = ANY(%(stages)s)
"""
LINKS = """
WITH linked AS (
  SELECT 'case:' || c.id AS subject, h.seq + 1 AS seq, h.hash AS prev_hash, a.by_id,
    jsonb_build_object('from', c.status, 'due', c.due_at, 'level', c.level, 'seq', c.event_count, 'to', c.status,
      'unit', c.unit_id, 'note', encode(sha256(convert_to(a.reason, 'UTF8')), 'hex'), 'state',
      jsonb_build_array('case:' || c.id, 5, encode(sha256(convert_to(states.state, 'UTF8')), 'hex')))::text AS record
  FROM workflow_replanning a, workflow_case c
  JOIN (SELECT s.id, {state} AS state FROM unnest(%(numbers)s::bigint[]) s(id){joins}) states ON states.id = c.id
  CROSS JOIN LATERAL (
    SELECT seq, hash FROM audit_entry WHERE subject = 'case:' || c.id ORDER BY seq DESC LIMIT 1) h
  WHERE a.id = %(act)s
)
INSERT INTO audit_entry (subject, seq, at, actor_id, verb, record, prev_hash, hash, algorithm)
SELECT subject, seq, %(at)s, by_id, 'replan', record, prev_hash, encode(sha256(convert_to(concat_ws(chr(31), prev_hash,
  seq, subject, 'sha256:trace.1', by_id, 'replan', %(at)s::text, record), 'UTF8')), 'hex'), 'sha256:trace.1' FROM linked
"""


def write_plans(stages: Sequence[int]) -> int:
    """Put the plans of these stays where the twin finds them. Returns how many of them would move."""
    changes = Planner(current_rulebook()).changes_of(stays_of(stages))
    plans = [
        {
            "stage_id": change.stay.pk,
            "due_at": change.plan.deadline.due_at.isoformat(),
            "provisional": change.plan.deadline.provisional,
            "clock": change.plan.deadline.limit.clock,
            "amount": change.plan.deadline.limit.amount,
            "explanation": change.plan.deadline.explain(),
            "calendar": change.plan.deadline.calendar_version,
            "alarms": [[rule, moment.isoformat()] for rule, moment in change.alarms],
            "next_at": change.alarms[0][1].isoformat() if change.alarms else None,
        }
        for change in changes
    ]
    with connection.cursor() as cursor:
        cursor.execute(PLAN, [json.dumps(plans)])
    return len(plans)


def twin_of_replanning(stages: Sequence[int], act: Replanning, *, size: int, side_by_side: int) -> int:
    """Move these stays, batch by batch, so many batches side by side. Returns how many it moved."""
    witness = witness_of("case:0")
    assert witness is not None
    state, joins = witness.states_sql(len(witness.editions))
    links = LINKS.replace("{state}", state).replace("{joins}", joins)
    writing = (CHANGES, STAYS, CASES, EVENTS, links)
    batches = [stages[start : start + size] for start in range(0, len(stages), size)]

    def work(first: int) -> int:
        try:
            return sum(_batch(batch, act, writing) for batch in batches[first::side_by_side])
        finally:
            connection.close()

    with ThreadPoolExecutor(side_by_side) as pool:
        return sum(pool.map(work, range(side_by_side)))


@transaction.atomic
def _batch(stages: Sequence[int], act: Replanning, writing: Sequence[str]) -> int:
    values: dict[str, Any] = {
        "stages": list(stages),
        "act": act.pk,
        "at": clock.now(),
        "working": list(WORKING),
    }
    with connection.cursor() as cursor:
        cursor.execute(LOCK, values)
        values["numbers"] = [number for (number,) in cursor.fetchall()]
        for statement in writing:
            cursor.execute(statement, values)
    return len(stages)
