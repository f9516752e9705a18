"""A row on its way from a file to a ReadGrid: it collects its faults and repairs instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from shapely import Polygon

from common.errors import RuleViolation
from grids.exchange import columns
from grids.exchange.archive import shown
from grids.exchange.rows import FileFault, Form, ReadGrid, ReadUnit

PLACES: Mapping[Form, str] = {"geojson": "第{}个要素", "shapefile": "第{}条记录", "workbook": "第{}行"}
CELL_CHARS = 100
NAMELESS = "没有网格编码，也没有网格名称。请至少填一项。"


@dataclass(slots=True)
class Draft:
    """One grid while it is read; ``form`` decides how its sentences name the row."""

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

    def refuse(self, reason: str, field_name: str = "边界") -> None:
        """Note a fault; ``reason`` goes on after the name of the row."""
        sentence = f"{PLACES[self.form].format(self.row)}：{reason}"
        self.faults.append(FileFault(self.row, field_name, sentence, self.cells))

    def repair(self, what: str) -> None:
        """Note a repair, once; ``what`` goes on after the name of the row."""
        sentence = f"{PLACES[self.form].format(self.row)}：{what}"
        if sentence not in self.repairs:
            self.repairs.append(sentence)

    def read_grid(self, shape: Polygon | None) -> ReadGrid:
        """What is known when nothing was refused."""
        return ReadGrid(
            self.row, self.code, self.name, self.kind, self.village_code, self.village_name, self.households,
            self.population, tuple(self.units), shape, tuple(self.repairs), self.premises,
        )  # fmt: skip


def draft_of(row: int, values: Mapping[str, object], headers: Mapping[str, str], form: Form) -> Draft:
    """Check the grid's own cells; ``values`` are by column key, ``headers`` name the columns as the file does."""
    draft = Draft(row, form, _cells(values, headers))
    attempt = attempts(draft)
    for key in ("code", "name", "village_code", "village_name"):
        setattr(draft, key, attempt(lambda key=key: columns.text_in(key, values.get(key)), ""))
    for key in ("kind", "premises"):
        setattr(draft, key, attempt(lambda key=key: columns.choice_in(key, values.get(key)), ""))
    for key in ("households", "population"):
        setattr(draft, key, attempt(lambda key=key: columns.count_in(key, values.get(key)), None))
    if not draft.code and not draft.name and not draft.faults:
        draft.refuse(NAMELESS, columns.name_of("name"))
    return draft


def add_unit(draft: Draft, values: Mapping[str, object]) -> None:
    """Check the cells of a unit and add it to the grid; a row without any unit adds nothing."""
    if all(values.get(key) in (None, "") for key in columns.UNIT_KEYS):
        return
    attempt = attempts(draft)
    kind = attempt(lambda: columns.choice_in("unit_kind", values.get("unit_kind")), "")
    name, address = (
        attempt(lambda key=key: columns.text_in(key, values.get(key)), "")
        for key in ("unit_name", "unit_address")
    )
    households = attempt(lambda: columns.count_in("unit_households", values.get("unit_households")), None)
    if not name and not address:
        draft.refuse("单元没有名称，也没有地址。请至少填一项。", columns.name_of("unit_name"))
    draft.units.append(ReadUnit(kind, name, address, households))


def attempts(draft: Draft) -> Callable[[Callable[[], object], object], object]:
    """A way to try a check: what it refuses becomes a fault of the draft and gives the fallback."""

    def attempt(check: Callable[[], object], fallback: object) -> object:
        try:
            return check()
        except RuleViolation as refusal:
            draft.refuse(refusal.sentence, refusal.field)
            return fallback

    return attempt


def _cells(values: Mapping[str, object], headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The row as it stands in the file, for the list of faults; borders are left out."""
    return tuple(
        (shown(header), cell_text(values[key]))
        for header, key in headers.items()
        if key != "coordinates" and key in values
    )


def cell_text(value: object) -> str:
    """A cell as text, cut; structures are not shown."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value if len(value) <= CELL_CHARS else value[:CELL_CHARS] + "…"
    return str(value)[:CELL_CHARS] if isinstance(value, int | float) and abs(value) < 1e18 else "……"
