"""How many minutes per month a list demands of one grid, by department (Art. 14). Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from matters.content import MatterContent

NO_DEPARTMENT = "未列明部门"


@dataclass(frozen=True)
class Share:
    """What one department demands of a grid in a month."""

    department: str
    minutes: int
    matters: int


def department_of(content: MatterContent) -> str:
    """Returns the department that demands the matter: the county's lead department."""
    return content.lead_functions[0] if content.lead_functions else NO_DEPARTMENT


def shares(contents: Iterable[MatterContent]) -> list[Share]:
    """Returns every department with its demand, the largest first."""
    minutes: defaultdict[str, int] = defaultdict(int)
    counts: defaultdict[str, int] = defaultdict(int)
    for content in contents:
        department = department_of(content)
        minutes[department] += content.minutes_per_month
        counts[department] += 1
    found = [Share(name, minutes[name], counts[name]) for name in counts]
    return sorted(found, key=lambda share: (-share.minutes, share.department))


def total(contents: Iterable[MatterContent]) -> int:
    """Returns the minutes per month that a list demands of one grid."""
    return sum(content.minutes_per_month for content in contents)


def hours_words(minutes: int) -> str:
    """Returns the minutes in words: ``12 小时 30 分``; below an hour only minutes."""
    hours, rest = divmod(abs(minutes), 60)
    words = f"{hours:,} 小时{f' {rest} 分' if rest else ''}" if hours else f"{rest} 分钟"
    return f"-{words}" if minutes < 0 else words
