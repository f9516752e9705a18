"""Which tests run on one worker, and in which order: what shares costly ground together, the slow before the quick.

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
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.databases import run_var

FOLDER_FILE = "test-groups.json"


def group_of(item: pytest.Item) -> str:
    """The name of the group whose tests run on one worker; nothing for a test that may run anywhere."""
    mark = item.get_closest_marker("xdist_group")
    return str(mark.args[0]) if mark else ""


def leave_groups(items: list[pytest.Item]) -> None:
    """Tell the parent of the groups; every worker leaves the same."""
    groups = {item.nodeid: group for item in items if (group := group_of(item))}
    mine = run_var() / f"{FOLDER_FILE}.{os.getpid()}"
    mine.write_text(json.dumps(groups), encoding="utf-8")
    mine.replace(run_var() / FOLDER_FILE)


def slow_first(items: list[pytest.Item]) -> None:
    """Let the long tests begin while there are short ones to fill the other workers with."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


class GroupScheduling(LoadScopeScheduling):
    """Give the tests of a group to one worker, the largest group first, and every other test to who is free."""

    groups: dict[str, str] | None = None

    def schedule(self) -> None:
        if self.groups is None:
            self.groups = json.loads((run_var() / FOLDER_FILE).read_text(encoding="utf-8"))
        super().schedule()

    def _split_scope(self, nodeid: str) -> str:
        return (self.groups or {}).get(nodeid, nodeid)


class Schedule:
    """The hooks of it, for ``tests/conftest.py`` to register."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        slow_first(items)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        gc.freeze()
        gc.set_threshold(20_000, 50, 100)
        if hasattr(session.config, "workerinput"):
            leave_groups(session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> GroupScheduling | None:
        return GroupScheduling(config, log) if config.getvalue("dist") == "loadgroup" else None
