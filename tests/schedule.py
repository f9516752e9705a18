"""Which tests run on one worker, and in which order: tests with shared costly fixtures together, slow tests first.

The demonstration city is built beside the first tests, the longest that do not need it; the browser's tests come next,
in two halves with a running city each, because they wait more than they compute. So more workers than cores pay.

Before the first test, what was read is put aside from the collector of memory, which would walk through it again and
again: that saves some seven percent of the processor time of the tests that run in this process.

pytest-xdist 3.8 tells its scheduler of a group by a suffix of the test's name, which pytest 9.2 does not let it write
any more: its marks would do nothing, silently. So each worker leaves the groups in the folder of the run, and the
scheduler of the parent reads them there.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from puyang_grid.addresses import BASE_DIR
from tests.databases import run_var

FOLDER_FILE = "test-groups.json"
CITIES = 2
NEED_A_CITY = {"live_city", "new_live_city", "own_city"}
BUILD_CITY = (
    "import django; django.setup(); from tests.databases import CITY, ensure_template; ensure_template(CITY)"
)


def group_of(item: pytest.Item) -> str:
    """The name of the group whose tests run on one worker; nothing for a test that may run anywhere."""
    mark = item.get_closest_marker("xdist_group")
    return str(mark.args[0]) if mark else ""


def leave_groups(items: list[pytest.Item]) -> None:
    """Store the groups for the parent process; every worker stores the same."""
    groups = {item.nodeid: group for item in items if (group := group_of(item))}
    mine = run_var() / f"{FOLDER_FILE}.{os.getpid()}"
    mine.write_text(json.dumps(groups), encoding="utf-8")
    mine.replace(run_var() / FOLDER_FILE)


def divide_among_cities(items: list[pytest.Item]) -> None:
    """Tests that share a running city run on one worker, so that it is started once; file by file to each city."""
    sharing = [item for item in items if "live_city" in getattr(item, "fixturenames", ())]
    files = sorted({item.path for item in sharing})
    for item in sharing:
        item.add_marker(pytest.mark.xdist_group(f"live city {files.index(item.path) % CITIES + 1}"))


def rank_of(item: pytest.Item) -> int:
    """0 for the longest tests, 1 for those of a running city, 2 for the other slow ones, 3 for the quick ones."""
    if item.get_closest_marker("long"):
        return 0
    if group_of(item).startswith("live city"):
        return 1
    return 2 if item.get_closest_marker("slow") else 3


def slow_first(items: list[pytest.Item]) -> None:
    """Sort the slow tests first, so that short ones fill the workers at the end."""
    items.sort(key=rank_of)


def begin_city(items: list[pytest.Item]) -> subprocess.Popen[bytes] | None:
    """Begin to build the template of the city in a process of its own, if any test needs it; those wait for it."""
    if not any(NEED_A_CITY & {*getattr(item, "fixturenames", ())} for item in items):
        return None
    return subprocess.Popen([sys.executable, "-c", BUILD_CITY], cwd=BASE_DIR)


class GroupScheduling(LoadScopeScheduling):
    """Give the tests of a group to one worker, and every other test to who is free, in the order of the tests."""

    groups: dict[str, str] | None = None

    def schedule(self) -> None:
        if self.groups is None:
            self.groups = json.loads((run_var() / FOLDER_FILE).read_text(encoding="utf-8"))
        super().schedule()

    def _split_scope(self, nodeid: str) -> str:
        return (self.groups or {}).get(nodeid, nodeid)


class Schedule:
    """The hooks of it, for ``tests/conftest.py`` to register."""

    city: subprocess.Popen[bytes] | None = None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        divide_among_cities(items)
        slow_first(items)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        gc.freeze()
        gc.set_threshold(20_000, 50, 100)
        if hasattr(session.config, "workerinput"):
            leave_groups(session.items)
        if getattr(session.config, "workerinput", {}).get("workerid") == "gw0":
            self.city = begin_city(session.items)

    def pytest_sessionfinish(self) -> None:
        if self.city is not None and self.city.poll() is None:
            self.city.terminate()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> GroupScheduling | None:
        config.option.loadscopereorder = False
        return GroupScheduling(config, log) if config.getvalue("dist") == "loadgroup" else None
