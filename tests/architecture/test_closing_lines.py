"""A test that could not run here says so in pytest's closing lines."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tests.conftest import COUNTED, pytest_terminal_summary


@dataclass
class Report:
    keywords: dict[str, int]
    when: str = "call"


@dataclass
class Terminal:
    """What pytest would have reported, and what was written under it."""

    reports: dict[str, list[Report]]
    lines: list[str] = field(default_factory=list)

    def getreports(self, outcome: str) -> list[Report]:
        return self.reports.get(outcome, [])

    def write_line(self, line: str) -> None:
        self.lines.append(line)


@pytest.mark.parametrize("mark", COUNTED, ids="counts {}".format)
def test_what_was_skipped_or_did_not_start_is_counted(mark: str) -> None:
    marked = Report({mark: 1})
    terminal = Terminal(
        {
            "passed": [marked, Report({"other": 1})],
            "skipped": [marked, marked, Report({})],
            "error": [Report({mark: 1}, when="setup"), Report({mark: 1}, when="teardown")],
        }
    )
    pytest_terminal_summary(terminal)
    assert f"{COUNTED[mark]} run: 1" in terminal.lines
    assert f"{COUNTED[mark]} NOT run: 3" in terminal.lines


def test_where_all_could_run_no_line_says_otherwise() -> None:
    terminal = Terminal({"passed": [Report({mark: 1}) for mark in COUNTED]})
    pytest_terminal_summary(terminal)
    assert terminal.lines == [f"{called} run: 1" for called in COUNTED.values()]
