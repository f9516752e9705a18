"""Pictures from outside: checked piece by piece, then redrawn in a separate process.

No location, comment or payload is kept, and no decoder runs where pages are served or secrets are kept: the child
process has no settings and no environment, and is killed when it takes more time or memory than any photo needs.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from common.errors import RuleViolation
from common.pictures import drawing
from common.pictures.kinds import read_structure
from common.pictures.structure import NO_PICTURE, Structure, too_dear

LONGEST_SIDE = 2560
JPEG_QUALITY = 82
PROCESSOR_SECONDS = 3  # the most expensive picture within the limits takes half of this
PATIENCE = 15.0  # seconds of clock time; a busy machine gives a child process little of it
MEMORY = 640 * 1024 * 1024  # of address space; the most expensive picture within the limits uses 350 MB
BUSY = "现在平台很忙，这张照片没有处理完。请过几分钟再传；其余内容都还在。"


class BusyDecoder(RuleViolation):
    """There was not enough time to check the picture; it may be sound."""


@dataclass(frozen=True)
class Picture:
    """A JPEG that we have drawn."""

    content: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """The digest of the content."""
        return hashlib.sha256(self.content).hexdigest()


def read_picture(upload: BinaryIO, *, size: int) -> Picture:
    """Read an uploaded picture of ``size`` bytes.

    Raises :class:`RuleViolation` for a file that is too large, is not a real JPEG, PNG or WebP picture, is not what its
    name or type declares, or is too expensive to decode.
    """
    return draw(look_at(upload, size=size))


def look_at(upload: BinaryIO, *, size: int) -> Structure:
    """Walk the structure of an uploaded picture and refuse what must not be decoded; it decodes nothing."""
    limit: int = settings.PHOTO_SIZE_LIMIT
    data = b"" if size > limit else upload.read(limit + 1)
    if size > limit or len(data) > limit:
        raise RuleViolation(
            f"照片 {max(size, len(data)) / 1_048_576:.0f} MB，超过 {limit // 1_048_576} MB，请压缩后再传。",
            field="photo",
        )
    name, sent = getattr(upload, "name", ""), getattr(upload, "content_type", "")
    return read_structure(data, name=str(name or ""), content_type=str(sent or ""))


def draw(found: Structure) -> Picture:
    """Decode and encode the picture again in a child process; raises :class:`RuleViolation` if that fails."""
    words = (found.kind, LONGEST_SIDE, JPEG_QUALITY, PROCESSOR_SECONDS, MEMORY)
    command = [sys.executable, "-I", str(Path(drawing.__file__)), *map(str, words)]
    try:
        done = subprocess.run(
            command,
            input=found.content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            env={},
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired as error:  # the child has been killed at this point
        raise BusyDecoder(BUSY, field="photo") from error
    if done.returncode == drawing.CANNOT_OPEN:
        raise RuleViolation(NO_PICTURE, field="photo")
    if done.returncode:
        raise too_dear()
    size, _, content = done.stdout.partition(b"\n")
    width, height = size.split()
    return Picture(content, int(width), int(height))
