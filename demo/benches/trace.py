"""`bench trace`: how fast the trace is checked, what it costs a report, and a comparison with an earlier build."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from django.test.utils import override_settings

from audit.actions import append_entries
from audit.anchoring import faults_of_tree, seal_and_anchor
from audit.invariants import broken_chains, rows_that_their_chain_does_not_know
from audit.models import Entry
from common import clock
from demo.benches.builds import (
    ANCHORS,
    BEFORE,
    Build,
    anchor_file,
    interleave_blocks,
    loaded_by,
    median_ratio,
)
from demo.benches.measuring import SCRATCH, as_owner, scratch_city, settings_of_server
from puyang_grid.addresses import BASE_DIR

Say = Callable[[str], object]
CHAIN_LENGTH, BLOCK = 10, 50
# Runs in either build: a block of reports over HTTP in process, and the work that the build does each minute for its
# trace. Requests are counted, but none is refused for its number.
INTAKE = """
import sys, time, uuid, django
django.setup()
from django.conf import settings
settings.DEMO_MODE = True
settings.API_RATES = {kind: dict.fromkeys(("account", "network"), 1_000_000) for kind in ("read", "write")}
from django.test import Client
from accounts.models import User
from common import clock
from grids.models import Grid
from matters.models import Matter
from worktime.clocks import day_of
try:
    from audit.anchoring import seal_and_anchor
except ImportError:
    seal_and_anchor = None
if "without" in sys.argv:  # no digests of rows, no seals: what is left is a chain as it was before
    import audit.actions
    audit.actions.witness_of = lambda subject: None
    seal_and_anchor = None
worker = User.objects.get(username="worker")
grid = Grid.objects.filter(postings__user=worker).select_related("village__parent__parent")[0]
matters = Matter.objects.in_force(grid.village.parent.parent_id, day_of(clock.now())).reportable()
matter = matters.filter(name="邻里纠纷").first() or matters.filter(photo_before=False, place_required=False)[0]
client = Client(SERVER_NAME="127.0.0.1")
client.force_login(worker)
said = {"grid_id": grid.pk, "matter_id": matter.pk, "description": "楼道杂物"}
for line in sys.stdin:
    began = time.perf_counter()
    for _ in range(int(line)):
        answer = client.post("/api/v1/cases/", said, content_type="application/json",
                             headers={"Idempotency-Key": str(uuid.uuid4())})
        assert answer.status_code == 201, answer.content
    if seal_and_anchor is not None:
        seal_and_anchor(at=clock.now())
    print(time.perf_counter() - began, flush=True)
"""


def run(say: Say, *, links: int, rounds: int, against: Path | None) -> None:
    """Check ``links`` links, then run ``rounds`` blocks of reports in this build and the one in ``against``."""
    shutil.rmtree(ANCHORS, ignore_errors=True)
    with scratch_city(), override_settings(AUDIT_ANCHOR_FILE=anchor_file(SCRATCH)):
        say(f"服务器 {settings_of_server()}")
        _check(say, links)
        if against is not None:
            _compare(say, rounds=rounds, against=against)


def _check(say: Say, links: int) -> None:
    at = clock.now()
    for seq in range(CHAIN_LENGTH):
        records = {f"bench:{number}": {"n": seq, "note": "0" * 64} for number in range(links // CHAIN_LENGTH)}
        append_entries(records, verb="accept", at=at, actor_id=1, first=seq == 0)
    as_owner("ANALYZE")
    started = perf_counter()
    sealed = seal_and_anchor(at=at)
    say(f"封存 {sealed:,} 环：{sealed / (perf_counter() - started):,.0f} 环/秒")
    count = Entry.objects.count()
    for name, check in (
        ("链", broken_chains),
        ("树", faults_of_tree),
        ("现状", rows_that_their_chain_does_not_know),
    ):
        started = perf_counter()
        faults = list(check())
        seconds = perf_counter() - started
        say(f"核对{name}：{count:,} 环 {seconds:.2f} 秒，{count / seconds:,.0f} 环/秒，不符 {len(faults)} 处")


def _compare(say: Say, *, rounds: int, against: Path) -> None:
    line = str(BLOCK)
    ours, without, before = builds = (
        Build("本版", BASE_DIR, SCRATCH, INTAKE, line),
        Build("本版去掉现状摘要、封存和锚定", BASE_DIR, SCRATCH, INTAKE, line, ("without",)),
        Build("前版", against, BEFORE, INTAKE, line),
    )
    with loaded_by(against):
        interleave_blocks(builds, rounds=rounds)
    for build in builds:
        spread = statistics.quantiles(build.blocks, n=20)
        say(
            f"{build.name}：每件上报 p50 {statistics.median(build.blocks) / BLOCK * 1000:.2f} 毫秒，"
            f"5–95 百分位 {spread[0] / BLOCK * 1000:.2f}–{spread[-1] / BLOCK * 1000:.2f}"
        )
    for other in (without, before):
        say(
            f"本版 ÷ {other.name}，逐块中位数 {median_ratio(ours, other):.3f}（{len(ours.blocks)} 块，每块 {BLOCK} 件）"
        )
