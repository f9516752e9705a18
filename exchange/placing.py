"""Converts a file's coordinates to CGCS2000 degrees on the lattice; finds NaN, swapped axes, wrong systems. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from exchange.crs import PUYANG_IN_WORDS, inside_puyang, named, puyang_in, to_cgcs2000, wrong_choice
from exchange.drafts import Draft
from exchange.outlines import Flat
from geometry.lattice import rounded

SWAPPED_ALL = "全部坐标的横纵（经纬）写反了，已对调。"
SWAPPED_ONE = "坐标的横纵（经纬）写反了，已对调。"
NOT_FINITE = "坐标里有不是数的值（NaN 或无穷大）。请改正后再导入。"


def place(flat: Flat, drafts: Sequence[Draft], crs: str) -> list[str]:
    """Convert ``flat`` in place; returns the repairs that concern the file as a whole.

    Raises RuleViolation when no row lies in Puyang under ``crs``; single rows outside are refused one by one.
    """
    refuse_not_finite(flat, drafts)
    notes = swap_or_refuse(flat, drafts, crs) if len(flat.xy) else []
    flat.xy = rounded(to_cgcs2000(flat.xy, crs))
    return notes


def refuse_not_finite(flat: Flat, drafts: Sequence[Draft]) -> None:
    """Refuse rows with NaN or infinity."""
    bad = np.unique(flat.row_of_vertex()[~np.isfinite(flat.xy).all(axis=1)])
    for number in bad.tolist():
        drafts[number].refuse(NOT_FINITE)
    flat.drop_rows(bad)


def swap_or_refuse(flat: Flat, drafts: Sequence[Draft], crs: str) -> list[str]:
    """Swap x and y where every coordinate of a row proves the swap; refuse rows, or the file, outside Puyang."""
    rows, row_at = np.unique(flat.row_of_vertex(), return_inverse=True)
    outside = _rows_with(~inside_puyang(flat.xy, crs), row_at, len(rows))
    if not outside.any():
        return []
    swapped = ~_rows_with(~inside_puyang(flat.xy[:, ::-1], crs), row_at, len(rows))
    if outside.all() and not swapped.any():
        raise wrong_choice(flat.xy, crs)
    turned = swapped[row_at]
    flat.xy[turned] = flat.xy[turned][:, ::-1]
    if swapped.all():
        return [SWAPPED_ALL]
    for number in rows[swapped].tolist():
        drafts[number].repair(SWAPPED_ONE)
    lost = rows[outside & ~swapped]
    for number in lost.tolist():
        drafts[number].refuse(_outside(flat.xy[flat.row_of_vertex() == number], crs))
    flat.drop_rows(lost)
    return []


def _rows_with(marks: np.ndarray, row_at: np.ndarray, count: int) -> np.ndarray:
    """For each row, whether any of its vertices is marked."""
    return np.bincount(row_at[marks], minlength=count) > 0


def _outside(xy: np.ndarray, crs: str) -> str:
    """The sentence that names a point of a row outside Puyang."""
    west, south, east, north = puyang_in(crs)
    away = np.maximum(
        np.maximum(west - xy[:, 0], xy[:, 0] - east), np.maximum(south - xy[:, 1], xy[:, 1] - north)
    )
    x, y = xy[int(np.argmax(away))].tolist()
    at = f"（{x:.10g}，{y:.10g}）"
    return f"边界的点{at}按所选的{named((crs,))}不在濮阳市范围内（{PUYANG_IN_WORDS}）。请核对坐标。"
