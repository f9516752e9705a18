"""Load the city's tree of divisions and the county outlines: everything or nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import shapely
from django.db import transaction
from shapely.geometry import shape

from audit.actions import append_entries, append_entry
from common.errors import RuleViolation
from common.initials import place_letters, place_sounds
from common.privacy.publishing import require_no_number
from grids.actions.register import bump_boundaries
from grids.divisions import CODE_DIGITS, LEVELS, DivisionRow, read_rows, short_village_name
from grids.models import Division, FormerDivision
from grids.moves import Moved, tell_followers
from worktime.clocks import day_of

READINGS = ["sort_key", "initials"]
FILE = "区划代码表"


@dataclass(frozen=True)
class ImportResult:
    """What an import did, counted in rows."""

    created: int
    changed: int
    unchanged: int


@transaction.atomic
def import_divisions(path: Path, *, at: datetime) -> ImportResult:
    """Import the statistical divisions file; a second import of the same file changes nothing.

    A division that a document has renamed or moved since then keeps the state of the document (Art. 28).
    Raises :class:`RuleViolation` with every faulty row and its reason; in that case nothing is saved.
    """
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows, faults = read_rows(lines)
    if faults:
        listed = "；".join(str(fault) for fault in faults[:20])
        raise RuleViolation(
            f"文件有 {len(faults)} 处错误，未导入任何一行。{listed}", faults=[str(fault) for fault in faults]
        )
    known = {division.code: division for division in Division.objects.defer("outline")}
    documented = set(FormerDivision.objects.values_list("division__code", flat=True))
    open_rows = [row for row in rows if row.code not in documented]
    created = changed = 0
    above = {division.code: division.parent_id for division in known.values()}
    for level in Division.Level.values:
        new, moved, reread = _split([row for row in open_rows if row.level == level], known)
        for division in Division.objects.bulk_create(new, batch_size=1000):
            known[division.code] = division
        Division.objects.bulk_update(moved, ["name", "parent", *READINGS], batch_size=1000)
        Division.objects.bulk_update(reread, READINGS, batch_size=1000)
        _trace_import(new, "found", at=at, first=True)
        _trace_import(moved, "change", at=at)
        created, changed = created + len(new), changed + len(moved)
    _take_along(above, known, at=at)
    return ImportResult(created, changed, len(rows) - created - changed)


def _take_along(above: dict[str, int | None], known: dict[str, Division], *, at: datetime) -> None:
    """Take along what lies in the divisions that the file puts under another parent."""
    by_number = {division.pk: division for division in known.values()}
    for code, number in above.items():
        division, before = known[code], by_number.get(number or 0)
        if before is not None and division.parent_id != before.pk:
            tell_followers(Moved(division, before, day_of(at), FILE), by_id=None, at=at)


def _trace_import(divisions: list[Division], verb: str, *, at: datetime, first: bool = False) -> None:
    records = {f"division:{division.pk}": {"code": division.code} for division in divisions}
    append_entries(records, verb=verb, at=at, actor_id=None, first=first)


def _split(
    rows: list[DivisionRow], known: dict[str, Division]
) -> tuple[list[Division], list[Division], list[Division]]:
    """Divide rows of one level into new divisions, those whose name or parent changed, and those read differently now.

    How a name is read follows from ``common/readings.csv`` and is no fact of the register, so it leaves no trace.
    """
    new, moved, reread = [], [], []
    for row in rows:
        parent = known.get(row.parent_code)
        division = known.get(row.code)
        if division is None:
            division = Division(code=row.code, level=row.level)
            new.append(division)
        elif (division.name, division.parent_id) == (row.name, parent and parent.pk):
            if (division.sort_key, division.initials) != _read(row.name):
                division.sort_key, division.initials = _read(row.name)
                reread.append(division)
            continue
        else:
            moved.append(division)
        division.name, division.parent = row.name, parent
        division.sort_key, division.initials = _read(row.name)
    return new, moved, reread


def _read(name: str) -> tuple[str, str]:
    """Return every reading of a name for sorting, and its first letters for search."""
    return place_sounds(name, most=200), place_letters(name, most=60)


@transaction.atomic
def import_outlines(path: Path) -> int:
    """Store the county outlines of a GeoJSON file (EPSG:4490 degrees); returns how many.

    Raises :class:`RuleViolation` for a county that is not in the register or a broken outline.
    """
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    for feature in features:
        code = str(feature["properties"]["code"])
        outline = shape(feature["geometry"])
        if not outline.is_valid or outline.is_empty:
            raise RuleViolation(f"县区 {code} 的轮廓自相交或为空，未导入任何轮廓。")
        found = Division.objects.filter(code=code, level=Division.Level.COUNTY)
        if not found.update(outline=shapely.to_wkb(outline)):
            raise RuleViolation(f"轮廓文件中的县区代码 {code} 不在区划中，未导入任何轮廓。")
    return len(features)


@transaction.atomic
def found_placeholder(
    *, code: str, name: str, level: str, parent: Division, document: str, by_id: int | None, at: datetime
) -> Division:
    """Add a zone, or a place inside one, that is not in the statistical table (Art. 28).

    The code is given by hand, with the number of digits of its level. Raises :class:`RuleViolation` if invalid.
    """
    name = name.strip()
    if level == Division.Level.CITY or LEVELS.index(parent.level) != LEVELS.index(level) - 1:
        raise RuleViolation(f"{parent}下不能设这一层级的区划。", field="parent")
    if not (code.isascii() and code.isdecimal() and len(code) == CODE_DIGITS[level]):
        raise RuleViolation(f"代码应为 {CODE_DIGITS[level]} 位数字。", field="code")
    if Division.objects.filter(code=code).exists():
        raise RuleViolation(f"代码 {code} 已属于{Division.objects.get(code=code)}。", field="code")
    if not name or len(name) > 60:
        raise RuleViolation("名称为空或超过 60 字。", field="name")
    require_no_number(name, field="name")
    if not document.strip():
        raise RuleViolation("请写明设立依据的文件。", field="document")
    name = _own_name(name, level=level, parent=parent)
    sort_key, letters = _read(name)
    division = Division.objects.create(
        code=code,
        name=name,
        level=level,
        parent=parent,
        is_placeholder=True,
        sort_key=sort_key,
        initials=letters,
    )
    record = {"code": code, "name": name, "parent": parent.code, "document": document.strip()[:120]}
    append_entry(f"division:{division.pk}", verb="found", at=at, actor_id=by_id, record=record, first=True)
    return division


@transaction.atomic
def change_division(
    division: Division,
    *,
    name: str,
    parent: Division | None,
    on: date,
    document: str,
    by_id: int | None,
    at: datetime,
) -> Division:
    """Rename a division or put it under the body that manages it; its state until ``on`` stays on record.

    What lies in a division that moves goes along in this transaction (``grids/moves.py``). The code stays as it is: a
    zone's township keeps the code of the county it was cut from (Art. 28).
    """
    division = Division.objects.select_for_update().get(pk=division.pk)
    if on > day_of(at):
        raise RuleViolation("区划变更从今天或以前的日期起登记。", field="on")
    if division.former.filter(until__gte=on).exists():
        raise RuleViolation(f"{division}在这一天或之后已有变更登记。", field="on")
    if parent is None or LEVELS.index(parent.level) != LEVELS.index(division.level) - 1:
        raise RuleViolation("新的上级须高一个层级。", field="parent")
    if name != division.name or parent.pk != division.parent_id:
        name = _own_name(
            name, level=division.level if name != division.name else "", parent=parent, but=division.pk
        )
    if (division.name, division.parent_id) == (name, parent.pk):
        raise RuleViolation("名称和上级都没有变。", field="name")
    FormerDivision.objects.create(
        division=division,
        name=division.name,
        parent_id=division.parent_id,
        until=on,
        document=document.strip()[:120],
    )
    before = division.parent
    record = {
        "before": [division.name, division.parent_id],
        "after": [name, parent.pk],
        "on": on.isoformat(),
        "document": document.strip()[:120],
    }
    division.name, division.parent = name, parent
    division.sort_key, division.initials = _read(name)
    division.save(update_fields=["name", "parent", *READINGS])
    append_entry(f"division:{division.pk}", verb="change", at=at, actor_id=by_id, record=record)
    bump_boundaries()
    if before is not None and before.pk != parent.pk:
        tell_followers(Moved(division, before, on, document.strip()[:120]), by_id=by_id, at=at)
    return division


def _own_name(name: str, *, level: str, parent: Division, but: int = 0) -> str:
    """Return the name in use under the parent: short if it is free there, else as written.

    Raises :class:`RuleViolation` if both are taken: boards and lists could not tell the two apart.
    """
    names = (short_village_name(name), name) if level == Division.Level.VILLAGE else (name,)
    taken = {
        other.name: other for other in Division.objects.filter(parent=parent, name__in=names).exclude(pk=but)
    }
    free = next((each for each in names if each not in taken), None)
    if free is None:
        raise RuleViolation(
            f"{parent.name}下已有“{name}”（{taken[name].code}），请写能分清的全称。", field="name"
        )
    return free
