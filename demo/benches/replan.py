"""`bench replan`: how long it takes to preview and to move ``--cases`` running deadlines (Art. 18).

Every deadline of the scratch city differs by the settings in force, so each gets a new version, a row of what it was,
an event and a link of its chain: the most that a re-planning can have to do.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

from accounts.models import User
from common import clock
from demo.benches.measuring import scratch_city, settings_of_server
from demo.benches.sweep import fill_open_cases
from workflow.actions.replanning import begin_replanning, work_on_replanning
from workflow.models import Replanning, Stage
from workflow.replanning import preview

Say = Callable[[str], object]
Result = TypeVar("Result")
LIMIT = 60.0  # seconds for 1,000,000


def run(say: Say, *, cases: int) -> None:
    """Fill a scratch city with ``cases`` open cases, preview the re-planning and carry it out."""
    with scratch_city():
        say(f"服务器 {settings_of_server()}")
        fill_open_cases(cases)
        Stage.objects.of_case().running().update(is_provisional=True)
        found, seconds = _timed(preview)
        say(f"预览 {found.looked_at:,} 件，会改 {found.total:,} 件：{seconds:.1f} 秒")
        keeper = User.objects.get(username="system")
        begin_replanning(reason="国办发明电〔2026〕7号", by=keeper, at=clock.now())
        moved, seconds = _timed(_work)
        say(
            f"重算 {moved:,} 件：{seconds:.1f} 秒，每秒 {moved / seconds:,.0f} 件，"
            f"合 100 万件 {seconds / moved * 1_000_000:,.0f} 秒（≤ {LIMIT:g}）"
        )
        act = Replanning.objects.latest("pk")
        left = preview()
        say(
            f"预览 {found.total:,} = 改了 {act.moved:,}；还会改 {left.total:,}，还是暂定 {left.left_provisional:,}"
        )


def _work() -> int:
    moved = 0
    while Replanning.objects.filter(finished_at=None).exists():
        moved += work_on_replanning(at=clock.now())
    return moved


def _timed(act: Callable[[], Result]) -> tuple[Result, float]:
    started = perf_counter()
    result = act()
    return result, perf_counter() - started
