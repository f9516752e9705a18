"""The anchors outside the database: one line of JSON each, in a file that another host or path keeps.

A line names the database, the anchor and the line before it, and is signed with the key of the trace; lines are only
ever added. What is wrong with a file is said as a sentence.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from common.ciphers import Key


class AnchorsDisagree(Exception):
    """The file and the database do not belong together; the sentence says how."""


@dataclass(frozen=True)
class Line:
    """One anchor as the file has it; ``at`` is ISO 8601 in UTC."""

    database: str
    number: int
    at: str
    size: int
    root: str
    previous: str = ""
    key: str = ""
    signature: str = ""

    def signed(self, key: Key) -> Line:
        """The line with its signature."""
        named = replace(self, key=key.name, signature="")
        return replace(named, signature=hmac.digest(key.material, named.text().encode(), "sha256").hex())

    def text(self) -> str:
        """The line as it is written."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    @property
    def digest(self) -> str:
        """What the next line says of this one."""
        return hashlib.sha256(self.text().encode()).hexdigest()


def read_lines(path: Path, *, database: str, keys: Sequence[Key]) -> list[Line]:
    """Read an anchor file and check that it is whole, signed by us, and of this database.

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
        try:
            line = Line(**json.loads(words))
        except (ValueError, TypeError) as error:
            raise AnchorsDisagree(f"锚定文件第 {number} 行不完整。") from error
        if line.database != database:
            raise AnchorsDisagree(f"锚定文件第 {number} 行属于另一个数据库（{line.database}）。")
        key = by_name.get(line.key)
        if key is None:
            raise AnchorsDisagree(f"锚定文件第 {number} 行用的密钥 {line.key} 不在钥匙串里。")
        before = lines[-1].digest if lines else ""
        if line.number != number or line.previous != before or line != line.signed(key):
            raise AnchorsDisagree(f"锚定文件第 {number} 行与前一行不相接，或被改过。")
        lines.append(line)
    return lines


def add_lines(path: Path, anchors: Iterable[Line], *, database: str, keys: Sequence[Key]) -> int:
    """Append the anchors that the file does not have yet; returns how many. ``keys`` with the newest last.

    Raises :class:`AnchorsDisagree` when the file has more than the database, or another root under a number.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        held = read_lines(path, database=database, keys=keys)
        wanted = list(anchors)
        for have, want in zip(held, wanted, strict=False):
            if (have.root, have.size) != (want.root, want.size):
                raise AnchorsDisagree(f"第 {want.number} 号锚定在数据库里与文件里不同。")
        if len(held) > len(wanted):
            raise AnchorsDisagree(
                f"锚定文件有 {len(held)} 号，数据库只有 {len(wanted)} 号：数据库是较早的备份，或被删过。"
            )
        before = held[-1].digest if held else ""
        for anchor in wanted[len(held) :]:
            line = replace(anchor, previous=before).signed(keys[-1])
            file.write(line.text() + "\n")
            before = line.digest
        file.flush()
        os.fsync(file.fileno())
    return len(wanted) - len(held)
