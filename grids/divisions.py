"""Read the statistical divisions file: clean the names and report every fault with its row. Pure."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from common.typed import code_in

LEVELS = ("city", "county", "township", "village")
PROVINCE = "河南省"
ALIKE = "类似"  # "like a committee": a word of the statistical code list alone
AROUND = re.compile(r"^\w{1,6}?镇(?=\w{2})")
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
        DivisionRow(
            number,
            code=code_in(raw["code"] or ""),
            name=(raw["name"] or "").strip(),
            level=(raw["level"] or "").strip(),
            parent_code=code_in(raw["parent_code"] or ""),
        )
        for number, raw in enumerate(reader, start=2)
    ]
    faults = list(_faults(rows))
    return ([], faults) if faults else (list(_cleaned(rows)), [])


def _faults(rows: list[DivisionRow]) -> Iterator[Fault]:
    by_code: dict[str, DivisionRow] = {}
    for row in rows:
        if row.level not in LEVELS:
            yield Fault(row.line, f"层级“{row.level}”不是 市、县区、乡镇街道、村社区 之一")
        elif not (row.code.isascii() and row.code.isdecimal()) or len(row.code) != CODE_DIGITS[row.level]:
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
    villages = village_names((row for row in rows if row.level == "village"), names)
    for row in sorted(rows, key=lambda row: (LEVELS.index(row.level), row.code)):
        name = row.name
        if row.level == "township":
            name = without_prefix(name, names[row.parent_code])
        if row.level == "village":
            name = villages[row.code]
        yield DivisionRow(row.line, row.code, name, row.level, row.parent_code)


def without_prefix(name: str, county_name: str) -> str:
    """Remove the county from ``濮阳县柳屯镇``; a name with fewer than two other characters stays as it is."""
    rest = name.removeprefix(county_name)
    return rest if len(rest) >= 2 else name


def village_names(rows: Iterable[DivisionRow], above: Mapping[str, str]) -> dict[str, str]:
    """Return the name in use of each village by code: two official names of one township never become one.

    ``above`` has the names of the townships by code. Of two names that are shortened alike, the one that contains the
    short name has it; the other keeps its official name.
    """
    rows = list(rows)
    short = {row.code: _name_inside(row.name, above.get(row.parent_code, "")) for row in rows}
    counted = Counter((row.parent_code, short[row.code]) for row in rows)
    return {
        row.code: short[row.code]
        if counted[row.parent_code, short[row.code]] == 1 or short[row.code] in row.name
        else row.name
        for row in rows
    }


def _name_inside(name: str, township: str) -> str:
    """Return the short name that is used inside the township, without the township's own name in front."""
    inside = name.removeprefix(township) if township else name
    short = short_village_name(inside)
    return short if short != inside else short_village_name(name)


def short_village_name(name: str) -> str:
    """Shorten ``京东社区居民委员会`` to ``京东社区`` and ``丁寨村委会`` to ``丁寨村``.

    The statistical ``城关镇老城第一类似居委会`` becomes ``老城第一居委会``: people know neither the word 类似 nor,
    inside 城关镇, its name in front.
    """
    for suffix, ending in COMMITTEES.items():
        stem = name.removesuffix(suffix)
        if stem != name and stem.endswith(ALIKE):
            return f"{AROUND.sub('', stem.removesuffix(ALIKE))}{suffix}"
        if stem != name and len(stem) >= 2:
            return stem if stem.endswith(ending) else f"{stem}{ending}"
    return name


def spoken_names(text: str) -> tuple[str, ...]:
    """Return the names that somebody may mean who types a name: as typed, and shortened if it is official."""
    return tuple(dict.fromkeys((text, short_village_name(text))))


def full_name(steps: Iterable[str]) -> str:
    """Return the names from the province down to a division as one text, which every full name ends."""
    return PROVINCE + "".join(steps)
