"""Reads workbooks of grids: one row for each grid, or one for each of its units, with headers in Chinese. Pure.

Rows with the same code are one grid; without a code, rows with the same village and name are one grid.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from common.errors import RuleViolation
from exchange import archive, columns, limits, sheet
from exchange.archive import shown
from exchange.coordinates import GOES_ON, TypedBorder
from exchange.drafts import Draft, add_listed, add_unit, draft_of
from exchange.merged import Row, Table, block_name, rows
from exchange.outlines import Gathered

HEADER_WITHIN = 20
NEVER_SHARED = frozenset(
    {"unit_name", "unit_households"}
)  # merged over several rows, they would be counted twice
SAME_IN_ALL_ROWS = ("name", "kind", "premises", "village_code", "village_name", "households", "population")
OF_ONE_GRID = {"code", "name", "households", "population", "coordinates", "unit_list"}
NO_HEADER = "工作簿里没有找到表头。请在一行里写上“网格编码”“网格名称”等列名，可先下载模板。"
MERGED = "合并单元格"


def read(path: Path) -> Gathered:
    """All grids of a workbook; raises RuleViolation when it cannot be read to its end."""
    return _grouped(path).finished()


def _grouped(path: Path) -> Grouping:
    """The rows of a workbook, grouped into grids; its table of texts, which may be large, is released on return."""
    with archive.opened(path, entries=limits.WORKBOOK_PARTS) as packed, sheet.opened(packed) as sheets:
        table = _table(sheets)
        grouping = Grouping(table)
        for row in rows(table, sheet.rows_of(table.sheet)):
            grouping.take(row)
    return grouping


def _table(sheets: Iterable[sheet.Sheet]) -> Table:
    """The table on the one visible sheet that has a row of headers."""
    found = [table for each in sheets if (table := _headers_in(each))]
    if not found:
        raise RuleViolation(NO_HEADER, field="文件")
    if len(found) > 1:
        names = "、".join(f"“{shown(table.sheet.content.title)}”" for table in found)
        raise RuleViolation(f"工作簿里有{len(found)}张网格表（{names}），请只留一张。", field="文件")
    return found[0]


def _headers_in(candidate: sheet.Sheet) -> Table | None:
    """The first of the top rows that has the code or name of a grid and some other column, or None."""
    for seen, (row, values) in enumerate(sheet.rows_of(candidate, strict=False)):
        if seen >= HEADER_WITHIN:
            return None
        texts = {column: value for column, value in values.items() if isinstance(value, str)}
        known = {column: text for column, text in texts.items() if columns.key_of(text)}
        keys = {column: columns.key_of(text) for column, text in known.items()}
        if len(keys) > 1 and {"code", "name"} & set(keys.values()):
            headers = columns.keys_by_header(list(known.values()))
            return Table(candidate, row, keys, headers, columns.name_of, NEVER_SHARED)
    return None


@dataclass(slots=True)
class Group:
    """A grid that rows were found for: its number among the drafts, and the border typed so far."""

    draft: Draft
    number: int
    border: TypedBorder = field(default_factory=TypedBorder)
    typed: int = 0  # the hash of the text with which the border began


@dataclass(slots=True)
class Grouping:
    """Collects rows into grids."""

    table: Table
    gathered: Gathered = field(default_factory=lambda: Gathered("UTF-8"))
    groups: dict[tuple[str, ...], Group] = field(default_factory=dict)
    owners: dict[int, int] = field(default_factory=dict)  # the number of the grid for each row
    vertices: int = 0

    def take(self, row: Row[object]) -> None:
        """Add a row to its grid, or start a new grid with it."""
        self.gathered.rows += 1
        limits.check_rows(self.gathered.rows)
        draft = _draft(row, self.table)
        identity = _identity(draft)
        group = self.groups.get(identity)
        if group is None:
            add_listed(draft, row.values)
            group = self.groups[identity] = Group(draft, self.gathered.take(draft))
        else:
            _compare(group.draft, draft)
            if not (draft.units or row.shared or _goes_on(row)):
                draft.refuse(f"与第{group.draft.row}行是同一个网格。请只留一行。", columns.name_of("code"))
        self.owners[row.number] = group.number
        self._check_shared(group, draft, row)
        self._type(group, draft, row.values.get("coordinates"))
        if draft is not group.draft:
            group.draft.units.extend(draft.units)
            group.draft.faults.extend(draft.faults)
            self.gathered.count_units(len(draft.units))

    def _check_shared(self, group: Group, draft: Draft, row: Row[object]) -> None:
        """Note that values of merged blocks were used; refuse a block that reaches from one grid into another."""
        for key, block in row.shared.items():
            name = columns.name_of(key)
            if key in OF_ONE_GRID and self.owners.get(block[0]) != group.number:
                draft.refuse(
                    f"{block_name(block)} 的{name}合并在几个网格上，分不清各网格的。请取消合并，逐行填写。",
                    MERGED,
                )
            else:
                first = max(block[0], group.draft.row)
                sentence = f"第{first}行：{block_name(block)} 是合并单元格，各行的{name}都取了它的值。"
                if sentence not in group.draft.repairs:
                    group.draft.repairs.append(sentence)

    def _type(self, group: Group, draft: Draft, value: object) -> None:
        """Add typed coordinates to the grid's border; a text repeated in several rows counts once."""
        text = value if isinstance(value, str) else "" if value is None else str(value)
        goes_on = text.startswith(GOES_ON)
        if not text.strip():
            return
        if not goes_on and group.typed:
            if hash(text) != group.typed:
                draft.refuse(
                    f"坐标与第{group.draft.row}行的不一致。同一网格只填一次坐标。",
                    columns.name_of("coordinates"),
                )
            return
        group.typed = group.typed or hash(text) or 1
        try:
            self.vertices += group.border.add(text.removeprefix(GOES_ON))
        except RuleViolation as refusal:
            draft.refuse(refusal.sentence, refusal.field)
        limits.check_all_vertices(self.vertices)

    def finished(self) -> Gathered:
        """Return the grids with their borders."""
        for group in self.groups.values():
            parts = group.border.parts()
            if parts and self.gathered.outlines.admit(group.draft, sum(map(len, parts))):
                self.gathered.outlines.add(group.number, group.draft, parts, flattened=group.border.flattened)
            group.border = TypedBorder()
        return self.gathered


def _draft(row: Row[object], table: Table) -> Draft:
    draft = draft_of(row.number, row.values, table.headers, "workbook")
    add_unit(draft, row.values)
    if row.unclear:
        draft.faults.clear()  # other faults of a misread row would only confuse the reader
        for reason in row.unclear:
            draft.refuse(reason, MERGED)
    return draft


def _identity(draft: Draft) -> tuple[str, ...]:
    if draft.code:
        return ("code", draft.code)
    if draft.name:
        return ("name", draft.village_code or draft.village_name, draft.name)
    return ("row", str(draft.row))


def _compare(first: Draft, draft: Draft) -> None:
    """Take new values from a further row of a grid; refuse values that contradict the earlier rows."""
    for key in SAME_IN_ALL_ROWS:
        now, before = getattr(draft, key), getattr(first, key)
        if before in ("", None):
            setattr(first, key, now)
        elif now not in ("", None, before):
            name = columns.name_of(key)
            draft.refuse(f"{name}“{now}”与第{first.row}行的“{before}”不一致。请改成一样。", name)


def _goes_on(row: Row[object]) -> bool:
    text = row.values.get("coordinates")
    return isinstance(text, str) and text.startswith(GOES_ON)
