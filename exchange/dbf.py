"""The attribute table of a Shapefile, read record by record with pyshp; this module detects its encoding. Pure."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import shapefile

from common.errors import RuleViolation
from exchange import encodings, limits

BYTES = "latin-1"  # one letter for each byte, so that pyshp returns the written bytes in any encoding
BROKEN = "属性表（.dbf）已损坏或不完整。请重新导出。"
CUT = "属性表里的文字过长，末尾的一个字被截断，已去掉。"
GBK_MARK = 0x4D
NUMBERS = {"N", "F"}
WHOLE_NUMBER = re.compile(r"(\d+)\.0+")


@contextmanager
def damage_told(sentence: str) -> Iterator[None]:
    """Turn any error that pyshp raises for a damaged file into a RuleViolation with ``sentence``."""
    try:
        yield
    except (struct.error, shapefile.ShapefileException, LookupError, ValueError) as error:
        raise RuleViolation(sentence, field="文件") from error


@dataclass(frozen=True, slots=True)
class Table:
    """A table on disk: the fields to read, their decoded names, and the byte that marks an encoding."""

    open: Callable[[], IO[bytes]]
    fields: tuple[shapefile.Field, ...]
    headers: tuple[str, ...]
    mark: int

    def raw(self) -> Iterator[list[bytes] | None]:
        """The cells of each record, or None for a record marked as deleted."""
        with self.open() as file, damage_told(BROKEN):
            reader = shapefile.DbfReader(file, encoding=BYTES)
            # As numbers they would be rounded, and a cell that is not a number would be lost silently.
            reader.fields[1:] = [field._replace(field_type="C") for field in reader.fields[1:]]
            names = [field.name for field in self.fields]
            for record in reader.iterRecords(fields=names, deleted_as_None=True):
                yield None if record is None else [text.encode(BYTES).strip(b" \0") for text in record]

    def records(self, encoding: str) -> Iterator[tuple[dict[str, str], bool] | None]:
        """The texts of each record and whether one was cut inside a character; None for a deleted record."""
        for cells in self.raw():
            if cells is None:
                yield None
                continue
            read = [_text(cell, encoding) for cell in cells]
            texts = {
                name: _number(text) if field.field_type in NUMBERS else text
                for name, field, (text, _) in zip(self.headers, self.fields, read, strict=True)
            }
            yield texts, any(cut for _, cut in read)


def table_of(
    source: Callable[[], IO[bytes]],
    *,
    known: Callable[[str], bool] = bool,
    check: Callable[[int], None] = limits.check_rows,
) -> Table:
    """Read the header of a table; ``known`` selects fields by name, ``check`` refuses too many records."""
    with source() as file, damage_told(BROKEN):
        count, width, mark = struct.unpack("<4xI2xH17xB2x", file.read(32))
        check(count)
        fields = shapefile.DbfReader(file, encoding=BYTES).fields
        if sum(field.size for field in fields) > width:
            raise RuleViolation(BROKEN, field="文件")
    names = [field.name.partition("\0")[0].strip().encode(BYTES) for field in fields]
    encoding = encodings.of_fields(names)
    headers = [_text(name, encoding)[0] for name in names]
    # The first field marks deleted records.
    kept = [(field, name) for field, name in zip(fields[1:], headers[1:], strict=True) if known(name)]
    return Table(source, tuple(field for field, _ in kept), tuple(name for _, name in kept), mark)


def encoding_of(table: Table, declared: str) -> str:
    """The encoding of the texts: the one that .cpg declares if it fits them, otherwise the one that is detected."""
    said = declared or ("gb18030" if table.mark == GBK_MARK else "")
    for encoding in dict.fromkeys((said or "utf-8", "utf-8", "gb18030")):
        cells = (cell for record in table.raw() if record is not None for cell in record)
        if encodings.fit_fields(cells, encoding):
            return encoding
    raise RuleViolation(encodings.NEITHER_IN_TABLE, field="文件")


def _text(raw: bytes, encoding: str) -> tuple[str, bool]:
    return encodings.text_of(raw, encoding) or ("", False)


def _number(text: str) -> str:
    """A number as text, without decimals if it is whole; asterisks mean that there is no number."""
    whole = WHOLE_NUMBER.fullmatch(text)
    return whole[1] if whole else text if text.strip("*") else ""
