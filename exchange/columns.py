"""The vocabulary of a grid file: what each header means and what a cell may contain. Pure."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from common.errors import RuleViolation
from common.typed import code_in
from exchange.archive import shown
from exchange.headings import spellings_of
from exchange.lost import ADVICE, is_lost
from exchange.rows import KIND_NAMES, PREMISES_NAMES, UNIT_KIND_NAMES

Owner = Literal["grid", "unit"]
UNSEEN = {"Cc", "Cf", "Cs"}  # control characters, marks that change the text direction, half characters
MAX_COUNT = 10_000_000
LONGEST_CODE = 24
NAME_BYTES = 10  # of a field name in a dBASE table
CODES = {"code", "village_code"}
VILLAGE_DIGITS = 12
VILLAGE_CODE = re.compile(rf"[0-9]{{{VILLAGE_DIGITS}}}")
EXACT = 10**15  # a larger number has already lost its last digits in a spreadsheet program
NOT_LETTERS = {chr(number) for number in range(0xFDD0, 0xFDF0)}
NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{0,15})?([eE][+-]?\d{1,3})?")
EXPONENT = re.compile(r"[+-]?\d(\.\d*)?[eE][+-]?\d{1,3}")  # digits of a code are lost in it


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Chinese name, other headers with the same meaning, and the longest text (0 for a count)."""

    key: str
    name: str
    others: tuple[str, ...]
    longest: int
    owner: Owner = "grid"


COLUMNS: Mapping[str, Column] = {
    column.key: column
    for column in (
        Column(
            "code", "网格编码", ("网格代码", "网格编号", "网格编", "编码", "code", "gridcode"), LONGEST_CODE
        ),
        Column("name", "网格名称", ("网格名", "名称", "name", "gridname"), 80),
        Column("kind", "网格类型", ("网格类别", "网格类", "类型", "kind", "gridkind"), 10),
        Column("premises", "专属类别", ("专属网格类别", "premises"), 20),
        Column(
            "village_code",
            "村社区编码",
            ("村编码", "社区编码", "村社区代码", "村代码", "社区代码", "villagecode", "villcode"),
            12,
        ),
        Column(
            "village_name",
            "村社区",
            (
                "村社区名称",
                "村名称",
                "社区名称",
                "所属村社区",
                "所在村社区",
                "所属村",
                "所属社区",
                "village",
                "villagename",
            ),
            60,
        ),
        Column("households", "户数", ("网格户数", "总户数", "households", "hholds"), 0),
        Column("population", "人口", ("人口数", "网格人口", "总人口", "population", "popn"), 0),
        Column("unit_kind", "单元类型", ("单元类别",), 20, "unit"),
        Column("unit_name", "单元名称", ("单元", "楼栋", "楼院", "村民组", "小区楼栋"), 80, "unit"),
        Column("unit_address", "单元地址", ("地址", "门牌", "门牌地址"), 200, "unit"),
        Column("unit_households", "单元户数", ("楼栋户数", "本单元户数"), 0, "unit"),
        Column("unit_list", "包含单元", ("单元清单", "基本单元", "包含楼栋"), 4000),
        Column("coordinates", "坐标", ("边界坐标", "坐标串", "边界"), 0),
    )
}
UNIT_KEYS = tuple(key for key, column in COLUMNS.items() if column.owner == "unit")
KEY_BY_HEADER = {
    spellings_of(header)[0]: column.key
    for column in COLUMNS.values()
    for header in (column.key, *column.others, column.name)
}


def _cut_headers() -> dict[str, set[str]]:
    """What is left of each header in a table whose field names have at most ten bytes, in either encoding."""
    found: dict[str, set[str]] = {}
    for column in COLUMNS.values():
        for header in (column.key, column.name, *column.others):
            for encoding in ("utf-8", "gb18030"):
                raw = header.encode(encoding)
                if len(raw) > NAME_BYTES:
                    left = spellings_of(raw[:NAME_BYTES].decode(encoding, errors="ignore"))[0]
                    found.setdefault(left, set()).add(column.key)
    for header in found.keys() & KEY_BY_HEADER.keys():
        found[header].add(KEY_BY_HEADER[header])
    return found


CUT_HEADERS = _cut_headers()
KEY_BY_HEADER |= {header: next(iter(keys)) for header, keys in CUT_HEADERS.items() if len(keys) == 1}
# 村社区编码 and 村社区 are cut to the same header. A program that needs two names cuts the second one once more and
# counts it: 村社_1.
ALIKE_WHEN_CUT = {"村社区", "村社"}
VILLAGE = "village_code", "village_name"
COUNTED = re.compile(r"_\d$")
CHOICES: Mapping[str, Mapping[str, str]] = {
    "kind": KIND_NAMES,
    "premises": PREMISES_NAMES,
    "unit_kind": UNIT_KIND_NAMES,
}


def key_of(header: str) -> str:
    """The column that a header means, or an empty text; ignores spaces, punctuation and notes in brackets.

    A header that was cut at ten bytes means the column that it is the beginning of.
    """
    whole, short = spellings_of(header)
    key = KEY_BY_HEADER.get(whole) or KEY_BY_HEADER.get(short, "")
    return key or (VILLAGE[1] if _base_of(header) in ALIKE_WHEN_CUT else "")


def _base_of(header: str) -> str:
    return spellings_of(COUNTED.sub("", header.strip()))[0]


def name_of(key: str) -> str:
    """The Chinese name of a column."""
    return COLUMNS[key].name


def keys_by_header(headers: list[str]) -> dict[str, str]:
    """The known headers and the column each one means; raises RuleViolation when two mean the same column."""
    found: dict[str, str] = {}
    alike = [header for header in headers if _base_of(header) in ALIKE_WHEN_CUT]
    for header in headers:
        key = VILLAGE[alike.index(header)] if len(alike) == 2 and header in alike else key_of(header)
        if key and key in found.values():
            first = next(name for name, taken in found.items() if taken == key)
            raise RuleViolation(
                f"“{shown(first)}”和“{shown(header)}”两列都是{name_of(key)}，请只留一列。", field="文件"
            )
        if key:
            found[header] = key
    return found


def village_in_order(values: Mapping[str, object]) -> Mapping[str, object]:
    """The cells with code and name of the village in their places, if the code stands where the name should."""
    code, name = (values.get(key) for key in VILLAGE)
    if _is_village_code(name) and not _is_village_code(code):
        return {**values, "village_code": name, "village_name": code}
    return values


def _is_village_code(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    if not isinstance(value, str) and not 0 < value < EXACT:
        return False
    text = value if isinstance(value, str) else f"{value:.0f}"
    return len(text) >= VILLAGE_DIGITS and bool(VILLAGE_CODE.fullmatch(code_in(text)))


def text_in(key: str, value: object) -> str:
    """The text of a cell without outer spaces; raises RuleViolation if it is not a text or is too long.

    Codes are read in half-width characters without spaces.
    """
    text = _plain(key, value)
    if key in CODES:
        text = code_in(text)
        if EXPONENT.fullmatch(text):
            raise _wrong(key, f"“{shown(text)}”被存成了数，末尾几位已经丢了。请把这一列存成文字，重新填写。")
    if is_lost(text):
        raise _wrong(key, f"“{shown(text)}”{ADVICE}")
    longest = COLUMNS[key].longest
    if len(text) > longest:
        raise _wrong(key, f"有{len(text)}个字，最多{longest}个字。请改短。")
    if not text.isprintable() and any(is_unseen(letter) for letter in text):
        raise _wrong(key, "里有看不见的控制字符。请删去后重新填写。")
    return text


def is_unseen(letter: str) -> bool:
    """Whether a character is invisible and cannot be stored in every kind of file."""
    return unicodedata.category(letter) in UNSEEN or ord(letter) & 0xFFFE == 0xFFFE or letter in NOT_LETTERS


def _plain(key: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        shows = isinstance(value, bool | date | time | timedelta)
        raise _wrong(key, f"{f'“{value_words(value)}”' if shows else ''}不是文字。请填写文字。")
    if isinstance(value, float) and not math.isfinite(value):
        raise _wrong(key, "不是文字，也不是数。请重新填写。")
    if abs(value) >= EXACT:
        raise _wrong(key, "被存成了数字，末几位可能已经丢失。请把这一列设成“文本”格式，重新填写。")
    if isinstance(value, float) and not value.is_integer():
        return repr(value)
    return str(int(value))


def choice_in(key: str, value: object) -> str:
    """The key of the choice that a cell names by key or by Chinese name; an empty cell stays empty."""
    text = text_in(key, value)
    names = CHOICES[key]
    found = next((choice for choice, name in names.items() if text in (choice, name)), "")
    if text and not found:
        raise _wrong(key, f"“{shown(text)}”不认识。请填{'、'.join(names.values())}之一。")
    return found


def count_in(key: str, value: object) -> int | None:
    """A whole number from 0, or None for an empty cell; raises RuleViolation for anything else."""
    if value is None or value == "":
        return None
    number = _number(value)
    if number is None:
        text = shown(value.strip()) if isinstance(value, str) else value_words(value)
        raise _wrong(key, f"“{text}”不是数。请填整数。")
    if number < 0 or not number.is_integer():
        raise _wrong(key, f"“{number:g}”不对。请填不小于0的整数。")
    if number > MAX_COUNT:
        raise _wrong(key, f"超过{MAX_COUNT // 10_000}万。请核对。")
    return int(number)


def value_words(value: object) -> str:
    """How a sentence shows a value that is neither a text nor a number."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value) if isinstance(value, date | time | timedelta) else "……"


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return float(value) if abs(value) < 1e18 else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if not isinstance(value, str):
        return None
    text = unicodedata.normalize("NFKC", value).strip()
    number = float(text) if NUMBER.fullmatch(text) else math.nan
    return number if math.isfinite(number) else None


def _wrong(key: str, rest: str) -> RuleViolation:
    return RuleViolation(f"{name_of(key)}{rest}", field=name_of(key))
