"""What a cell of a named column may hold, and how it is read: one reader for each kind of content. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from common.days import EXAMPLE, day_in
from common.phones import normal_phone
from common.typed import code_in, identity_in, plain, reference_in, tidy
from exchange import sheet
from exchange.archive import shown
from exchange.columns import EXACT, value_words
from exchange.formulas import decoded, original_text
from exchange.lost import ADVICE, is_lost

YES, NO = "是", "否"
TRUTHS = {
    **dict.fromkeys((YES, "TRUE", "YES", "Y", "1", "√", "✓", "✔"), YES),
    **dict.fromkeys((NO, "FALSE", "NO", "N", "0", "×", "X", "✗"), NO),
}
ROOM = 4  # how many times longer than its column a text may be before it is read


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a sheet: its name such as B3, the kind that openpyxl gives it, its value."""

    at: str
    kind: str
    value: object
    of: sheet.Sheet


def text_in(cell: Cell, holds: str, *, name: str, longest: int) -> str:
    """The text of a cell in its one spelling; raises ValueError with a sentence that names the cell."""
    value = cell.value
    if cell.kind == sheet.FORMULA:
        raise ValueError(f"{cell.at} 是公式。请复制后用“粘贴为数值”换成数值。")
    if cell.kind == sheet.ERROR:
        raise ValueError(f"{cell.at} 是错误值，请改正。")
    if isinstance(value, bool):
        return _truth(cell, holds)
    if isinstance(value, int | float):
        return _number(cell, value, holds)
    if isinstance(value, date | time | timedelta):
        return _moment(cell, holds)
    raw = str(value)
    if len(raw) > ROOM * longest:
        raise ValueError(f"{name}最多 {longest} 个字。")
    text = _spelled(cell, original_text(decoded(raw)), holds)
    if len(text) > longest:
        raise ValueError(f"{name}最多 {longest} 个字。")
    return text


def _spelled(cell: Cell, raw: str, holds: str) -> str:
    if is_lost(raw):
        raise ValueError(f"{cell.at} 的“{shown(raw)}”{ADVICE}")
    if holds == "day":
        return _day(cell, raw)
    return SPELLINGS[holds](raw)


def _day(cell: Cell, raw: str) -> str:
    try:
        return day_in(raw).isoformat() if plain(raw) else ""
    except ValueError as error:
        raise ValueError(f"{cell.at} 的{error}") from None


def _truth_in(raw: str) -> str:
    text = plain(raw)
    return TRUTHS.get(text.upper(), text)


SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "text": plain,
    "words": tidy,
    "code": code_in,
    "phone": normal_phone,
    "identity": identity_in,
    "number": plain,
    "reference": reference_in,
    "truth": _truth_in,
}


def _truth(cell: Cell, holds: str) -> str:
    if holds == "truth":
        return value_words(cell.value)
    raise ValueError(f"{cell.at} 是“{value_words(cell.value)}”，应填{NEEDED.get(holds, '文字')}。")


NEEDED = {"day": f"日期，如 {EXAMPLE}", "number": "数字", "phone": "电话号码", "identity": "身份证号"}


def _number(cell: Cell, value: float, holds: str) -> str:
    """A number as digits, as a day in a column of days, as a number in a column of numbers."""
    if not math.isfinite(value):
        raise ValueError(f"{cell.at} 不是能读的数，请重新填写。")
    if holds == "day":
        found = cell.of.day_of(value)
        return (
            found.isoformat() if found else _day(cell, f"{value:.0f}" if value == int(value) else f"{value}")
        )
    if holds == "number":
        return f"{value:.6f}".rstrip("0").rstrip(".")
    if value != int(value) or value < 0 or value >= EXACT:
        raise ValueError(f"{cell.at} 被存成了数字，末几位可能已经丢失。请把这一列设成“文本”格式，重新填写。")
    return _spelled(cell, str(int(value)), holds)


def _moment(cell: Cell, holds: str) -> str:
    """A cell with a date: its day in a column of days; elsewhere a sentence, because a program has changed the text."""
    value = cell.value
    if holds == "day" and isinstance(value, date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    if holds == "words" and isinstance(value, date):
        return value_words(value)
    kind = "日期" if isinstance(value, date) else "时间"
    if holds in NEEDED:
        raise ValueError(f"{cell.at} 是{kind}“{value_words(value)}”，应填{NEEDED[holds]}。")
    raise ValueError(f"{cell.at} 被存成了{kind}“{value_words(value)}”。请把这一列设成“文本”格式，重新填写。")
