"""Read the statistical divisions file: clean the names and report every fault with its row. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LEVELS = ("city", "county", "township", "village")
COMMITTEES = {"居民委员会": "社区", "居委会": "社区", "村民委员会": "村", "村委会": "村"}
CODE_DIGITS = {"city": 4, "county": 6, "township": 9, "village": 12}


@dataclass(frozen=True)
class DivisionRow:
    """One division as the file gives it; ``line`` counts from 2, the first line after the header."""

    line: int
    code: str
    name: str
    level: str
    parent_code: str


@dataclass(frozen=True)
class Fault:
    """Why one line cannot be accepted."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"第 {self.line} 行：{self.reason}"


def read_rows(lines: Iterable[str]) -> tuple[list[DivisionRow], list[Fault]]:
    """Parse the file into clean rows and faults; the caller saves only when there is no fault."""
    reader = csv.DictReader(lines)
    missing = {"code", "name", "level", "parent_code"} - set(reader.fieldnames or [])
    if missing:
        return [], [Fault(1, f"缺少列 {'、'.join(sorted(missing))}")]
    rows = [
        DivisionRow(number, *((raw[key] or "").strip() for key in ("code", "name", "level", "parent_code")))
        for number, raw in enumerate(reader, start=2)
    ]
    faults = list(_faults(rows))
    return ([], faults) if faults else (list(_cleaned(rows)), [])


def _faults(rows: list[DivisionRow]) -> Iterator[Fault]:
    by_code: dict[str, DivisionRow] = {}
    for row in rows:
        if row.level not in LEVELS:
            yield Fault(row.line, f"层级“{row.level}”不是 市、县区、乡镇街道、村社区 之一")
        elif not row.code.isdigit() or len(row.code) != CODE_DIGITS[row.level]:
            yield Fault(row.line, f"代码“{row.code}”应为 {CODE_DIGITS[row.level]} 位数字")
        elif not row.name or len(row.name) > 60:
            yield Fault(row.line, "名称为空或超过 60 字")
        elif row.code in by_code:
            yield Fault(row.line, f"代码 {row.code} 与第 {by_code[row.code].line} 行重复")
        else:
            by_code[row.code] = row
    for row in by_code.values():
        if row.level == "city":
            continue
        parent = by_code.get(row.parent_code)
        if parent is None:
            yield Fault(row.line, f"上级代码 {row.parent_code or '（空）'} 不在文件中")
        elif LEVELS.index(parent.level) != LEVELS.index(row.level) - 1:
            yield Fault(row.line, f"上级 {parent.name} 的层级不对")


def _cleaned(rows: list[DivisionRow]) -> Iterator[DivisionRow]:
    """Yield the rows, parents first; township names without the county's name in front."""
    names = {row.code: row.name for row in rows}
    for row in sorted(rows, key=lambda row: (LEVELS.index(row.level), row.code)):
        name = row.name
        if row.level == "township":
            name = without_prefix(name, names[row.parent_code])
        if row.level == "village":
            name = short_village_name(name)
        yield DivisionRow(row.line, row.code, name, row.level, row.parent_code)


def without_prefix(name: str, county_name: str) -> str:
    """Remove the county from ``濮阳县柳屯镇``; a name with fewer than two other characters stays as it is."""
    rest = name.removeprefix(county_name)
    return rest if len(rest) >= 2 else name


def short_village_name(name: str) -> str:
    """Shorten ``京东社区居民委员会`` to ``京东社区`` and ``丁寨村委会`` to ``丁寨村``."""
    for suffix, ending in COMMITTEES.items():
        stem = name.removesuffix(suffix)
        if stem != name and len(stem) >= 2:
            return stem if stem.endswith((ending, "类似")) else f"{stem}{ending}"
    return name
