"""Opens zip archives safely: sizes are checked first, no path leaves the archive, nothing is nested. Pure."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common.errors import RuleViolation
from exchange.limits import MEGABYTE, RATIO_FREE_BYTES, UNZIPPED_BYTES, UNZIPPED_RATIO

ZIP_MAGIC = b"PK\x03\x04"
TABLE = ".dbf"
NESTED = (".zip", ".rar", ".7z", ".gz", ".tar")
DRIVE = re.compile(r"^[A-Za-z]:")
# Other methods, such as LZMA, let the archive decide how much memory unpacking takes.
PLAIN_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED = 0x1
DAMAGED = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, OSError)


@contextmanager
def opened(path: Path, *, entries: int) -> Iterator[zipfile.ZipFile]:
    """Open an archive of at most ``entries`` entries; raises RuleViolation for anything that may be harmful.

    The sizes checked here are the limit of reading: ``zipfile`` never unpacks more than an entry declares.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            check_entries(archive.infolist(), entries, path.stat().st_size)
            yield archive
    except DAMAGED as error:
        raise RuleViolation("压缩包已损坏或不完整。请重新打包后再上传。", field="文件") from error


def check_entries(found: list[zipfile.ZipInfo], entries: int, size: int) -> None:
    """Refuse an archive by its table of contents; ``size`` is the size of the archive itself, in bytes."""
    if len(found) > entries:
        raise _refused(f"压缩包里有{len(found)}个文件，最多{entries}个。请只打包需要的文件。")
    for entry in found:
        check_name(entry)
        if entry.flag_bits & ENCRYPTED:
            raise _refused("压缩包加了密码。请去掉密码后再上传。")
        if entry.compress_type not in PLAIN_METHODS:
            raise _refused("压缩包用了不支持的压缩方法。请用普通的 ZIP 压缩。")
    unzipped = sum(entry.file_size for entry in found)
    if unzipped > UNZIPPED_BYTES:
        raise _refused(f"压缩包解开后超过{UNZIPPED_BYTES // MEGABYTE} MB。请分成几个文件。")
    # A table of fixed widths is mostly blanks and packs as well as nothing else; its cost is bounded by its size above
    # and by its number of records.
    packed_well = sum(entry.file_size for entry in found if not entry.filename.lower().endswith(TABLE))
    if packed_well > RATIO_FREE_BYTES and packed_well > UNZIPPED_RATIO * size:
        raise _refused(f"压缩包解开后是原来的{unzipped // size}倍，不像正常的文件，没有解开。")


def check_name(entry: zipfile.ZipInfo) -> None:
    """Refuse an entry whose name or kind could lead outside the archive or hide another archive."""
    # ``orig_filename`` is the name in the archive; ``filename`` has already been cleaned.
    name = entry.orig_filename
    if "\\" in name or "\0" in name or name.startswith("/") or DRIVE.match(name) or ".." in name.split("/"):
        raise _refused(f"压缩包里的文件名“{shown(name)}”带有路径。请不带文件夹路径重新打包。")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refused(f"压缩包里的“{shown(name)}”是链接，不是文件。请打包文件本身。")
    if name.lower().endswith(NESTED):
        raise _refused(f"压缩包里还有压缩包“{shown(name)}”。请解开后重新打包。")


def shown(text: str, length: int = 40) -> str:
    """Shorten a text from outside for use in a sentence; characters that cannot be printed become ``?``."""
    cut = text[:length]
    clean = cut if cut.isprintable() else "".join(letter if letter.isprintable() else "?" for letter in cut)
    return clean + "…" if len(text) > length else clean


def _refused(sentence: str) -> RuleViolation:
    return RuleViolation(sentence, field="文件")
