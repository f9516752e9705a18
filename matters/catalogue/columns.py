"""The columns of a workbook of matters, and how each column writes its part of a matter. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from common.days import day_in
from common.shapes import Columns
from exchange.named import Column, Row, Table
from matters.content import (
    CATEGORIES,
    DATA_ITEMS,
    KINDS,
    LIMITED_STEPS,
    LONGEST,
    ON_THE_SPOT,
    QUESTION_KINDS,
    SEVERITIES,
    UNIT_WORDS,
    MatterContent,
    Question,
)

Cell = Callable[[Any], str]
SPLIT = re.compile(r"[;；、\n]+")
LIMIT = re.compile(rf"([0-9]+) ?个?({'|'.join(UNIT_WORDS.values())}|天)")
UNITS = {word: unit for unit, word in UNIT_WORDS.items()} | {"天": "natural_day"}
YES_NO = {"是": True, "否": False, "": False}
LIMIT_HELP = "数量加单位：分钟、小时、工时、工作日、自然日，如“4 工时”；可以不填。"
WORDS_HELP = "多个用“；”隔开；可以不填。"
WHO_HELP = "第一个是主办，其余协办，用“；”隔开；写部门的职能名称，如“城市管理”。"
YES_HELP = "填“是”或“否”，不填就是“否”。"

COLUMNS: Mapping[str, Column] = {
    "code": Column(
        "事项编码", 10, 10, "如 6-12；新增的事项不填，导入时给编码。", "6-12", others=("编码",), holds="code"
    ),
    "name": Column("名称", 80, 24, "2–80 个字，一版清单里不能重名。", "路灯故障", is_needed=True, others=("事项名称",)),
    "category": Column("类别", 20, 18, f"{'、'.join(CATEGORIES.values())}。", "安全隐患排查", is_needed=True),
    "kind": Column("性质", 4, 8, f"{'、'.join(KINDS.values())}。", "上报", is_needed=True),
    "severity": Column("等级", 4, 8, f"{'、'.join(SEVERITIES.values())}。", "一般"),
    "description": Column("说明", LONGEST["description"], 40, "网格员看得懂的话：是什么、做什么。", ""),
    "synonyms": Column("别称", 400, 24, WORDS_HELP, "路灯不亮；灯杆坏了"),
    "examples": Column("举例", 400, 24, WORDS_HELP, ""),
    "lead_functions": Column("县区主办、协办", 200, 24, WHO_HELP, "城市管理；供电", others=("主办部门",)),
    "township_functions": Column("乡镇街道主办、协办", 200, 24, "可以不填。", ""),
    "city_functions": Column("市级主办、协办", 200, 24, "可以不填。", ""),
    "closes_on_spot": Column("可当场办结", 8, 14, f"{'、'.join(ON_THE_SPOT.values())}；不填就是网格员。", "网格员"),
    **{
        step: Column(f"{word}时限", 20, 14, LIMIT_HELP, "1 工作日" if step == "finish" else "")
        for step, word in LIMITED_STEPS.items()
    },
    "photo_before": Column("上报须附照片", 5, 8, YES_HELP, "", holds="truth"),
    "evidence_required": Column("办结须附照片", 5, 8, YES_HELP, "是", holds="truth"),
    "place_required": Column("须写明地点", 5, 8, YES_HELP, "", holds="truth"),
    "witness_required": Column("办结须有见证人", 5, 8, YES_HELP, "", holds="truth"),
    "questions": Column(
        "上报时另填", 400, 30, "每项“键|名称|类型|是否必填|选项/选项”，多项用“；”隔开。", "lamp|灯杆编号|文字|否|"
    ),
    "confidential": Column("保密", 5, 8, YES_HELP, "", holds="truth"),
    "basis": Column("依据", LONGEST["basis"], 40, "法律法规的名称和条号。", "《某某条例》第十五条", is_needed=True),
    "basis_on": Column("依据日期", 20, 14, "如 2025-01-01；可以不填。", "", holds="day"),
    "exception_law": Column("例外依据", LONGEST["exception_law"], 30, "只在法律法规另有规定时填名称和条号。", ""),
    "times_per_month": Column("每网格每月次数", 10, 10, "数字，可以有小数。", "0.5", holds="number"),
    "minutes_each": Column("每次分钟", 6, 10, "整数。", "15", holds="number"),
    "collects": Column("采集数据", 200, 24, f"{'、'.join(DATA_ITEMS.values())}；用“；”隔开，可以不填。", ""),
    "handling_post": Column("处置岗位", LONGEST["handling_post"], 20, "部门由哪个岗位处置。", ""),
    "support": Column("培训、指导、信息、经费", LONGEST["support"], 40, "部门怎样保障。", ""),
    "note": Column("备注", LONGEST["note"], 20, "可以不填。", ""),
    "ends_on": Column("有效期至", 20, 14, "只有临时准入的事项有；导入不能新设。", "", holds="day"),
}  # fmt: skip
# Columns that people read as prose; they keep full-width punctuation.
PROSE: tuple[str, ...] = (
    "name",
    "category",
    "description",
    "synonyms",
    "examples",
    "lead_functions",
    "township_functions",
)
PROSE += (
    "city_functions",
    "questions",
    "basis",
    "exception_law",
    "collects",
    "handling_post",
    "support",
    "note",
)
COLUMNS = {key: replace(one, holds="words") if key in PROSE else one for key, one in COLUMNS.items()}
TABLE = Table(COLUMNS, thing="事项", unit="项", most_rows=2000)


# --- Writing --------------------------------------------------------------------------------------------------


def written(code: str, content: MatterContent) -> dict[str, str]:
    """Returns a matter as the texts of a line. :func:`content_in` reads them back to the same content."""
    texts = {"code": code}
    for key in COLUMNS:
        if key in LIMITED_STEPS:
            amount, unit = getattr(content, f"{key}_amount"), getattr(content, f"{key}_unit")
            texts[key] = f"{amount} {UNIT_WORDS[unit]}" if unit else ""
        elif key != "code":
            texts[key] = _text_of(key, getattr(content, key))
    return texts


def _text_of(key: str, value: Any) -> str:
    if key in WORDS:
        return str(WORDS[key][value])
    if key == "collects":
        return "；".join(DATA_ITEMS[item] for item in value)
    if key == "questions":
        return "；".join(_question_text(each) for each in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "；".join(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def _question_text(each: Mapping[str, Any]) -> str:
    choices = "/".join(each.get("choices", ()))
    needed = "是" if each.get("required") else "否"
    return f"{each['key']}|{each['label']}|{QUESTION_KINDS[each['type']]}|{needed}|{choices}"


WORDS: Mapping[str, Mapping[Any, str]] = {
    "category": CATEGORIES,
    "kind": KINDS,
    "severity": SEVERITIES,
    "closes_on_spot": ON_THE_SPOT,
}
DEFAULTS = {"severity": 1, "closes_on_spot": "worker"}


# --- Reading --------------------------------------------------------------------------------------------------


@dataclass
class Reading:
    """The fields of one line while it is read. Values that cannot be read are noted on the row."""

    row: Row
    values: Columns

    def take(self, key: str, read: Callable[[str], Any]) -> None:
        """Reads one column. The text of a ValueError becomes the sentence on the row."""
        try:
            self.values[key] = read(self.row.values.get(key, ""))
        except ValueError as error:
            self.row.refuse(key, str(error))


def content_in(row: Row) -> MatterContent | None:
    """Returns the matter of a line, or None if a column cannot be read; the reasons are noted on the row."""
    before = len(row.faults)
    reading = Reading(row, {})
    for key in ("name", "description", "basis", "exception_law", "handling_post", "support", "note"):
        reading.take(key, str)
    for key in WORDS:
        reading.take(key, lambda text, key=key: _choice(key, text))  # type: ignore[misc]
    for key in ("synonyms", "examples", "lead_functions", "township_functions", "city_functions"):
        reading.take(key, _several)
    for key in ("photo_before", "evidence_required", "place_required", "witness_required", "confidential"):
        reading.take(key, _yes_or_no)
    for key in LIMITED_STEPS:
        reading.take(key, _limit)
    for key in ("basis_on", "ends_on"):
        reading.take(key, _day)
    reading.take("times_per_month", _number)
    reading.take("minutes_each", lambda text: int(_number(text)))
    reading.take("collects", _items)
    reading.take("questions", lambda text: list(_questions(text)))
    if len(row.faults) > before:
        return None
    values = reading.values
    for step in LIMITED_STEPS:
        values[f"{step}_amount"], values[f"{step}_unit"] = values.pop(step)
    return MatterContent(**values)


def _choice(key: str, text: str) -> Any:
    known = {word: value for value, word in WORDS[key].items()}
    if text in known:
        return known[text]
    if key == "category" and text in {str(number) for number in CATEGORIES}:
        return int(text)
    if not text and key in DEFAULTS:
        return DEFAULTS[key]
    raise ValueError(f"{COLUMNS[key].name}应是{'、'.join(WORDS[key].values())}之一。")


def _several(text: str) -> list[str]:
    return [word.strip() for word in SPLIT.split(text) if word.strip()]


def _yes_or_no(text: str) -> bool:
    if text not in YES_NO:
        raise ValueError(f"“{text}”看不懂，请填“是”或“否”。")
    return YES_NO[text]


def _limit(text: str) -> tuple[int | None, str]:
    if not text:
        return None, ""
    found = LIMIT.fullmatch(text)
    if found is None:
        raise ValueError("时限应写成数量加单位，如“4 工时”“3 工作日”。")
    return int(found[1]), UNITS[found[2]]


def _day(text: str) -> date | None:
    return day_in(text) if text else None


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text or "0")
    except InvalidOperation:
        raise ValueError("应填数字。") from None
    if not number.is_finite() or not 0 <= number <= 1000:
        raise ValueError("应在 0 到 1000 之间。")
    return number.quantize(Decimal("0.01"))


def _items(text: str) -> list[str]:
    known = {word: key for key, word in DATA_ITEMS.items()}
    words = _several(text)
    if unknown := [word for word in words if word not in known]:
        raise ValueError(f"没有这种数据：{'、'.join(unknown)}。")
    return [known[word] for word in words]


def _questions(text: str) -> Iterator[Question]:
    kinds = {word: key for key, word in QUESTION_KINDS.items()}
    for each in [part.strip() for part in re.split("[;；\n]+", text) if part.strip()]:
        parts = [part.strip() for part in each.split("|")]
        if len(parts) not in (4, 5) or parts[2] not in kinds or parts[3] not in ("是", "否"):
            raise ValueError("上报时另填的每项应写成“键|名称|类型|是否必填|选项/选项”。")
        choices = [choice for choice in (parts[4] if len(parts) == 5 else "").split("/") if choice]
        yield {
            "key": parts[0],
            "label": parts[1],
            "type": kinds[parts[2]],
            "required": parts[3] == "是",
            "choices": choices,
        }
