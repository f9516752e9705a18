"""Workbooks of the differences between two lists. No text can be taken for a formula (Art. 16)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO

from exchange.named import Column, Table
from exchange.named_files import write_rows
from matters.comparison import Difference

COMPARISON = Table(
    {
        "what": Column("变化", 10, 12, "", ""),
        "code": Column("事项编码", 10, 10, "", ""),
        "name": Column("事项名称", 80, 28, "", ""),
        "word": Column("项目", 20, 20, "", ""),
        "before": Column("之前", 500, 48, "", ""),
        "after": Column("之后", 500, 48, "", ""),
    },
    thing="对照",
    unit="行",
    most_rows=100_000,
)


def write_comparison(file: IO[bytes], differences: Iterable[tuple[str, Difference]]) -> None:
    """Writes one line for every field that differs. ``differences`` gives each difference with its word."""
    write_rows(file, COMPARISON, _lines(differences))


def _lines(differences: Iterable[tuple[str, Difference]]) -> Iterator[dict[str, str]]:
    for what, each in differences:
        about = {"what": what, "code": each.code, "name": each.name}
        if not each.changes:
            yield about
        for change in each.changes:
            yield {**about, "word": change.word, "before": change.before, "after": change.after}
