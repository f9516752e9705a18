"""Load the city's tree of divisions and the county outlines, wholly or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import shapely
from django.db import transaction
from shapely.geometry import shape

from common.errors import RuleViolation
from common.readings import full_reading, initials
from grids.divisions import DivisionRow, read_rows
from grids.models import Division


@dataclass(frozen=True)
class ImportResult:
    """What an import did, counted in rows."""

    created: int
    changed: int
    unchanged: int


@transaction.atomic
def import_divisions(path: Path) -> ImportResult:
    """Import the statistical divisions file; a second import of the same file changes nothing.

    Raises :class:`RuleViolation` with every faulty row and its reason; then nothing is saved.
    """
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows, faults = read_rows(lines)
    if faults:
        listed = "；".join(str(fault) for fault in faults[:20])
        raise RuleViolation(
            f"文件有 {len(faults)} 处错误，未导入任何一行。{listed}", faults=[str(fault) for fault in faults]
        )
    known = {division.code: division for division in Division.objects.defer("outline")}
    created = changed = 0
    for level in Division.Level.values:
        new, moved = _split([row for row in rows if row.level == level], known)
        for division in Division.objects.bulk_create(new, batch_size=1000):
            known[division.code] = division
        Division.objects.bulk_update(moved, ["name", "parent", "sort_key", "initials"], batch_size=1000)
        created, changed = created + len(new), changed + len(moved)
    return ImportResult(created, changed, len(rows) - created - changed)


def _split(rows: list[DivisionRow], known: dict[str, Division]) -> tuple[list[Division], list[Division]]:
    """Divide rows of one level into new divisions and those whose name or parent changed."""
    new, moved = [], []
    for row in rows:
        parent = known.get(row.parent_code)
        division = known.get(row.code)
        if division is None:
            division = Division(code=row.code, level=row.level)
            new.append(division)
        elif (division.name, division.parent_id) == (row.name, parent and parent.pk):
            continue
        else:
            moved.append(division)
        division.name, division.parent = row.name, parent
        division.sort_key, division.initials = full_reading(row.name)[:200], initials(row.name)[:60]
    return new, moved


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
