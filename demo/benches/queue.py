"""`bench queue`: the township queue page as a desk user and as superuser, compared with raw SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from common.records.keyset import keyset_page
from demo.benches.measuring import (
    Series,
    Visitor,
    as_owner,
    interleave,
    scratch_city,
    settings_of_server,
)
from workflow.models import Case
from workflow.querysets import give_places
from workflow.queues import QUEUES, URGENT_FIRST, cases_in
from workflow.states import ENDED, OPEN

PAGE = 50

# Twelve months of cases in all townships, one in seven open; the same numbers in every run.
FILL = """
INSERT INTO workflow_case (status, level, version, event_count, light, urgency, confidential, matter_id, title,
  description, place, grid_id, village_id, township_id, county_id, city_id, reported_township_id, reported_county_id,
  source, reporter_id, caretaker_id, for_resident,
  rating_code, rating, unit_id, handled_by, result, return_count, failed_checks, escalations, reported_at, due_at,
  finish_due_at, finished_at, ended_at)
SELECT CASE WHEN is_open THEN (ARRAY['awaiting_leader','awaiting_acceptance','awaiting_assignment','coordinating',
    'awaiting_verification'])[1 + n %% 5] ELSE 'closed' END,
  'township', 3, 0, 'normal', 1, false, NULL, '路灯故障', '连着两盏不亮', '健身广场', g.id, g.village_id, v.parent_id,
  t.parent_id, c.parent_id, v.parent_id, t.parent_id,
  'worker', reporter.id, reporter.id, false, 'bench' || n, '', NULL, '', '', 0, 0, 0,
  now() - (n %% 525600) * interval '1 minute',
  CASE WHEN is_open THEN now() + (n * 7919 %% 20000 - 4000) * interval '1 minute' END,
  now(), CASE WHEN is_open THEN NULL ELSE now() END, CASE WHEN is_open THEN NULL ELSE now() END
FROM generate_series(1, %(cases)s) n
CROSS JOIN LATERAL (SELECT n * 2654435761 %% 7 = 0 AS is_open) o
JOIN (SELECT id, village_id, row_number() OVER (ORDER BY code) - 1 AS place FROM grids_grid) g
  ON g.place = n * 48271::bigint %% (SELECT count(*) FROM grids_grid)
JOIN grids_division v ON v.id = g.village_id
JOIN grids_division t ON t.id = v.parent_id
JOIN grids_division c ON c.id = t.parent_id
CROSS JOIN (SELECT min(id) AS id FROM accounts_user) reporter
"""

RAW = """
SELECT c.id, c.title, c.status, c.due_at, c.light, c.version, c.reported_at, c.place, c.village_id, c.township_id,
  c.county_id, c.city_id, g.name, o.name, m.name, r.name,
  (SELECT jsonb_build_object('started_at', s.started_at, 'clock', s.clock) FROM workflow_stage s
   WHERE s.case_id = c.id AND s.ended_at IS NULL AND s.share_id IS NULL)
FROM workflow_case c
JOIN grids_grid g ON g.id = c.grid_id
JOIN accounts_user r ON r.id = c.caretaker_id
LEFT JOIN personnel_organization o ON o.id = c.unit_id
LEFT JOIN matters_matter m ON m.id = c.matter_id
WHERE c.township_id = %s AND c.status = 'awaiting_acceptance' AND c.level = 'township'
ORDER BY CASE WHEN c.urgency = 3 THEN 1 ELSE 0 END DESC, c.due_at, c.id LIMIT 51
"""
RAW_PLACES = "SELECT id, code, name, level, parent_id FROM grids_division WHERE id = ANY(%s)"


Say = Callable[[str], object]


def run(say: Say, *, cases: int, rounds: int) -> None:
    """Fill a scratch city with ``cases`` cases and measure the queue ``rounds`` times."""
    with scratch_city():
        say(f"服务器 {settings_of_server()}")
        fill(cases)
        as_owner("ANALYZE")
        say(
            f"事项 {Case.objects.count():,} 件，其中在办 {Case.objects.filter(status__in=OPEN).count():,} 件，"
            f"已结束 {Case.objects.filter(status__in=ENDED).count():,} 件"
        )
        _measure(say, rounds)


def fill(cases: int) -> None:
    """Write ``cases`` cases into the scratch city; the index of their texts is made anew, which is faster."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef('case_texts'::regclass)")
        index = cursor.fetchone()[0]
        as_owner("DROP INDEX case_texts")
        cursor.execute(FILL, {"cases": cases})
    as_owner(index)


def _measure(say: Say, rounds: int) -> None:
    desk = User.objects.get(username="dispatcher")
    chief = User.objects.create_user("bench-root", "bench-root-password", name="基准")
    as_owner("UPDATE accounts_user SET is_superuser = true WHERE username = 'bench-root'")
    chief.refresh_from_db()
    township = next(iter(Case.objects.visible_to(desk).values_list("township_id", flat=True)[:1]))
    mine = cases_in(QUEUES["acceptance"], desk)
    whole = (
        Case.objects.visible_to(chief)
        .held_at("township", township)
        .filter(status="awaiting_acceptance")
        .pinned()
    )
    queries = {name: _sql_of(rows.with_names()) for name, rows in (("desk", mine), ("chief", whole))}
    places = _places_of(keyset_page(mine.with_names(), order=URGENT_FIRST, size=PAGE).rows)
    visitor, address = Visitor(desk), reverse("workflow:desk")
    say(visitor.describe(address))
    series = interleave(
        {
            "页面：调度员（HTTP 进程内）": lambda: visitor.get(address),
            "列表 ORM：调度员": lambda: keyset_page(mine.with_names(), order=URGENT_FIRST, size=PAGE),
            "列表 ORM：超级用户": lambda: keyset_page(whole.with_names(), order=URGENT_FIRST, size=PAGE),
            "SQL：调度员": lambda: _run_ours(*queries["desk"], places),
            "SQL：超级用户": lambda: _run_ours(*queries["chief"], places),
            "SQL：手写": lambda: _run_raw(township),
        },
        rounds=rounds,
    )
    for one in series:
        say(one.line())
    _judge(say, {one.name: one for one in series})


def _judge(say: Say, series: dict[str, Series]) -> None:
    tax = series["列表 ORM：调度员"].p50 / series["列表 ORM：超级用户"].p50
    sql = series["SQL：调度员"].p50 / series["SQL：手写"].p50
    say(f"权限代价 {tax:.3f}（≤ 1.10）；SQL 比手写 {sql:.3f}（≤ 1.5）")
    if tax > 1.10 or sql > 1.5:
        say("未达到目标")


def _run_raw(township: int) -> list[Any]:
    """The baseline: the rows and their places, in two statements written by hand."""
    rows = _run(RAW, [township])
    return _run(RAW_PLACES, [sorted({place for row in rows for place in row[8:12]})])


def _sql_of(rows: Any) -> tuple[str, list[Any]]:
    text, parameters = rows.order_by(*URGENT_FIRST)[: PAGE + 1].query.sql_with_params()
    return text, list(parameters)


def _places_of(cases: list[Case]) -> tuple[str, list[Any]]:
    """Our second statement, for the places on a page."""
    with CaptureQueriesContext(connection) as captured:
        give_places(cases)
    return captured[0]["sql"].replace("%", "%%"), []


def _run_ours(text: str, parameters: list[Any], places: tuple[str, list[Any]]) -> list[Any]:
    """The two statements of our page, without the ORM."""
    _run(text, parameters)
    return _run(*places)


def _run(text: str, parameters: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        rows: list[Any] = cursor.fetchall()
    return rows
