"""`bench replan`: how long it takes to preview and to move ``--cases`` running deadlines (Art. 18).

Every deadline of the scratch city differs by the settings in force, so each gets a new version, a row of what it was,
an event and a link of its chain: the most that a re-planning can have to do. In one run, in turn:

act    stays a second of ``work_on_replanning``;
twin   stays a second of the same rows in SQL by hand, with plans that are given: what PostgreSQL needs for them.

The twin has the stays with the highest numbers and moves them to where the act would have moved them, so that the act
finds nothing to do there and ends. What is printed for 1,000,000 is extrapolated unless so many were moved.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter, process_time
from typing import TypeVar

from accounts.models import User
from common import clock
from demo.benches.measuring import as_owner, scratch_city, settings_of_server
from demo.benches.replan_twin import TABLE, twin_of_replanning, write_plans
from demo.benches.sweep import fill_open_cases
from workflow.actions.replanning import SIDE_BY_SIDE, begin_replanning, work_on_replanning
from workflow.models import Replanning
from workflow.replanning import AT_ONCE, preview, running_stays

Say = Callable[[str], object]
Result = TypeVar("Result")
LIMIT = 60.0  # seconds for 1,000,000
MILLION = 1_000_000
MOST_AT_A_TIME, BLOCKS_OF_TWIN = 10_000, 5


@dataclass
class Way:
    """One way to move stays, and what each block of it cost."""

    name: str
    blocks: list[tuple[int, float, float]] = field(
        default_factory=list
    )  # stays, seconds, seconds of this process

    def measure(self, move: Callable[[], int]) -> int:
        """Run one block. Returns how many it moved."""
        started, worked = perf_counter(), process_time()
        moved = move()
        if moved:
            self.blocks.append((moved, perf_counter() - started, process_time() - worked))
        return moved

    @property
    def moved(self) -> int:
        """How many stays it moved in all."""
        return sum(moved for moved, _, _ in self.blocks)

    @property
    def seconds(self) -> float:
        """How long it took in all."""
        return sum(seconds for _, seconds, _ in self.blocks)

    def line(self) -> str:
        """One line of the report."""
        speeds = [moved / seconds for moved, seconds, _ in self.blocks]
        own = sum(worked for _, _, worked in self.blocks) / self.moved * MILLION
        how = "" if self.moved >= MILLION else "推算，"
        return (
            f"{self.name} {self.moved:,} 件：{self.seconds:.1f} 秒，每秒 {self.moved / self.seconds:,.0f} 件"
            f"（各段 {min(speeds):,.0f}–{max(speeds):,.0f}），每件本进程 {own:.0f} 微秒；"
            f"{how}合 100 万件 {self.seconds / self.moved * MILLION:,.0f} 秒"
        )


def run(say: Say, *, cases: int) -> None:
    """Fill a scratch city with ``cases`` open cases, preview the re-planning and carry it out beside its twin."""
    with scratch_city():
        say(f"服务器 {settings_of_server()}")
        fill_open_cases(cases)
        as_owner(TABLE)
        running_stays().exclude(status="shelved").update(is_provisional=True)
        found, seconds = _timed(preview)
        say(f"预览 {found.looked_at:,} 件，会改 {found.total:,} 件：{seconds:.1f} 秒")
        keeper = User.objects.get(username="system")
        act, seconds = _timed(
            lambda: begin_replanning(reason="国办发明电〔2026〕7号", by=keeper, at=clock.now())
        )
        say(f"开始：{seconds:.2f} 秒")
        by_act, by_twin = Way("重算"), Way("手写 SQL")
        _in_turn(act, by_act, by_twin, size=min(cases // 10, MOST_AT_A_TIME))
        say(by_act.line())
        say(by_twin.line())
        say(f"重算 ÷ 手写 SQL {_ratio(by_act, by_twin):.2f}；目标：100 万件 ≤ {LIMIT:g} 秒")
        act.refresh_from_db()
        left = preview()
        say(
            f"预览 {found.total:,} = 重算改了 {act.moved:,} + 手写 SQL 改了 {by_twin.moved:,}："
            f"{'相等' if found.total == act.moved + by_twin.moved else '不相等'}；"
            f"还会改 {left.total:,}，还是暂定 {left.left_provisional:,}"
        )


def _in_turn(act: Replanning, by_act: Way, by_twin: Way, *, size: int) -> None:
    twin = partial(twin_of_replanning, act=act, size=AT_ONCE, side_by_side=SIDE_BY_SIDE)
    for block in _blocks_of_twin(size):
        by_twin.measure(partial(twin, block))
        by_act.measure(lambda: work_on_replanning(at=clock.now(), most=size))
    while Replanning.objects.filter(pk=act.pk, finished_at=None).exists():
        by_act.measure(lambda: work_on_replanning(at=clock.now(), most=size))


def _blocks_of_twin(size: int) -> list[Sequence[int]]:
    last = list(running_stays().order_by("-pk").values_list("pk", flat=True)[: size * BLOCKS_OF_TWIN])
    blocks = [sorted(last[start : start + size]) for start in range(0, len(last), size)]
    if sum(map(write_plans, blocks)) != len(last):
        raise RuntimeError("Some stays of the twin would not move; nothing is reported.")
    return blocks


def _ratio(by_act: Way, by_twin: Way) -> float:
    """The median of the ratios of the blocks that were measured one after the other."""
    speeds = ([moved / seconds for moved, seconds, _ in way.blocks] for way in (by_act, by_twin))
    return statistics.median(one / other for one, other in zip(*speeds, strict=False))


def _timed(act: Callable[[], Result]) -> tuple[Result, float]:
    started = perf_counter()
    result = act()
    return result, perf_counter() - started
