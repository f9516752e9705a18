"""Two builds of the platform measured in one run: each serves blocks of work in processes and a database of its own."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection

from demo.benches.measuring import SCRATCH
from puyang_grid.addresses import addresses_from, with_database
from puyang_grid.roles import connect, drop_database, make_database, role_of

BEFORE = f"{SCRATCH}_before"
ANCHORS = settings.VAR_DIR / "bench-anchors"
WARM_UP = 1
# Two processes of one build differ by more than a feature costs, so each process serves this many blocks.
BLOCKS_OF_PROCESS = 4


@dataclass
class Build:
    """One build; ``script`` reads a line a block and prints its seconds. ``blocks`` are the seconds of each block."""

    name: str
    folder: Path
    database: str
    script: str
    line: str
    words: tuple[str, ...] = ()
    blocks: list[float] = field(default_factory=list)

    @contextmanager
    def at_work(self) -> Iterator[Callable[..., None]]:
        """Start a process and yield a function that runs one block."""
        process = subprocess.Popen(
            [sys.executable, "-c", self.script, *self.words],
            cwd=self.folder,
            env=environment(self.database),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        asked, answered = process.stdin, process.stdout

        def block(*, is_counted: bool) -> None:
            asked.write(f"{self.line}\n")
            asked.flush()
            seconds = float(answered.readline())
            if is_counted:
                self.blocks.append(seconds)

        with process:
            yield block
            process.kill()


def interleave_blocks(builds: Sequence[Build], *, rounds: int) -> None:
    """Let the builds serve their blocks in turn, in fresh processes every few blocks."""
    for _ in range(0, rounds, BLOCKS_OF_PROCESS):
        with ExitStack() as stack:
            at_work = [stack.enter_context(build.at_work()) for build in builds]
            for turn in range(BLOCKS_OF_PROCESS + WARM_UP):
                for block in at_work if turn % 2 else reversed(at_work):
                    block(is_counted=turn >= WARM_UP)


def median_ratio(one: Build, other: Build) -> float:
    """Return the median of the ratios of the blocks that were served next to each other."""
    return statistics.median(a / b for a, b in zip(one.blocks, other.blocks, strict=True))


@contextmanager
def loaded_by(folder: Path) -> Iterator[None]:
    """A second scratch database, created and filled by the other build."""
    addresses = addresses_from(os.environ, settings.VAR_DIR)
    with closing(connect(addresses.admin)) as admin, admin.cursor() as cursor:
        drop_database(cursor, BEFORE)
        make_database(cursor, BEFORE, owner=role_of(addresses.owner))
        cursor.execute(f'GRANT CONNECT ON DATABASE "{BEFORE}" TO "{role_of(addresses.app)}"')
    try:
        owner, app = environment(BEFORE, role="owner"), environment(BEFORE)
        loading = ("load_divisions", "load_calendar", "load_matters", "load_demo")
        for words, environ in (
            (["migrate", "--no-input", "-v0"], owner),
            (["grant_app_role", "-v0"], owner),
            *(([name], app) for name in loading),
        ):
            command = [sys.executable, "manage.py", *words]
            subprocess.run(command, cwd=folder, env=environ, check=True, stdout=subprocess.DEVNULL)
        yield
    finally:
        with closing(connect(addresses.admin)) as admin, admin.cursor() as cursor:
            drop_database(cursor, BEFORE)


def environment(database: str, *, role: str = "app") -> dict[str, str]:
    addresses = addresses_from(os.environ, settings.VAR_DIR)
    connection.close()
    return {
        **os.environ,
        **addresses.as_environment(),
        "DJANGO_SETTINGS_MODULE": "puyang_grid.settings.development",
        "DATABASE_URL": with_database(addresses.app, database),
        "DATABASE_OWNER_URL": with_database(addresses.owner, database),
        "DATABASE_ROLE": role,
        "PUYANG_VAR": str(settings.VAR_DIR),
        "DEMO_MODE": "1",
        "DEBUG": "0",
        "LOG_LEVEL": "ERROR",
        "AUDIT_ANCHOR_FILE": anchor_file(database),
    }


def anchor_file(database: str) -> str:
    """The anchor file for this database, because the real one accepts only the platform's own database."""
    return str(ANCHORS / f"{database}.jsonl")
