"""How grids are numbered: the segments of a rule, joined in order (Art. 7; decision 0009). Pure.

The province's own text is not public; the default is the 12-digit statistical village code plus a three-digit
sequence number. A rule is a stored setting with a start date, so that the province's rule can replace it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NotRequired, TypedDict

from exchange.columns import LONGEST_CODE

Source = Literal["county", "township", "village", "kind", "literal", "sequence"]
SOURCES = ("county", "township", "village", "kind", "literal", "sequence")
DIVISION_SOURCES = ("county", "township", "village")
KINDS = ("community", "village", "dedicated")


class StoredSegment(TypedDict):
    """A segment as a rule stores it; what a source does not need is left out."""

    name: str
    source: str
    length: int
    padding: NotRequired[str]
    literal: NotRequired[str]
    values: NotRequired[dict[str, str]]


class StoredRule(TypedDict):
    """What a rule says: its segments, the numbers of each kind of grid, how numbers are allotted."""

    segments: list[StoredSegment]
    ranges: dict[str, list[int]]
    allocation: str


DEFAULT_SEGMENTS: tuple[StoredSegment, ...] = (
    {"name": "村（社区）代码", "source": "village", "length": 12},
    {"name": "网格顺序码", "source": "sequence", "length": 3},
)
DEFAULT_RANGES: dict[str, list[int]] = {"community": [1, 799], "village": [1, 799], "dedicated": [800, 899]}


@dataclass(frozen=True)
class Segment:
    """One part of a code: its source, its length in characters and the character that fills it up on the left."""

    name: str
    source: Source
    length: int
    padding: str = "0"
    literal: str = ""
    values: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Place:
    """The codes of the divisions that a grid lies in, as the register writes them."""

    county: str
    township: str
    village: str


@dataclass(frozen=True)
class Rule:
    """The segments in order and the numbers each kind of grid may take."""

    segments: tuple[Segment, ...]
    ranges: Mapping[str, tuple[int, int]]

    @staticmethod
    def read(segments: Iterable[Mapping[str, Any]], ranges: Mapping[str, Any]) -> Rule:
        """Read a stored rule; raises ValueError with a Chinese sentence if it is not a valid rule."""
        rule = Rule(
            tuple(_segment(raw) for raw in segments),
            {kind: _range(kind, ranges.get(kind)) for kind in KINDS},
        )
        rule.check()
        return rule

    def check(self) -> None:
        """Raise ValueError unless the rule has exactly one sequence, a fixed length and enough numbers."""
        sequences = [segment for segment in self.segments if segment.source == "sequence"]
        if len(sequences) != 1:
            raise ValueError("编码规则须有且只有一个顺序码段。")
        if not any(segment.source == "village" for segment in self.segments):
            raise ValueError("编码规则须含村（社区）代码段：网格属于村（社区）。")
        if self.length > LONGEST_CODE:
            raise ValueError(f"网格编码最长 {LONGEST_CODE} 位，这条规则有 {self.length} 位。")
        for low, high in self.ranges.values():
            if len(str(high)) > sequences[0].length or low > high:
                raise ValueError(f"号段 {low}–{high} 放不进 {sequences[0].length} 位顺序码。")

    @property
    def length(self) -> int:
        """How many characters a code has."""
        return sum(segment.length for segment in self.segments)

    def compose(self, place: Place, *, kind: str, sequence: int) -> str:
        """Return a code; raises ValueError when a part does not fit its segment or the number is outside its range."""
        low, high = self.ranges[kind]
        if not low <= sequence <= high:
            raise ValueError(f"顺序码 {sequence} 不在号段 {low}–{high} 内。")
        return "".join(_part(segment, place, kind=kind, sequence=sequence) for segment in self.segments)

    def prefix_and_suffix(self, place: Place, *, kind: str) -> tuple[str, str]:
        """Return the text before and after the sequence; grids with the same two texts share one series of numbers."""
        position = next(i for i, segment in enumerate(self.segments) if segment.source == "sequence")
        parts = [_part(segment, place, kind=kind, sequence=0) for segment in self.segments]
        return "".join(parts[:position]), "".join(parts[position + 1 :])

    def sequence_of(self, code: str, place: Place, *, kind: str) -> int | None:
        """Return the sequence number in a code of this rule and place, or None for any other code."""
        prefix, suffix = self.prefix_and_suffix(place, kind=kind)
        middle = code[len(prefix) : len(code) - len(suffix)]
        fits = code.startswith(prefix) and code.endswith(suffix) and len(code) == self.length
        return int(middle) if fits and middle.isascii() and middle.isdecimal() else None

    def keeps(self, code: str, place: Place, *, kind: str) -> bool:
        """Whether a code given under another rule is also valid under this one."""
        if len(code) != self.length:
            return False
        try:
            number = self.sequence_of(code, place, kind=kind)
        except ValueError:  # the place itself does not fit the rule
            return False
        low, high = self.ranges[kind]
        return number is not None and low <= number <= high

    def next_sequence(self, taken: Iterable[int], *, kind: str) -> int:
        """Return the number after the highest one used in the kind's range; raises ValueError if the range is full."""
        low, high = self.ranges[kind]
        found = max((number for number in taken if low <= number <= high), default=low - 1) + 1
        if found > high:
            raise ValueError(f"号段 {low}–{high} 已用完，停用网格的编码不再使用；请由主管部门调整编码规则。")
        return found


def _segment(raw: Mapping[str, Any]) -> Segment:
    source, length = str(raw.get("source", "")), raw.get("length")
    if source not in SOURCES:
        raise ValueError(f"码段来源“{source}”不是 {'、'.join(SOURCES)} 之一。")
    if not isinstance(length, int) or not 1 <= length <= LONGEST_CODE:
        raise ValueError(f"码段“{raw.get('name', '')}”的长度应为 1–{LONGEST_CODE} 的整数。")
    padding, literal = str(raw.get("padding", "0")), str(raw.get("literal", ""))
    if source != "literal" and not re.fullmatch(r"[0-9A-Z]", padding):
        raise ValueError("补位字符应为一个数字或大写字母。")
    if source == "sequence" and padding != "0":
        raise ValueError("顺序码段只能用 0 补位，否则编码读不回顺序号。")
    if source == "literal" and (len(literal) != length or not re.fullmatch(r"[0-9A-Z]+", literal)):
        raise ValueError(f"固定码段应为 {length} 位数字或大写字母。")
    values = raw.get("values")
    if source == "kind" and (not isinstance(values, dict) or set(values) != set(KINDS)):
        raise ValueError("类型码段须给出三类网格各自的代码。")
    if source == "kind" and not all(
        re.fullmatch(r"[0-9A-Z]+", str(value)) for value in (values or {}).values()
    ):
        raise ValueError("类型代码只能是数字和大写字母。")
    named: Any = source
    return Segment(str(raw.get("name", "")), named, length, padding, literal, values)


def _range(kind: str, bounds: Any) -> tuple[int, int]:
    match bounds:
        case [int(low), int(high)] | (int(low), int(high)) if 0 <= low <= high:
            return low, high
    raise ValueError(f"类型 {kind} 的号段应为两个从小到大的整数。")


def _part(segment: Segment, place: Place, *, kind: str, sequence: int) -> str:
    if segment.source == "literal":
        return segment.literal
    if segment.source == "kind":
        text = (segment.values or {})[kind]
    elif segment.source == "sequence":
        text = str(sequence)
    else:
        text = {"county": place.county, "township": place.township, "village": place.village}[segment.source]
    if len(text) > segment.length:
        raise ValueError(f"“{segment.name}”的值 {text} 超过 {segment.length} 位。")
    return text.rjust(segment.length, segment.padding)


DEFAULT_RULE = Rule.read(DEFAULT_SEGMENTS, DEFAULT_RANGES)
