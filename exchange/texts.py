"""A sheet of texts in a workbook: nothing in it can become a formula or a number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from exchange.formulas import safe_text

OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def write_texts(
    book: xlsxwriter.Workbook,
    name: str,
    headings: Sequence[tuple[str, int]],
    rows: Iterable[Sequence[str]],
) -> tuple[Worksheet, int]:
    """Add a sheet with a row of ``headings`` (text, width in characters) and ``rows``; return it and their count."""
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "bottom": 1})
    page = book.add_worksheet(name)
    for place, (heading, width) in enumerate(headings):
        page.set_column(place, place, width, text)
        page.write_string(0, place, heading, bold)
    page.freeze_panes(1, 0)
    number = 0
    for number, cells in enumerate(rows, start=1):
        for place, cell in enumerate(cells):
            page.write_string(number, place, safe_text(cell), text)
    return page, number
