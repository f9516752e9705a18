"""How many minutes a list asks of one grid in a month, by department (Art. 14). Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from matters.content import MatterContent

NO_DEPARTMENT = "未列明部门"


@dataclass(frozen=True)
class Share:
    """What one department asks of a grid in a month."""

    department: str
    minutes: int
    matters: int


def department_of(content: MatterContent) -> str:
    """The department that asks: the county's lead."""
    return content.lead_functions[0] if content.lead_functions else NO_DEPARTMENT


def shares(contents: Iterable[MatterContent]) -> list[Share]:
    """Every department with what it asks, the most first."""
    minutes: defaultdict[str, int] = defaultdict(int)
    counts: defaultdict[str, int] = defaultdict(int)
    for content in contents:
        department = department_of(content)
        minutes[department] += content.minutes_per_month
        counts[department] += 1
    found = [Share(name, minutes[name], counts[name]) for name in counts]
    return sorted(found, key=lambda share: (-share.minutes, share.department))


def total(contents: Iterable[MatterContent]) -> int:
    """Minutes a list asks of one grid in a month."""
    return sum(content.minutes_per_month for content in contents)


def hours_words(minutes: int) -> str:
    """``12 小时 30 分``; below an hour only minutes."""
    hours, rest = divmod(abs(minutes), 60)
    said = f"{hours:,} 小时{f' {rest} 分' if rest else ''}" if hours else f"{rest} 分钟"
    return f"-{said}" if minutes < 0 else said
