"""The attribute table of a Shapefile, read record by record with pyshp; this module detects its encoding. Pure."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import IO

import shapefile

from common.errors import RuleViolation
from exchange import columns, encodings, limits

BYTES = "latin-1"  # one letter for each byte, so that pyshp returns the written bytes in any encoding
BROKEN = "属性表（.dbf）已损坏或不完整。请重新导出。"
CUT = "属性表里的文字过长，末尾的一个字被截断，已去掉。"
GBK_MARK = 0x4D
NUMBERS = {"N", "F"}
COUNT = re.compile(rb"_[0-9]")
WHOLE_NUMBER = re.compile(r"(\d+)\.0+")
# As desktop programs on Windows write it: 3.42000000000e+002.
EXPONENT = re.compile(r"([+-]?)(\d)\.?(\d*)[eE]([+-]?\d{1,3})")
SAMPLED = 20  # records
NO_VALUE = -1e38  # programs write the least number that they can hold where there is none


@contextmanager
def damage_refused(sentence: str) -> Iterator[None]:
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

    def raw(self) -> Iterator[list[encodings.Field] | None]:
        """The cells of each record, or None for a record marked as deleted."""
        with self.open() as file, damage_refused(BROKEN):
            reader = shapefile.DbfReader(file, encoding=BYTES)
            # As numbers they would be rounded, and a cell that is not a number would be lost silently.
            reader.fields[1:] = [field._replace(field_type="C") for field in reader.fields[1:]]
            names, sizes = [field.name for field in self.fields], [field.size for field in self.fields]
            for record in reader.iterRecords(fields=names, deleted_as_None=True):
                if record is None:
                    yield None
                    continue
                texts = [text.encode(BYTES).strip(b" \0") for text in record]
                yield [(text, len(text) >= size) for text, size in zip(texts, sizes, strict=True)]

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
    with source() as file, damage_refused(BROKEN):
        count, width, mark = struct.unpack("<4xI2xH17xB2x", file.read(32))
        check(count)
        fields = shapefile.DbfReader(file, encoding=BYTES).fields
        if sum(field.size for field in fields) > width:
            raise RuleViolation(BROKEN, field="文件")
    raw = (field.name.partition("\0")[0].strip().encode(BYTES) for field in fields)
    names = [(*_counted(name), len(name) >= columns.NAME_BYTES) for name in raw]
    encoding = encodings.of_fields((name, is_full) for name, _, is_full in names)
    headers = _unlike([_text((name, is_full), encoding)[0] + count for name, count, is_full in names])
    # The first field marks deleted records.
    kept = [(field, name) for field, name in zip(fields[1:], headers[1:], strict=True) if known(name)]
    return Table(source, tuple(field for field, _ in kept), tuple(name for _, name in kept), mark)


def encoding_of(table: Table, declared: str) -> str:
    """The encoding of the texts: the one that .cpg declares if it fits them, otherwise the one that is detected."""
    likely = declared or ("gb18030" if table.mark == GBK_MARK else "")
    for encoding in dict.fromkeys((likely or "utf-8", "utf-8", "gb18030")):
        cells = (cell for record in table.raw() if record is not None for cell in record)
        if encodings.fit_fields(cells, encoding):
            return encoding
    raise RuleViolation(encodings.NEITHER_IN_TABLE, field="文件")


def _counted(name: bytes) -> tuple[bytes, str]:
    """A field name of full length and the number with which a program made it different from another one."""
    if len(name) >= columns.NAME_BYTES and COUNT.fullmatch(name[-2:]):
        return name[:-2], name[-2:].decode()
    return name, ""


def _unlike(headers: list[str]) -> list[str]:
    """The headers, those that became alike when they were cut with a number behind them."""
    return [
        f"{header}_{before}" if (before := headers[:at].count(header)) else header
        for at, header in enumerate(headers)
    ]


def samples_of(table: Table, encoding: str) -> dict[str, str]:
    """The first text in each field of a table, among its first records."""
    found: dict[str, str] = {}
    for record in islice(table.records(encoding), SAMPLED):
        for name, text in (record[0] if record is not None else {}).items():
            found[name] = found.get(name) or text
    return found


def _text(field: encodings.Field, encoding: str) -> tuple[str, bool]:
    return encodings.text_of(field, encoding) or ("", False)


def _number(text: str) -> str:
    """A number as text, without decimals if it is whole; empty where the table has no number, or only asterisks."""
    if whole := WHOLE_NUMBER.fullmatch(text):
        return whole[1]
    if exponent := EXPONENT.fullmatch(text):
        return "" if float(text) < NO_VALUE else _written_out(*exponent.groups()) or text
    return text if text.strip("*") else ""


def _written_out(sign: str, first: str, decimals: str, power: str) -> str:
    """A whole number of which every digit is written, in plain digits; else an empty text."""
    places = int(power)
    if places < 0 or len(decimals) < places or decimals[places:].strip("0"):
        return ""
    return ("" if sign == "+" else sign) + str(int(first + decimals[:places]))
