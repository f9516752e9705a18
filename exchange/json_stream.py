"""Reads a JSON object member by member, and its one long array element by element, from the events of ijson. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

import ijson

from common.errors import RuleViolation
from exchange import limits

DEEPEST = 100
DEEPER = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}
NO_NUMBER = re.compile(r"\b(NaN|Infinity)\b")
NO_COLLECTION = "不是 GeoJSON 要素集合（FeatureCollection）。请重新导出。"
BROKEN = "不是完整的 JSON。文件可能被截断，请重新导出。"
GOES_ON = "在结尾之后还有内容。请重新导出。"
NOT_A_NUMBER = "里有不是数的值（NaN 或无穷大）。请改正后再导入。"
LONG_NUMBER = "里有太长的数。请改正后再导入。"
TOO_LARGE = (
    f"太大（超过{limits.FEATURE_CHARS // limits.MEGABYTE} MB）。"
    f"一个网格的边界最多{limits.VERTICES}个点，请简化边界。"
)
TOO_DEEP = "里括号套得太深，不像正常的 GeoJSON。请重新导出。"

Event = tuple[str, object]


class JsonStream:
    """The events of a text that arrives in pieces; every refusal is a RuleViolation that begins with ``at``."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self.at = "文件"
        self.broken = NO_COLLECTION  # the sentence if ijson cannot parse any further
        self.given = self.taken = 0  # characters read so far, and up to the end of the last value
        self.events = self._events(pieces)

    def _events(self, pieces: Iterator[str]) -> Iterator[Event]:
        # ijson.items is not used: it keeps a path for each depth, and a million brackets would fill any memory.
        found = ijson.sendable_list()
        parser = ijson.basic_parse_coro(found, use_float=True)
        for piece in chain(pieces, (None,)):
            failure: ijson.JSONError | None = None
            try:
                parser.close() if piece is None else parser.send(piece.encode())
            except ijson.JSONError as error:
                failure = error
            self.given += len(piece or "")
            yield from found
            found.clear()
            if failure is not None:
                raise self.refused(self._meaning(str(failure))) from failure
            if self.given - self.taken > limits.FEATURE_CHARS:
                raise self.refused(TOO_LARGE)

    def _meaning(self, failure: str) -> str:
        if self.broken != BROKEN:
            return self.broken
        if NO_NUMBER.search(failure):
            return NOT_A_NUMBER
        return LONG_NUMBER if "overflow" in failure else BROKEN

    def members(self) -> Iterator[tuple[str, Event]]:
        """The names of the object's members, each with the first event of its value; the caller reads that value."""
        if next(self.events)[0] != "start_map":
            raise self.refused(NO_COLLECTION)
        self.broken = BROKEN
        for event, name in self.events:
            if event == "end_map":
                break
            yield str(name), next(self.events)
        self.broken = GOES_ON
        next(self.events, None)

    def elements(self) -> Iterator[object]:
        """The values of an array that has already begun."""
        for event in self.events:
            if event[0] == "end_array":
                return
            yield self.value(event)

    def value(self, first: Event) -> object:
        """The value that begins with ``first``."""
        builder, depth = ijson.ObjectBuilder(), 0
        build, deeper = (
            builder.event,
            DEEPER.get,
        )  # looked up once, because a border has a hundred thousand events
        for event, value in chain((first,), self.events):
            build(event, value)
            depth += deeper(event, 0)
            if depth > DEEPEST:
                raise self.refused(TOO_DEEP)
            if not depth:
                break
        self.taken = self.given
        return builder.value

    def refused(self, rest: str) -> RuleViolation:
        """A refusal that names the place that is being read."""
        return RuleViolation(f"{self.at}{rest}", field="文件")
