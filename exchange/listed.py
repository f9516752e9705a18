"""Writes a list that a page shows as a workbook, with what the list is and when and by whom it was written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO

import xlsxwriter

from exchange.formulas import safe_text
from exchange.texts import OPTIONS, write_texts

NOTES = (("项目", 14), ("内容", 90))


def write_list(
    file: IO[bytes],
    *,
    name: str,
    notes: Sequence[tuple[str, str]],
    headings: Sequence[tuple[str, int]],
    rows: Iterable[Sequence[str]],
    explained: Sequence[tuple[str, str]] = (),
) -> None:
    """Write ``rows`` under ``headings`` (name, width) with a filter; ``notes`` stand in the row above, and one by one
    on a second sheet, followed by what is ``explained``.

    Each printed page carries the name and the notes' last line, and its number.
    """
    above = "　".join("：".join(note) for note in notes)
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        page, count = write_texts(book, "清单", headings, rows, above)
        page.autofilter(1, 0, count + 1, len(headings) - 1)
        page.repeat_rows(0, 1)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.set_header(f"&L{_printed(name)}")
        page.set_footer(f"&L{_printed('：'.join(notes[-1]))}&R&P / &N")
        write_texts(book, "说明", NOTES, [*notes, *explained])


def _printed(text: str) -> str:
    """A text for the edge of a printed page, where & begins a code; at most 200 characters."""
    return safe_text(text)[:200].replace("&", "&&")
