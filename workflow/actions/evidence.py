"""Photos: taken in, re-encoded, bound to a case, and asked for only where the matter demands them."""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.models import User
from common.errors import RuleViolation
from workflow import policies
from workflow.models import Attachment, Case

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_JPEG_PIXELS = 50_000_000
MOST_OTHER_PIXELS = 16_000_000  # PNG and WebP cannot be decoded at a smaller size
MOST_UNUSED = 40
UNUSED_KEPT = timedelta(days=2)
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
MOST_PHOTOS = 9


def take_photo(upload: BinaryIO, *, size: int, kind: str, by: User, at: datetime) -> Attachment:
    """Store one photo, decoded and encoded afresh: GPS, metadata and anything hidden behind it are gone.

    Raises :class:`RuleViolation` for a file that is too large or is not a real JPEG, PNG or WebP picture.
    """
    policies.require_photographer(by)
    if Attachment.objects.unattached(by).count() >= MOST_UNUSED:
        raise RuleViolation(f"您有 {MOST_UNUSED} 张照片还没有用上，请先提交已选的照片。", field="photo")
    if size > settings.PHOTO_SIZE_LIMIT:
        raise RuleViolation(
            f"照片 {size / 1_048_576:.0f} MB，超过 {settings.PHOTO_SIZE_LIMIT // 1_048_576} MB，请压缩后再传。",
            field="photo",
        )
    picture = _decoded(upload)
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=JPEG_QUALITY)
    content = written.getvalue()
    photo = Attachment(
        uploader=by,
        kind=kind,
        width=picture.width,
        height=picture.height,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        created_at=at,
    )
    photo.file.save(f"{uuid4().hex}.jpg", ContentFile(content), save=False)
    photo.save(force_insert=True)
    return photo


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


def attach_photos(case: Case, uids: Sequence[UUID], *, kind: str, by: User) -> int:
    """Bind photos that ``by`` has uploaded to the case; unknown or used numbers are refused."""
    if not uids:
        return 0
    if len(set(uids)) > MOST_PHOTOS:
        raise RuleViolation(f"一次最多 {MOST_PHOTOS} 张照片。", field="photo")
    bound = Attachment.objects.unattached(by).filter(uid__in=set(uids)).update(case=case, kind=kind)
    if bound != len(set(uids)):
        raise RuleViolation("有照片没有传上来，请重新选择照片。", field="photo")
    return bound


def require_evidence(case: Case) -> None:
    """Refuse a result without a photo where the matter list demands one (Art. 17: 结果反馈)."""
    if case.matter is None or not case.matter.evidence_required:
        return
    if not case.attachments.filter(kind=Attachment.Kind.RESULT).exists():
        raise RuleViolation(f"“{case.matter.name}”办结须附办理后的照片。", field="photo")


def drop_unused_photos(*, at: datetime) -> int:
    """Remove photos that were uploaded and never used, with their files; returns how many."""
    unused = Attachment.objects.filter(case__isnull=True, created_at__lt=at - UNUSED_KEPT)
    for photo in unused:
        photo.file.delete(save=False)
        photo.delete()
    return len(unused)
