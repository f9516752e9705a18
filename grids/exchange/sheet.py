"""The sheets of an XLSX workbook, row by row: shared texts, merged blocks, no formulas, no macros. Pure.

XML is read with expat and its events, in which a document type is refused. openpyxl takes twice the time, does not
tell merged blocks while it streams, and holds its tables of styles and texts whole whatever their size.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath
from typing import IO
from xml.parsers import expat

from common.errors import RuleViolation
from grids.exchange import limits
from grids.exchange.archive import shown
from grids.exchange.encodings import chunks
from grids.exchange.formulas import decoded, original_text

BROKEN = "工作簿已损坏或不完整。请在 Excel 里另存一份再上传。"
MACROS = "工作簿带有宏。请另存为不带宏的 .xlsx 再上传。"
HIDDEN_TYPES = "工作簿里有不允许的 XML 声明，没有读取。请在 Excel 里另存一份再上传。"
LONG_CELL = 32_767  # what a spreadsheet program can hold in one cell
TOO_LONG = f"工作簿里有超过{LONG_CELL}个字的单元格。坐标过长时，请在下一行以“续：”开头接着写。"
LONG_MARKUP = limits.MEGABYTE
REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
DIGITS = "0123456789"

Block = tuple[int, int, int, int]  # first row, first column, last row, last column, from 1


def check_cell(chars: int) -> None:
    """Refuse a cell with more than spreadsheet programs can hold; others would cut it without a word."""
    if chars > LONG_CELL:
        raise RuleViolation(TOO_LONG, field="文件")


@dataclass(slots=True)
class Cell:
    """One cell: its column from 1, and its text, number or truth."""

    column: int
    value: str | float | bool


@dataclass(slots=True)
class Events:
    """Calls of one pass over an XML part; names come without their namespace."""

    start: Callable[[str, dict[str, str]], None]
    end: Callable[[str], None] = lambda name: None
    text: Callable[[str], None] | None = None


def passed(file: IO[bytes], events: Events) -> Iterator[None]:
    """Run ``events`` over an XML part and stop after each piece, so that the caller can take what has come."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_types
    start, end = events.start, events.end
    parser.StartElementHandler = lambda name, attributes: start(name[name.rfind(" ") + 1 :], attributes)
    parser.EndElementHandler = lambda name: end(name[name.rfind(" ") + 1 :])
    if events.text is not None:
        parser.CharacterDataHandler = events.text
    read = 0
    try:
        for piece in chunks(file):
            parser.Parse(piece)
            read += len(piece)
            if (
                read - max(parser.CurrentByteIndex, 0) > LONG_MARKUP
            ):  # a tag that never ends would be held whole
                raise RuleViolation(BROKEN, field="文件")
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise RuleViolation(BROKEN, field="文件") from error


def _refuse_types(*_: object) -> None:
    raise RuleViolation(HIDDEN_TYPES, field="文件")


@dataclass(slots=True)
class Book:
    """An open workbook: its visible sheets with the part each is in, and its shared texts."""

    packed: zipfile.ZipFile
    sheets: tuple[tuple[str, str], ...]
    texts: list[bytes]


def book_of(packed: zipfile.ZipFile) -> Book:
    """Read the table of sheets and the shared texts; raises RuleViolation for macros and for what is no workbook."""
    names = set(packed.namelist())
    if any(PurePosixPath(name.lower()).name == "vbaproject.bin" for name in names):
        raise RuleViolation(MACROS, field="文件")
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        raise RuleViolation("文件不是 Excel 工作簿（XLSX）。请核对文件类型。", field="文件")
    parts: dict[str, str] = {}
    listed: list[tuple[str, str]] = []

    def relation(name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and len(parts) < limits.WORKBOOK_PARTS:
            target = attributes.get("Target", "")
            parts[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def sheet(name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            number = next((value for key, value in attributes.items() if key.endswith(" id")), "")
            listed.append((attributes.get("name", ""), parts.get(number, "")))

    for part, start in (("xl/_rels/workbook.xml.rels", relation), ("xl/workbook.xml", sheet)):
        with packed.open(part) as file:
            for _ in passed(file, Events(start)):
                pass
    sheets = tuple((name, part) for name, part in listed[: limits.WORKBOOK_PARTS] if part in names)
    return Book(packed, sheets, _shared_texts(packed) if "xl/sharedStrings.xml" in names else [])


def _shared_texts(packed: zipfile.ZipFile) -> list[bytes]:
    """The table of texts, kept as UTF-8 since a few rare characters would make every text four times as long."""
    found: list[bytes] = []
    gathered: list[str] = []
    state = {"in_text": False, "in_reading": False, "bytes": 0, "chars": 0}

    def start(name: str, _: Mapping[str, str]) -> None:
        if name == "si":
            gathered.clear()
            state["chars"] = 0
        elif name == "rPh":  # how a text is pronounced
            state["in_reading"] = True
        elif name == "t":
            state["in_text"] = not state["in_reading"]

    def end(name: str) -> None:
        if name == "t":
            state["in_text"] = False
        elif name == "rPh":
            state["in_reading"] = False
        elif name == "si":
            found.append("".join(gathered).encode())
            state["bytes"] += len(found[-1])
            if state["bytes"] > limits.TEXT_BYTES or len(found) > limits.TEXTS:
                raise RuleViolation(limits.TOO_MUCH_TEXT, field="文件")

    def text(piece: str) -> None:
        if state["in_text"]:
            gathered.append(piece)
            state["chars"] += len(piece)
            check_cell(state["chars"])

    with packed.open("xl/sharedStrings.xml") as file:
        for _ in passed(file, Events(start, end, text)):
            pass
    return found


def merged_blocks(book: Book, part: str) -> list[Block]:
    """The merged blocks of a sheet, which its file tells only after the rows."""
    found: list[Block] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            found.append((*_place(first), *_place(last or first)))
            limits.check_rows(len(found))

    if _mentions(book, part, b"mergeCell"):
        with book.packed.open(part) as file:
            for _ in passed(file, Events(start)):
                pass
    return found


def _mentions(book: Book, part: str, word: bytes) -> bool:
    """Say whether a part may hold a word, in a fifth of the time that its events take."""
    before = b""
    with book.packed.open(part) as file:
        for piece in chunks(file):
            both = before + piece
            if word in both or b"\0" in piece:  # in UTF-16 the word looks different
                return True
            before = both[-len(word) :]
    return False


@dataclass(slots=True)
class SheetRows:
    """The state of one pass over a sheet: the row that is being read, and those that are complete."""

    texts: list[bytes]
    is_strict: bool
    ready: list[tuple[int, list[Cell]]] = field(default_factory=list)
    row: int = 0
    column: int = 0
    kind: str = ""
    cells: list[Cell] = field(default_factory=list)
    gathered: list[str] = field(default_factory=list)
    chars: int = 0
    in_value: bool = False
    in_reading: bool = False  # within how a text is pronounced

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the beginning of an element."""
        if name == "row":
            said = attributes.get("r", "")
            self.row = int(said) if said.isdecimal() and len(said) < 8 else self.row + 1
            self.cells, self.column = [], 0
        elif name == "c":
            said = attributes.get("r", "")
            self.column = _column(said.rstrip(DIGITS)) if said else self.column + 1
            self.kind, self.gathered, self.chars = attributes.get("t", "n"), [], 0
        elif name in {"v", "t"}:
            self.in_value = not self.in_reading
        elif name == "rPh":
            self.in_reading = True
        elif name == "f" and self.is_strict:
            raise RuleViolation(
                f"{letters(self.column)}{self.row} 是公式。请复制后用“粘贴为数值”换成数值再上传。",
                field="文件",
            )

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name in {"v", "t"}:
            self.in_value = False
        elif name == "rPh":
            self.in_reading = False
        elif name == "c" and self.gathered and self.column <= limits.COLUMNS > len(self.cells):
            value = self._value("".join(self.gathered))
            if value != "":
                self.cells.append(Cell(self.column, value))
        elif name == "row" and self.cells:
            self.ready.append((self.row, self.cells))
            self.cells = []

    def text(self, piece: str) -> None:
        """Take text."""
        if self.in_value:
            self.gathered.append(piece)
            self.chars += len(piece)
            check_cell(self.chars)

    def _value(self, text: str) -> str | float | bool:
        if self.kind == "s":
            if not text.strip().isdecimal() or int(text) >= len(self.texts):
                raise RuleViolation(BROKEN, field="文件")
            return original_text(decoded(self.texts[int(text)].decode()))
        if self.kind == "b":
            return text == "1"
        if self.kind == "e" and self.is_strict:
            at = f"{letters(self.column)}{self.row}"
            raise RuleViolation(f"{at} 是错误值“{shown(text)}”。请改正后再上传。", field="文件")
        if self.kind in {"str", "inlineStr", "d", "e"}:
            return original_text(decoded(text))
        try:
            return float(text)
        except ValueError as error:
            raise RuleViolation(BROKEN, field="文件") from error


def rows_of(book: Book, part: str, *, strict: bool = True) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of a sheet that hold anything, with their number and cells.

    With ``strict`` a formula or an error value raises RuleViolation with the name of its cell.
    """
    state = SheetRows(book.texts, strict)
    with book.packed.open(part) as file:
        for _ in passed(file, Events(state.start, state.end, state.text)):
            yield from state.ready
            state.ready.clear()


def _place(reference: str) -> tuple[int, int]:
    """Row and column, from 1, of a reference such as B7."""
    found = REFERENCE.fullmatch(reference.replace("$", ""))
    if not found:
        raise RuleViolation(BROKEN, field="文件")
    return int(found[2]), _column(found[1])


@lru_cache(maxsize=1024)
def _column(said: str) -> int:
    """The number of a column, 1 for A."""
    if not 0 < len(said) < 4 or not all("A" <= letter <= "Z" for letter in said):
        raise RuleViolation(BROKEN, field="文件")
    column = 0
    for letter in said:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


def letters(column: int) -> str:
    """The letters of a column, A for 1."""
    said = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        said = chr(ord("A") + rest) + said
    return said
