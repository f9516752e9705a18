"""Copies the parts of a workbook that openpyxl reads, and checks their size while copying. Pure.

openpyxl keeps all elements of a row in memory, all shared texts, and all styles, drawings and links. It skips rows
that are out of order. Therefore it is given only the sheets and their texts, after these checks.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import XMLParser, fromstring

from common.errors import RuleViolation
from exchange import limits
from exchange.encodings import chunks

BROKEN = "工作簿已损坏或不完整。请在 Excel 里另存一份再上传。"
MACROS = "工作簿带有宏。请另存为不带宏的 .xlsx 再上传。"
NO_WORKBOOK = "文件不是 Excel 工作簿（XLSX）。请核对文件类型。"
HIDDEN_TYPES = "工作簿里有不允许的 XML 声明，没有读取。请在 Excel 里另存一份再上传。"
STRICT, IS_STRICT = "purl.oclc.org", "工作簿是“Strict Open XML”格式。请在 Excel 里另存为普通的 .xlsx 再上传。"
LONG_CELL = 32_767  # the most characters that a spreadsheet program can hold in one cell
TOO_LONG = f"工作簿里有超过{LONG_CELL}个字的单元格。坐标过长时，请在下一行以“续：”开头接着写。"
TYPES, BOOK, TEXTS, SHEETS = "[Content_Types].xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets"
BOOK_TYPES = ("sheet.main+xml", "template.main+xml")
READ_TYPES = ("spreadsheetml.worksheet+xml", "spreadsheetml.sharedStrings+xml")
LONGEST_TYPES = limits.MEGABYTE  # of the list of types; one line for each part
LAST_ROW = 1_048_576  # the limit of spreadsheet programs
MOST_ROWS = 100_000  # empty rows included, because openpyxl keeps their format
ELEMENTS = 100_000  # in one row; a spreadsheet program has 16,384 columns
ALL_ELEMENTS = 12_000_000  # as many as in 20,000 rows of 200 cells
TOO_MANY_CELLS = "工作簿里的行或单元格太多，有格式的空行、空格也算。请删除多余的行和列后再上传。"
MARKUP = 8 * limits.MEGABYTE  # in one row


def copied(packed: zipfile.ZipFile, into: IO[bytes]) -> dict[str, Watch]:
    """Copy the parts to be read and return the counts of each; raises RuleViolation for forbidden content."""
    names = {name for name in packed.namelist() if not name.endswith("/")}  # some programs write folders, too
    if any(PurePosixPath(name.lower()).name == "vbaproject.bin" for name in names):
        raise _refused(MACROS)
    watches = {}
    elements = 0
    with zipfile.ZipFile(into, "w") as copy:
        for name in sorted(_wanted(packed, names)):
            with packed.open(name) as source, copy.open(name, "w") as target:
                watches[name] = _watched(source, target, elements)
                elements = watches[name].all_elements
    return watches


def _wanted(packed: zipfile.ZipFile, names: set[str]) -> set[str]:
    """The names of the parts to read: those in their usual places, and those of these types under any name."""
    if TYPES not in names:
        raise _refused(NO_WORKBOOK)
    types = _types(packed)
    books = {name for name, kind in types.items() if kind.endswith(BOOK_TYPES)} & names or {BOOK} & names
    links = {str(PurePosixPath(name).parent / "_rels" / f"{PurePosixPath(name).name}.rels") for name in books}
    if not books or not links <= names:
        raise _refused(NO_WORKBOOK)
    usual = {name for name in names if name == TEXTS or str(PurePosixPath(name).parent) == SHEETS}
    declared = {name for name, kind in types.items() if kind.endswith(READ_TYPES)} & names
    return {TYPES} | books | links | usual | declared


def _types(packed: zipfile.ZipFile) -> dict[str, str]:
    """The type of each part for which the workbook declares one."""
    with packed.open(TYPES) as source:
        raw = source.read(LONGEST_TYPES + 1)
    if len(raw) > LONGEST_TYPES:
        raise _refused(BROKEN)
    with _damage_refused():
        root = fromstring(raw, forbid_dtd=True)
    return {
        each.get("PartName", "").lstrip("/"): each.get("ContentType", "")
        for each in root
        if each.tag.endswith("Override")
    }


@contextmanager
def _damage_refused() -> Iterator[None]:
    """Turn what a parser of XML raises into a RuleViolation."""
    try:
        yield
    except DefusedXmlException as error:
        raise _refused(HIDDEN_TYPES) from error
    except (ParseError, ValueError, LookupError) as error:  # LookupError means an unknown encoding
        raise _refused(BROKEN) from error


def _watched(source: IO[bytes], target: IO[bytes], elements: int) -> Watch:
    watch = Watch(elements)
    parser = XMLParser(target=watch, forbid_dtd=True)
    with _damage_refused():
        for piece in chunks(source):
            watch.given += len(piece)
            parser.feed(piece)
            if watch.given - watch.taken > MARKUP:
                raise _refused(BROKEN)
            target.write(piece)
        parser.close()
    return watch


@dataclass(slots=True)
class Watch:
    """The counts of one part: merged blocks, the last row with content, and how much there was."""

    all_elements: int  # of this part and the parts before it
    blocks: list[str] = field(default_factory=list)
    last: int = 0
    row: int = 0  # the number of the current row
    rows: int = 0
    given: int = 0  # bytes so far, and bytes up to the last end of a row or text
    taken: int = 0
    elements: int = 0  # since that end
    is_within: bool = False  # inside a cell or text, whose letters are counted together
    chars: int = 0
    width: int = 1  # bytes that each letter takes in memory
    texts: int = 0
    text_bytes: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Handle the start of an element."""
        name = tag.rpartition("}")[2]
        self.elements += 1
        self.all_elements += 1
        if self.elements > ELEMENTS:
            raise _refused(BROKEN)
        if name in {"c", "si"}:
            self.is_within, self.chars, self.width = True, 0, 1
        elif not self.is_within:
            self.chars = 0
        if name == "row":
            before, self.row = self.row, int(attributes.get("r", self.row + 1))
            self.rows += 1
            if not before < self.row <= LAST_ROW:  # openpyxl skips rows that are out of order
                raise _refused(BROKEN)
            if self.rows > MOST_ROWS or self.all_elements > ALL_ELEMENTS:
                raise _refused(TOO_MANY_CELLS)
        elif name == "workbook" and STRICT in tag:  # openpyxl finds no sheets in this format
            raise _refused(IS_STRICT)
        elif name == "mergeCell":
            self.blocks.append(attributes.get("ref", ""))
            limits.check_rows(len(self.blocks))

    def end(self, tag: str) -> None:
        """Handle the end of an element."""
        name = tag.rpartition("}")[2]
        if name in {"c", "si"}:
            self.is_within = False
        if name == "si":
            self.texts += 1
            self.text_bytes += self.chars * self.width
            if self.texts > limits.TEXTS or self.text_bytes > limits.TEXT_BYTES:
                raise _refused(limits.TOO_MUCH_TEXT)
        if name in {"v", "t", "f"}:
            self.last = self.row
        elif name in {"si", "row"}:
            self.elements, self.taken = 0, self.given

    def data(self, text: str) -> None:
        """Handle text."""
        self.chars += len(text)
        if self.chars > LONG_CELL:
            raise _refused(TOO_LONG)
        if not text.isascii():
            self.width = max(self.width, 2 if len(text.encode("utf-16-le")) == 2 * len(text) else 4)

    def close(self) -> None:
        """Handle the end of the part."""


def _refused(sentence: str) -> RuleViolation:
    return RuleViolation(sentence, field="文件")
