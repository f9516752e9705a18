"""The anchors outside the database: one line of JSON each, in a file on another host or path.

A line names the database, the anchor and the line before it, and is signed with the key of the trace; lines are only
ever appended. A fault in a file is reported as a sentence.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO

from common.privacy.ciphers import Key

LONGEST_LINE = 4096  # bytes; our lines have about 400


class AnchorsDisagree(Exception):
    """The file and the database do not match; the sentence says how."""


@dataclass(frozen=True)
class Line:
    """One anchor as a line of the file; ``at`` is ISO 8601 in UTC."""

    database: str
    number: int
    at: str
    size: int
    root: str
    previous: str = ""
    key: str = ""
    signature: str = ""

    def signed(self, key: Key) -> Line:
        """Return the line with its signature."""
        named = replace(self, key=key.name, signature="")
        return replace(named, signature=hmac.digest(key.material, named.text().encode(), "sha256").hex())

    def text(self) -> str:
        """The text of the line in the file."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    @property
    def digest(self) -> str:
        """The digest by which the next line refers to this one."""
        return hashlib.sha256(self.text().encode()).hexdigest()


AnchorsAfter = Callable[[int], Iterable[Line]]


def read_lines(path: Path, *, database: str, keys: Sequence[Key]) -> list[Line]:
    """Read an anchor file and check that it is complete, signed by us, and of this database.

    Raises :class:`AnchorsDisagree` for a missing, foreign, broken or forged file.
    """
    try:
        written = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise AnchorsDisagree(f"锚定文件 {path} 不存在，请从保存它的机器取回。") from error
    except (OSError, UnicodeDecodeError) as error:
        raise AnchorsDisagree(f"锚定文件 {path} 读不出来。") from error
    by_name = {key.name: key for key in keys}
    lines: list[Line] = []
    for number, words in enumerate(written, start=1):
        line = _read(words, database=database, keys=by_name, place=f"第 {number} 行")
        before = lines[-1].digest if lines else ""
        if line.number != number or line.previous != before:
            raise AnchorsDisagree(f"锚定文件第 {number} 行与前一行不相接，或被改过。")
        lines.append(line)
    return lines


def _read(words: str, *, database: str, keys: Mapping[str, Key], place: str = "最后一行") -> Line:
    """Read one line; raises :class:`AnchorsDisagree` unless it is complete, of this database and signed by us."""
    try:
        line = Line(**json.loads(words))
    except (ValueError, TypeError) as error:
        raise AnchorsDisagree(f"锚定文件{place}不完整。") from error
    if line.database != database:
        raise AnchorsDisagree(f"锚定文件{place}属于另一个数据库（{line.database}）。")
    key = keys.get(line.key)
    if key is None:
        raise AnchorsDisagree(f"锚定文件{place}用的密钥 {line.key} 不在钥匙串里。")
    if line != line.signed(key):
        raise AnchorsDisagree(f"锚定文件{place}与签名不符，被改过。")
    return line


def add_lines(path: Path, anchors: AnchorsAfter, *, database: str, keys: Sequence[Key]) -> int:
    """Append the anchors that the file does not have yet; returns how many. The newest of ``keys`` is the last.

    ``anchors`` returns the database's anchors from a number on, including that one. Only the last line of the file is
    read; :func:`read_lines` compares the whole file. Raises :class:`AnchorsDisagree` when the last line is not ours, or
    when the database does not have that anchor.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = _last_line(file, database=database, keys=keys)
        wanted = iter(anchors(last.number if last else 1))
        if last is not None:
            held = next(wanted, None)
            if held is None or held.number != last.number:
                raise AnchorsDisagree(
                    f"锚定文件到第 {last.number} 号，数据库没有这一号：数据库是较早的备份，或被删过。"
                )
            if (held.root, held.size) != (last.root, last.size):
                raise AnchorsDisagree(f"第 {last.number} 号锚定在数据库里与文件里不同。")
        count, before = 0, last.digest if last else ""
        for anchor in wanted:
            count += 1
            line = replace(anchor, previous=before).signed(keys[-1])
            file.write(f"{line.text()}\n".encode())
            before = line.digest
        file.flush()
        os.fsync(file.fileno())
    return count


def _last_line(file: IO[bytes], *, database: str, keys: Sequence[Key]) -> Line | None:
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - LONGEST_LINE))
    written = file.read().decode(errors="replace").splitlines()
    if not written:
        return None
    return _read(written[-1], database=database, keys={key.name: key for key in keys})
