"""The attribute table of a Shapefile, dBASE III, read record by record. Pure."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from common.errors import RuleViolation
from grids.exchange import encodings, limits

HEADER, DESCRIPTOR, HEADER_END, DELETED = 32, 32, 0x0D, b"*"
LONGEST_HEADER = HEADER + DESCRIPTOR * limits.COLUMNS + 1024
BROKEN = "属性表（.dbf）已损坏或不完整。请重新导出。"
CUT = "属性表里的文字过长，末尾的一个字被截断，已去掉。"
GBK_MARK = 0x4D
NUMBERS = {b"N", b"F"}
WHOLE_NUMBER = re.compile(r"(\d+)\.0+")


@dataclass(frozen=True, slots=True)
class Table:
    """A table on disk. ``columns`` are name, start, end and type within a record of ``width`` bytes."""

    open: Callable[[], IO[bytes]]
    start: int
    width: int
    count: int
    columns: tuple[tuple[bytes, int, int, bytes], ...]
    mark: int

    def raw(self) -> Iterator[list[bytes] | None]:
        """The cells of each record; None for one that is marked as deleted."""
        with self.open() as file:
            file.read(self.start)
            for _ in range(self.count):
                record = file.read(self.width)
                if len(record) < self.width:
                    raise RuleViolation(BROKEN, field="文件")
                gone = record[:1] == DELETED
                yield None if gone else [record[start:end].strip(b" \0") for _, start, end, _ in self.columns]


def table_of(source: Callable[[], IO[bytes]], *, check: Callable[[int], None] = limits.check_rows) -> Table:
    """Read the header of a table; ``check`` refuses too many records."""
    with source() as file:
        head = file.read(HEADER)
        if len(head) < HEADER:
            raise RuleViolation(BROKEN, field="文件")
        count, start, width = struct.unpack_from("<IHH", head, 4)
        check(count)
        if not HEADER < start <= LONGEST_HEADER or not width:
            raise RuleViolation(BROKEN, field="文件")
        described = file.read(start - HEADER)
    found, at = [], 1
    for place in range(0, len(described) - DESCRIPTOR + 1, DESCRIPTOR):
        if described[place] == HEADER_END:
            break
        size = described[place + 16]
        name, kind = described[place : place + 11].split(b"\0")[0].strip(), described[place + 11 : place + 12]
        found.append((name, at, at + size, kind))
        at += size
    if at > width or len(described) < start - HEADER:
        raise RuleViolation(BROKEN, field="文件")
    return Table(source, start, width, count, tuple(found), head[29])


def narrowed(table: Table, known: Callable[[str], bool]) -> Table:
    """The table with the columns whose name is known, so that others cost nothing."""
    encoding = encodings.of_fields(name for name, *_ in table.columns)
    kept = tuple(column for column in table.columns if known(_text(column[0], encoding)[0]))
    return Table(table.open, table.start, table.width, table.count, kept, table.mark)


def encoding_of(table: Table, declared: str) -> str:
    """The encoding of the texts: what .cpg declares if it fits them, else what they show."""
    said = declared or ("gb18030" if table.mark == GBK_MARK else "")
    for encoding in dict.fromkeys((said or "utf-8", "utf-8", "gb18030")):
        cells = (cell for record in table.raw() if record is not None for cell in record)
        if encodings.fit_fields(cells, encoding):
            return encoding
    raise RuleViolation(encodings.NEITHER_IN_TABLE, field="文件")


def headers_in(table: Table) -> list[str]:
    """The names of the columns."""
    encoding = encodings.of_fields(name for name, *_ in table.columns)
    return [_text(name, encoding)[0] for name, *_ in table.columns]


def records(table: Table, encoding: str) -> Iterator[tuple[list[str], bool] | None]:
    """Each record's texts and whether one was cut within a character; None for a deleted record."""
    kinds = [kind for *_, kind in table.columns]
    for cells in table.raw():
        if cells is None:
            yield None
        else:
            read = [_text(cell, encoding) for cell in cells]
            texts = [
                _number(text) if kind in NUMBERS else text
                for (text, _), kind in zip(read, kinds, strict=True)
            ]
            yield texts, any(cut for _, cut in read)


def _text(raw: bytes, encoding: str) -> tuple[str, bool]:
    return encodings.text_of(raw, encoding) or ("", False)


def _number(text: str) -> str:
    """A number as text without the decimals of a whole one; asterisks stand for one that is not there."""
    whole = WHOLE_NUMBER.fullmatch(text)
    return whole[1] if whole else text if text.strip("*") else ""
