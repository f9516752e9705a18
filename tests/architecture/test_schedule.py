"""The tests of a group go to one worker, the largest group first, and the slow tests begin before the quick."""

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
    """What is asked of a test."""

    nodeid: str
    mark: pytest.MarkDecorator | None = None

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return self.mark.mark if self.mark and self.mark.name == name else None


@dataclass(eq=False)
class Worker:
    """What a scheduler asks of a worker, and what it gave it."""

    gateway: Any = field(default_factory=lambda: SimpleNamespace(id="gw"))
    given: list[int] = field(default_factory=list)
    shutting_down: bool = False

    def send_runtest_some(self, indices: list[int]) -> None:
        self.given += indices

    def shutdown(self) -> None:
        self.shutting_down = True


CITY = pytest.mark.xdist_group("live city")
ITEMS: list[Any] = [Item("quick 1"), Item("city 1", CITY), Item("quick 2"), Item("city 2", CITY)]


def test_a_group_is_given_whole_to_one_worker(
    pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(schedule, "run_var", lambda: tmp_path)
    for name, value in (("tx", ["popen", "popen"]), ("loadscopereorder", True)):
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
    assert given[0][:2] == ["city 1", "city 2"], "the largest group first, whole"
    assert not {"city 1", "city 2"} & set(given[1])
    assert sorted(given[0] + given[1]) == sorted(names)


def test_the_slow_begin_first_and_the_others_keep_their_order() -> None:
    items: list[Any] = [*ITEMS, Item("slow", pytest.mark.slow)]
    slow_first(items)
    assert [item.nodeid for item in items] == ["slow", "quick 1", "city 1", "quick 2", "city 2"]
