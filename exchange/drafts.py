"""A row between file and ReadGrid: it collects all its faults and repairs instead of stopping at the first. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from shapely import MultiPolygon, Polygon

from common.errors import RuleViolation
from exchange import columns
from exchange.archive import shown
from exchange.rows import FileFault, Form, ReadGrid, ReadUnit

PLACES: Mapping[Form, str] = {"geojson": "第{}个要素", "shapefile": "第{}条记录", "workbook": "第{}行"}
CELL_CHARS = 100
SEPARATORS = re.compile(r"[、，,；;\n]")
Checked = TypeVar("Checked")
NAMELESS = "没有网格编码，也没有网格名称。请至少填一项。"


@dataclass(slots=True)
class Draft:
    """One grid while it is being read; ``form`` decides how sentences name the row."""

    row: int
    form: Form
    cells: tuple[tuple[str, str], ...] = ()
    code: str = ""
    name: str = ""
    kind: str = ""
    premises: str = ""
    village_code: str = ""
    village_name: str = ""
    households: int | None = None
    population: int | None = None
    units: list[ReadUnit] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)
    faults: list[FileFault] = field(default_factory=list)
    lacks_border: bool = False

    def refuse(self, reason: str, field_name: str = "边界") -> None:
        """Note a fault; ``reason`` is the end of a sentence that begins with the name of the row."""
        sentence = f"{PLACES[self.form].format(self.row)}：{reason}"
        self.faults.append(FileFault(self.row, field_name, sentence, self.cells))

    def repair(self, what: str) -> None:
        """Note a repair, once; ``what`` is the end of a sentence that begins with the name of the row."""
        sentence = f"{PLACES[self.form].format(self.row)}：{what}"
        if sentence not in self.repairs:
            self.repairs.append(sentence)

    def read_grid(self, shape: Polygon | MultiPolygon | None) -> ReadGrid:
        """The finished grid; call it only when nothing was refused."""
        return ReadGrid(
            self.row, self.code, self.name, self.kind, self.village_code, self.village_name, self.households,
            self.population, tuple(self.units), shape, tuple(self.repairs), self.premises,
            self.lacks_border,
        )  # fmt: skip


def draft_of(row: int, values: Mapping[str, object], headers: Mapping[str, str], form: Form) -> Draft:
    """Check the grid's own cells; ``values`` are by column key, ``headers`` are the column names in the file."""
    draft = Draft(row, form, _cells(values, headers))
    values = columns.village_in_order(values)
    for key in ("code", "name", "village_code", "village_name"):
        setattr(draft, key, checked(draft, columns.text_in, key, values, otherwise=""))
    for key in ("kind", "premises"):
        setattr(draft, key, checked(draft, columns.choice_in, key, values, otherwise=""))
    for key in ("households", "population"):
        setattr(draft, key, checked(draft, columns.count_in, key, values, otherwise=None))
    if not draft.code and not draft.name and not draft.faults:
        draft.refuse(NAMELESS, columns.name_of("name"))
    return draft


def add_unit(draft: Draft, values: Mapping[str, object]) -> None:
    """Check the cells of a unit and add it to the grid; a row without a unit adds nothing."""
    if all(values.get(key) in (None, "") for key in columns.UNIT_KEYS):
        return
    kind = checked(draft, columns.choice_in, "unit_kind", values, otherwise="")
    name = checked(draft, columns.text_in, "unit_name", values, otherwise="")
    address = checked(draft, columns.text_in, "unit_address", values, otherwise="")
    households = checked(draft, columns.count_in, "unit_households", values, otherwise=None)
    if not name and not address:
        draft.refuse("单元没有名称，也没有地址。请至少填一项。", columns.name_of("unit_name"))
    draft.units.append(ReadUnit(kind, name, address, households))


def add_listed(draft: Draft, values: Mapping[str, object]) -> None:
    """Add the units that one cell lists."""
    listed = values.get("unit_list")
    for name in SEPARATORS.split(listed) if isinstance(listed, str) else ():
        if name.strip():
            add_unit(draft, {"unit_name": name.strip()})


def checked(
    draft: Draft,
    check: Callable[[str, object], Checked],
    key: str,
    values: Mapping[str, object],
    *,
    otherwise: Checked,
) -> Checked:
    """The checked value of a cell; if ``check`` refuses it, the draft notes a fault and ``otherwise`` is returned."""
    try:
        return check(key, values.get(key))
    except RuleViolation as refusal:
        draft.refuse(refusal.sentence, refusal.field)
        return otherwise


def _cells(values: Mapping[str, object], headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The cells of the row as they are in the file, for the list of faults; borders are left out."""
    return tuple(
        (shown(header), cell_text(values[key]))
        for header, key in headers.items()
        if key != "coordinates" and key in values
    )


def cell_text(value: object) -> str:
    """A cell as a shortened text; lists and objects are not shown."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value if len(value) <= CELL_CHARS else value[:CELL_CHARS] + "…"
    if isinstance(value, bool):
        return columns.value_words(value)
    if isinstance(value, int | float) and abs(value) >= 1e18:
        return "……"
    return str(value)[:CELL_CHARS] if isinstance(value, int | float) else columns.value_words(value)
