"""A file with damaged bytes is refused with a sentence and never raises another error."""

from __future__ import annotations

import random
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from exchange.reading import read_grids
from exchange.rows import Form
from tests.exchange.files import (
    JING,
    YU,
    clockwise,
    feature,
    geojson,
    layer,
    many,
    prj,
    raw,
    square,
    typed,
    workbook,
    zipped,
)

ROUNDS = 150
HOLE = square(115.004, 35.704, 0.002)
TOKENS = (
    b"[", b"{", b"]", b"}", b"null", b"NaN", b"1e999", b'"', b"-", b"<", b"</c>", b"<c>", b"0", b"true",
    b"<f>1</f>", b"<row>", b"\xff\xff\xff\x7f", b"\0\0\0\0",
)  # fmt: skip


def collection(folder: Path) -> dict[str, bytes]:
    path = geojson(
        folder, feature(square(), HOLE, units=[{"name": "楼"}]), many([square()], [square(115.01)])
    )
    return {"": path.read_bytes()}


def shapes(folder: Path) -> dict[str, bytes]:
    return (
        layer([[clockwise(square()), HOLE], [clockwise(square(115.02))]])
        | prj(4490)
        | {"grids.cpg": b"UTF-8"}
    )


def book(folder: Path) -> dict[str, bytes]:
    rows = [
        [JING, "甲网格", "京东社区", 120, "1号楼", 60, typed(square())],
        [None, None, None, None, "2号楼", 60],
        [YU, "乙网格", "京东社区", 80, "3号楼", 80, typed(square(115.01))],
    ]
    with zipfile.ZipFile(workbook(folder, *rows, merged=["A2:A3", "B2:B3", "C2:C4"])) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def damaged(content: bytes, chance: random.Random) -> bytes:
    """The bytes with a few written over, taken out, put in or doubled."""
    changed = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 5, 20])):
        at = chance.randrange(len(changed) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            changed[at : at + 1] = chance.randbytes(1)
        elif kind == 1:
            del changed[at : at + chance.randrange(1, 30)]
        elif kind == 2:
            changed[at:at] = chance.choice(TOKENS)
        else:
            changed[at:at] = changed[at // 2 : at // 2 + 40]
    return bytes(changed)


@pytest.mark.parametrize(
    ("make", "form"),
    [(collection, "geojson"), (shapes, "shapefile"), (book, "workbook")],
    ids=["geojson", "shapefile", "workbook"],
)
def test_damage_is_refused_with_a_sentence_and_raises_nothing_else(
    tmp_path: Path, make: Callable[[Path], dict[str, bytes]], form: Form
) -> None:
    chance = random.Random(form)
    parts = make(tmp_path)
    sentences = set()
    for _ in range(ROUNDS):
        name = chance.choice(list(parts))
        changed = parts | {name: damaged(parts[name], chance)}
        path = raw(tmp_path, changed[""]) if form == "geojson" else zipped(tmp_path, changed)
        if form != "geojson" and chance.random() < 0.2:
            path = raw(tmp_path, damaged(path.read_bytes(), chance), "damaged.zip")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = read_grids(path, form=form, crs="EPSG:4490")
        assert found.grids or found.faults
        assert all(grid.shape is None or grid.shape.is_valid for grid in found.grids)
        sentences |= {fault.reason for fault in found.faults}
    assert len(sentences) > 2
    assert not [sentence for sentence in sentences if not sentence.endswith("。")]
