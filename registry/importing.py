"""A file of people: its columns, and what each line would do, compared with what is held (Art. 15).

Nothing is corrected in silence: a line that cannot be read is a fault with its reason, one that looks like somebody who
is held already is left to a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypedDict

from accounts.models import User
from common.errors import RuleViolation
from common.phones import LONGEST_TYPED
from exchange.columns import LONGEST_CODE
from exchange.named import Column, Row, Table
from grids.models import Grid
from registry.cleaning import cleaned, consistent
from registry.documents import DOCUMENTS
from registry.doubles import opened
from registry.fields import RESIDENCES, SEXES
from registry.keys import lookups
from registry.kinds import HEAD, HOUSE, PERSON, ROLES
from registry.likeness import PROPOSED_FROM, likeness
from registry.models import Record, SearchKey
from registry.policies import WHO_MAY

Outcome = Literal["create", "change", "same", "alike", "fault"]
OUTCOMES = {
    "fault": "有误",
    "create": "新登记",
    "change": "已登记，有更新",
    "same": "已登记，没有变",
    "alike": "疑似已登记，请人工辨认",
}
COLUMNS: Mapping[str, Column] = {
    "name": Column("姓名", 40, 12, "", "李演示", mask="name", is_needed=True),
    "document": Column("证件类型", 20, 18, f"{'、'.join(DOCUMENTS.values())}；不填按居民身份证。", ""),
    "number": Column(
        "证件号码", 18, 22, "加密保存；列的格式要设成“文本”，否则表格会四舍五入。", "", mask="id_number",
        others=("身份证号", "身份证号码", "公民身份号码"), holds="identity",
    ),
    "born": Column("出生日期", 20, 14, "有身份证号的可以不填。", "1980-02-03", mask="hidden", holds="day"),
    "sex": Column("性别", 4, 8, "男或女；有身份证号的可以不填。", ""),
    "phone": Column(
        "联系电话", LONGEST_TYPED, 16, "手机、座机都可以。加密保存。", "19900000001", mask="phone",
        others=("电话", "手机号", "手机号码"), holds="phone",
    ),
    "residence": Column("居住情况", 20, 18, f"{'、'.join(RESIDENCES.values())}。", ""),
    "registered_at": Column("户籍所在地", 100, 30, "可以不填。", "", mask="address", others=("户籍地址",)),
    "grid_code": Column("网格编码", LONGEST_CODE, 20, "住在哪个网格。", "", is_needed=True, holds="code"),
    "address": Column(
        "门牌地址", 100, 30, "同一个地址的算一户。", "京东小区3号楼2单元501", mask="address", is_needed=True,
        others=("现住址", "居住地址"),
    ),
    "role": Column("与户主关系", 10, 12, f"{'、'.join(ROLES.values())}。", "户主", is_needed=True),
}  # fmt: skip
TABLE = Table(COLUMNS, thing="居民", unit="人", most_rows=5000, advice="请按村（社区）分成几个文件。")
CHOICES = {"document": DOCUMENTS, "sex": SEXES, "residence": RESIDENCES, "role": ROLES}
KEYS = {name: {word: key for key, word in words.items()} for name, words in CHOICES.items()}
OF_PERSON = ("name", "document", "number", "born", "sex", "phone", "residence", "registered_at")
ELSEWHERE = "这个证件号码已经登记在别处，您不能改。搬来的，请由机构办理迁入；填错的，请核对证件。"
NOT_OURS = "没有这个网格，或者不归您登记，请核对编码。"


class StoredLine(TypedDict):
    """A line as it is sealed; ``person`` is the record that it is about, 0 for a new one."""

    row: int
    values: dict[str, str]
    faults: list[tuple[str, str]]
    notes: list[str]
    outcome: Outcome
    person: int


@dataclass(slots=True)
class Arrival:
    """A line after the comparison."""

    row: Row
    outcome: Outcome = "create"
    person: int = 0


def examine(rows: Iterable[Row], *, grids: Sequence[Grid], by: User, today: date) -> list[Arrival]:
    """Returns what each line would do for a user. ``grids`` are those in which the user may register."""
    by_code = {grid.code: grid for grid in grids}
    found = [Arrival(row) for row in rows]
    for each in found:
        _read(each.row, by_code, today=today)
    _refuse_repeated(found)
    for each in found:
        if not each.row.faults:
            _match(each, by_code[each.row.values["grid_code"]], by=by)
        if each.row.faults:
            each.outcome = "fault"
    return found


def _read(row: Row, by_code: Mapping[str, Grid], *, today: date) -> None:
    """Puts the values into their one spelling and notes every fault of the line."""
    values = row.values
    for name, words in CHOICES.items():
        if name in values:
            key = KEYS[name].get(values[name])
            if key is None:
                row.refuse(name, f"应是{'、'.join(words.values())}之一。")
            else:
                values[name] = key
    for name in ("name", "address", "role"):
        if not values.get(name):
            row.refuse(name, f"请填写{COLUMNS[name].name}。")
    if values.get("grid_code") not in by_code:
        row.refuse("grid_code", NOT_OURS)
    try:
        person = {name: cleaned(name, values[name], today=today) for name in OF_PERSON if name in values}
        values |= consistent(person, today=today)
    except RuleViolation as refusal:
        row.refuse(refusal.field, refusal.sentence)


def _refuse_repeated(found: Iterable[Arrival]) -> None:
    """The same number twice, and two householders at one address, are faults of the later line."""
    seen: set[tuple[str, ...]] = set()
    for each in found:
        values = each.row.values
        for key, name, sentence in (
            (("number", values.get("number", "")), "number", "这个证件号码在文件里出现了两次。"),
            (
                ("head", values.get("grid_code", ""), values.get("address", "")),
                "role",
                "这个地址在文件里有两个户主。",
            ),
        ):
            if (key[0] == "head" and values.get("role") != HEAD) or not key[-1]:
                continue
            if key in seen:
                each.row.refuse(name, sentence)
            seen.add(key)


def _match(each: Arrival, grid: Grid, *, by: User) -> None:
    """Finds whom the line is about: by the number in the whole city, else by the weight of evidence nearby."""
    values, township = each.row.values, grid.village.parent_id or 0
    person = {name: values[name] for name in OF_PERSON if name in values}
    if number := values.get("number"):
        held = _held("number", number, township)
        if held:
            each.person = held[0]
            if not WHO_MAY.may("collect", by, Record.objects.with_place().get(pk=held[0])):
                each.row.refuse("number", ELSEWHERE)
                return
            known = opened(held[:1], OF_PERSON)[held[0]]
            each.outcome = "same" if person.items() <= known.items() else "change"
            return
    candidates = _held("name", person["name"], township)
    values_of = opened(candidates)
    if any(likeness(person, values_of[pk]).weight >= PROPOSED_FROM for pk in candidates):
        each.outcome = "alike"


def _held(field: str, text: str, township: int) -> list[int]:
    rows = SearchKey.objects.filter(
        digest__in=lookups(field, "whole", text, township=township),
        record__status="current",
        record__kind=PERSON,
    )
    return sorted(set(rows.values_list("record", flat=True)))


def house_at(address: str, grid: Grid) -> int | None:
    """Returns the current house of a grid with exactly this address, or None."""
    rows = SearchKey.objects.filter(
        digest__in=lookups("address", "whole", address, township=grid.village.parent_id or 0),
        record__status="current",
        record__kind=HOUSE,
        record__grid=grid,
    )
    return rows.order_by("record").values_list("record", flat=True).first()


def stored(found: Iterable[Arrival]) -> list[StoredLine]:
    """Returns the lines in the form that is sealed."""
    return [
        {
            "row": each.row.number,
            "values": each.row.values,
            "faults": each.row.faults,
            "notes": each.row.notes,
            "outcome": each.outcome,
            "person": each.person,
        }
        for each in found
    ]


def row_of(kept: StoredLine) -> Row:
    """Returns a stored line with its faults."""
    faults = [(key, sentence) for key, sentence in kept["faults"]]
    return Row(kept["row"], dict(kept["values"]), faults, list(kept["notes"]))


def counts_of(lines: Iterable[StoredLine]) -> dict[str, int]:
    """Returns how many lines have each outcome."""
    counted: Counter[str] = Counter(line["outcome"] for line in lines)
    return {outcome: counted[outcome] for outcome in OUTCOMES}
