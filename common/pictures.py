"""Pictures from outside: decoded and encoded afresh, so that no place, comment or payload comes along."""

from __future__ import annotations

import hashlib
import io
import struct
from dataclasses import dataclass
from typing import BinaryIO

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

from common.errors import RuleViolation

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_JPEG_PIXELS = 50_000_000
MOST_OTHER_PIXELS = 16_000_000  # PNG and WebP cannot be decoded at a smaller size
UNREADABLE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    OverflowError,
    struct.error,
)
LONGEST_SIDE = 2560
JPEG_QUALITY = 82


@dataclass(frozen=True)
class Picture:
    """A JPEG of our own making."""

    content: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """Its digest."""
        return hashlib.sha256(self.content).hexdigest()


def read_picture(upload: BinaryIO, *, size: int) -> Picture:
    """Read an uploaded picture of ``size`` bytes.

    Raises :class:`RuleViolation` for a file that is too large or is not a real JPEG, PNG or WebP picture.
    """
    if size > settings.PHOTO_SIZE_LIMIT:
        raise RuleViolation(
            f"照片 {size / 1_048_576:.0f} MB，超过 {settings.PHOTO_SIZE_LIMIT // 1_048_576} MB，请压缩后再传。",
            field="photo",
        )
    picture = _decoded(upload)
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=JPEG_QUALITY)
    return Picture(written.getvalue(), picture.width, picture.height)


def _decoded(upload: BinaryIO) -> Image.Image:
    """Return the bare pixels, upright, at most ``LONGEST_SIDE`` long; no comment or profile comes along."""
    try:
        with Image.open(upload, formats=FORMATS) as picture:
            _refuse_a_bomb(picture)
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded small at once
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
        bare = Image.new("RGB", upright.size)
        bare.paste(upright)
        return bare
    except UNREADABLE as error:
        raise RuleViolation(
            "这个文件不是能打开的照片（只收 JPG、PNG、WebP），其余内容都还在。", field="photo"
        ) from error


def _refuse_a_bomb(picture: Image.Image) -> None:
    """Refuse, before anything is decoded, more pixels than the memory of a worker bears."""
    most = MOST_JPEG_PIXELS if picture.format == "JPEG" else MOST_OTHER_PIXELS
    if picture.width * picture.height > most:
        raise RuleViolation(
            f"照片有 {picture.width}×{picture.height} 像素，太大了，请缩小到 {most // 1_000_000} 百万像素以内再传。",
            field="photo",
        )
