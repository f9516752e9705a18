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
    above: str = "",
) -> tuple[Worksheet, int]:
    """Add a sheet with a row of ``headings`` (text, width in characters) and ``rows``; return it and their count.

    ``above`` stands in a row of its own over the headings and runs across the sheet.
    """
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "bottom": 1})
    page = book.add_worksheet(name)
    head = 1 if above else 0
    if above:
        page.write_string(0, 0, safe_text(above), text)
    for place, (heading, width) in enumerate(headings):
        page.set_column(place, place, width, text)
        page.write_string(head, place, heading, bold)
    page.freeze_panes(head + 1, 0)
    number = 0
    for number, cells in enumerate(rows, start=1):
        for place, cell in enumerate(cells):
            page.write_string(head + number, place, safe_text(cell), text)
    return page, number
