"""A JSON object read member by member, and its one long array element by element, without holding it whole. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from common.errors import RuleViolation
from grids.exchange import limits

BLANKS = " \t\r\n"
NEAR_END = 32  # a fault this close to what was read so far may only be the end of a piece
BROKEN = "不是完整的 JSON。文件可能被截断，请重新导出。"
TOO_LARGE = (
    f"太大（超过{limits.FEATURE_CHARS // limits.MEGABYTE} MB）。"
    f"一个网格的边界最多{limits.VERTICES}个点，请简化边界。"
)
TOO_DEEP = "里括号套得太深，不像正常的 GeoJSON。请重新导出。"
LONG_NUMBER = "里有太长的数。请改正后再导入。"


class JsonStream:
    """A cursor over text that arrives in pieces; every refusal is a RuleViolation that begins with ``at``."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self.pieces = pieces
        self.text = ""
        self.position = 0
        self.ended = False
        self.at = "文件"
        self.decoder = json.JSONDecoder()

    def more(self, length: int = 1) -> bool:
        """Read until ``length`` characters lie ahead; answers whether anything came."""
        ahead = [self.text[self.position :]]
        have = before = len(ahead[0])
        while have < length and not self.ended:
            piece = next(self.pieces, None)
            self.ended = piece is None
            ahead.append(piece or "")
            have += len(piece or "")
        self.text, self.position = "".join(ahead), 0
        return have > before

    def peek(self) -> str:
        """The next character that is not blank, or empty at the end."""
        while True:
            while self.position < len(self.text):
                letter = self.text[self.position]
                if letter not in BLANKS:
                    return letter
                self.position += 1
            if not self.more():
                return ""

    def took(self, letter: str) -> bool:
        """Step over ``letter`` if it comes next."""
        if self.peek() != letter:
            return False
        self.position += 1
        return True

    def need(self, letter: str) -> None:
        """Step over ``letter``, which must come next."""
        if not self.took(letter):
            raise self.refused(BROKEN)

    def value(self, longest: int = limits.FEATURE_CHARS) -> object:
        """The next value of at most ``longest`` characters."""
        self.peek()
        while True:
            try:
                found, end = self.decoder.raw_decode(self.text, self.position)
            except json.JSONDecodeError as error:
                self._go_on(error, longest)
            except RecursionError as error:
                raise self.refused(TOO_DEEP) from error
            except ValueError as error:
                raise self.refused(LONG_NUMBER) from error
            else:
                if end == len(self.text) and self.more(end - self.position + 1):
                    continue  # a number may go on in the next piece
                self.position = end
                return found

    def _go_on(self, error: json.JSONDecodeError, longest: int) -> None:
        """Read on when the fault is only that a piece ended; twice as much, so that long values cost no more."""
        ahead = len(self.text) - self.position
        cut = error.pos >= len(self.text) - NEAR_END or error.msg.startswith("Unterminated string")
        if cut and ahead > longest:
            raise self.refused(TOO_LARGE) from error
        if not cut or not self.more(2 * ahead + 1):
            raise self.refused(BROKEN) from error

    def members(self) -> Iterator[str]:
        """The names of an object's members; the caller takes each value."""
        self.need("{")
        if self.took("}"):
            return
        while True:
            if self.peek() != '"':
                raise self.refused(BROKEN)
            name = str(self.value(limits.REST_CHARS))
            self.need(":")
            yield name
            if self.took("}"):
                return
            self.need(",")

    def elements(self) -> Iterator[object]:
        """The values of an array."""
        self.need("[")
        if self.took("]"):
            return
        while True:
            yield self.value()
            if self.took("]"):
                return
            self.need(",")

    def refused(self, rest: str) -> RuleViolation:
        """A refusal of the place that is being read."""
        return RuleViolation(f"{self.at}{rest}", field="文件")
