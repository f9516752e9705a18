"""`bench suggest`: suggestions for the matter that a user types, with lists of 500 matters in every county."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import cycle, islice

from django.urls import reverse

from accounts.models import User
from common import clock
from demo.benches.measuring import (
    Series,
    Visitor,
    as_owner,
    interleave,
    scratch_city,
    settings_of_server,
)
from grids.models import Division, Grid
from matters.actions.editions import row_of
from matters.management.commands.load_matters import SEED
from matters.models import Matter, MatterList
from matters.seed_rows import SeedMatter, read_matters
from workflow.models import Case
from workflow.report_choices import reportable_grids
from worktime.clocks import day_of

Say = Callable[[str], object]
LIMIT_MS = 150
EDITION = 90
# What people type: nothing, a character, a word, initials, full pinyin, a text without any match.
TYPED = ("", "灯", "井盖", "邻里纠纷", "ldgz", "jg", "ludeng", "zzz")


def run(say: Say, *, matters: int, rounds: int) -> None:
    """Give every county a list of ``matters`` matters and ask for suggestions ``rounds`` times for each word."""
    with scratch_city():
        say(f"服务器 {settings_of_server()}")
        with SEED.open(encoding="utf-8", newline="") as lines:
            seeds = list(read_matters(lines))
        counties = list(Division.objects.of_level("county"))
        for county in counties:
            _publish(county, list(islice(cycle(seeds), matters)))
        as_owner("ANALYZE")
        worker = User.objects.get(username="worker")
        grid = reportable_grids(worker)[0]
        say(
            f"县区 {len(counties)} 个，现行清单各 {matters:,} 项；共 {Matter.objects.count():,} 项；"
            f"该网格事项 {Case.objects.filter(grid=grid).count():,} 件"
        )
        _measure(say, worker, grid, rounds)


def _publish(county: Division, seeds: list[SeedMatter]) -> None:
    """Publish an edition in force today: the seeds repeated under numbered names."""
    at = clock.now()
    MatterList.objects.filter(county=county).drafts().delete()
    edition = MatterList.objects.create(
        county=county, edition=EDITION, in_force_on=day_of(at), is_demonstration=True
    )
    Matter.objects.bulk_create(
        row_of(edition, f"B{number:05d}", replace(seed.content, name=f"{seed.content.name}{number}"))
        for number, seed in enumerate(seeds, start=1)
    )
    edition.published_at = at
    edition.save(update_fields=["published_at"])


def _measure(say: Say, worker: User, grid: Grid, rounds: int) -> None:
    visitor, address, form = Visitor(worker), reverse("api:suggest"), reverse("workflow:report")
    say(visitor.describe(address, {"grid": grid.code, "q": TYPED[1]}))
    say(visitor.describe(form))

    def typing(word: str) -> Callable[[], object]:
        return lambda: visitor.get(address, {"grid": grid.code, "q": word})

    paths = {f"键入“{word}”": typing(word) for word in TYPED}
    series = interleave({**paths, "上报页": lambda: visitor.get(form)}, rounds=rounds)
    for one in series:
        say(one.line())
    typed = Series("键入", [time for one in series[:-1] for time in one.times])
    say(f"键入 p95 {typed.p95:.1f} ms（≤ {LIMIT_MS}），n={len(typed.times):,}")
    if typed.p95 > LIMIT_MS:
        say("未达到目标")
