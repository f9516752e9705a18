"""The tests of a group go to one worker; the longest begin, those of a running city follow, the quick end it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import schedule
from tests.schedule import GroupScheduling, leave_groups, slow_first


@dataclass
class Item:
    """The part of a pytest item that the scheduler uses."""

    nodeid: str
    mark: pytest.MarkDecorator | None = None

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return self.mark.mark if self.mark and self.mark.name == name else None


@dataclass(eq=False)
class Worker:
    """The part of a worker that the scheduler uses, and the tests that it was given."""

    gateway: Any = field(default_factory=lambda: SimpleNamespace(id="gw"))
    given: list[int] = field(default_factory=list)
    shutting_down: bool = False

    def send_runtest_some(self, indices: list[int]) -> None:
        self.given += indices

    def shutdown(self) -> None:
        self.shutting_down = True


CITY = pytest.mark.xdist_group("live city 1")
ITEMS: list[Any] = [Item("city 1", CITY), Item("quick 1"), Item("quick 2"), Item("city 2", CITY)]


def test_a_group_is_given_whole_to_one_worker(
    pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(schedule, "run_var", lambda: tmp_path)
    for name, value in (("tx", ["popen", "popen"]), ("loadscopereorder", False)):
        monkeypatch.setattr(pytestconfig.option, name, value)
    leave_groups(ITEMS)
    scheduling, workers = GroupScheduling(pytestconfig), [Worker(), Worker()]
    names = [item.nodeid for item in ITEMS]
    for worker in workers:
        scheduling.add_node(worker)
    for worker in workers:
        scheduling.add_node_collection(worker, names)
    scheduling.schedule()
    given = [[names[index] for index in worker.given] for worker in workers]
    assert given[0][:2] == ["city 1", "city 2"], "the group whole"
    assert not {"city 1", "city 2"} & set(given[1])
    assert sorted(given[0] + given[1]) == sorted(names)


def test_the_slow_begin_first_and_the_others_keep_their_order() -> None:
    items: list[Any] = [*ITEMS, Item("slow", pytest.mark.slow), Item("long", pytest.mark.long)]
    slow_first(items)
    names = [item.nodeid for item in items]
    assert names == ["long", "city 1", "city 2", "slow", "quick 1", "quick 2"]
