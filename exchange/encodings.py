"""Detects the encoding of a text: UTF-8 with or without a byte order mark, or GB18030 (with GBK and GB2312). Pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import IO

from common.errors import RuleViolation

CHUNK = 256 * 1024
UTF8_MARK = codecs.BOM_UTF8
WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8（带 BOM）", "gb18030": "GBK/GB18030"}
# Every spelling of an encoding, letters and digits only: GB 2312-80, x-gbk, ms936, zh_CN.GB18030, x-cp20936, LDID/77.
NAMES_UTF8 = re.compile(r"UTF8|65001$")
NAMES_GBK = re.compile(r"GBK|GB2312|GB18030|EUC(CN|GB)|(?<![0-9])(20|54)?936$|^LDID77$")
# Encodings whose bytes GB18030 would read as other characters without a fault.
NAMES_OTHERS = re.compile(r"BIG5|S(HIFT)?JIS|EUC(JP|KR|TW)|UTF(7|16|32)|(?<![0-9])(932|949|950|1200)$")
NEITHER_IN_TABLE = "属性表的文字编码无法识别。请用 UTF-8 重新导出。"
TAIL = 3  # bytes of a character that the fixed field width may have cut


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """The file in pieces, from its current position."""
    while piece := file.read(CHUNK):
        yield piece


def recognised(file: IO[bytes]) -> str:
    """The encoding of a whole text file, which is read to its end; raises RuleViolation if it is neither."""
    head = file.read(4)
    if head.startswith(WIDE_MARKS):
        raise RuleViolation("文件是 UTF-16 编码。请另存为 UTF-8 编码。", field="文件")
    for encoding in ("utf-8-sig" if head.startswith(UTF8_MARK) else "utf-8", "gb18030"):
        file.seek(0)
        if fits(chunks(file), encoding):
            return encoding
    raise RuleViolation("文件的文字编码无法识别。请另存为 UTF-8 编码。", field="文件")


def fits(pieces: Iterable[bytes], encoding: str) -> bool:
    """Whether the joined pieces are valid text in ``encoding``."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for piece in pieces:
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def decoded(file: IO[bytes], encoding: str) -> Iterator[str]:
    """The text of the file in pieces, from the beginning."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    for piece in chunks(file):
        yield decoder.decode(piece)


def declared(text: str) -> str:
    """The encoding that a .cpg names, or an empty text if it names none; raises RuleViolation for one not read here.

    Programs that do not know the encoding write System, OEM, ANSI or their default ISO-8859-1; such a name, and a name
    that nobody knows, says nothing about Chinese text, so the table itself decides.
    """
    plain = re.sub(r"[^A-Z0-9]", "", text.upper())
    if NAMES_UTF8.search(plain):
        return "utf-8"
    if NAMES_GBK.search(plain):
        return "gb18030"
    if NAMES_OTHERS.search(plain):
        raise RuleViolation(
            f".cpg 文件写的编码“{plain[:20]}”不支持。请用 UTF-8 或 GBK 重新导出。", field="文件"
        )
    return ""


Field = tuple[bytes, bool]  # a text of fixed width, and whether it takes the whole width


def of_fields(fields: Iterable[Field]) -> str:
    """The encoding of fixed-width texts; raises RuleViolation when a text is in neither encoding."""
    left = list(fields)
    for encoding in ("utf-8", "gb18030"):
        if fit_fields(left, encoding):
            return encoding
    raise RuleViolation(NEITHER_IN_TABLE, field="文件")


def fit_fields(fields: Iterable[Field], encoding: str) -> bool:
    """Whether all fixed-width texts are valid in ``encoding``."""
    return all(text_of(field, encoding) is not None for field in fields)


def text_of(field: Field, encoding: str) -> tuple[str, bool] | None:
    """The text and whether its last character was cut off by the width; None if it is not valid in ``encoding``.

    Only a text that takes the whole width can have been cut: the end of a short one is a sign of another encoding.
    """
    raw, is_full = field
    try:
        return raw.decode(encoding), False
    except UnicodeDecodeError as error:
        if not is_full or error.start < len(raw) - TAIL or not error.start:
            return None
        try:
            return raw[: error.start].decode(encoding), True
        except UnicodeDecodeError:
            return None
