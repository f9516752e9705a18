"""Photos: taken in, re-encoded, bound to a case, and asked for only where the matter demands them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.models import User
from common.errors import RuleViolation
from workflow.models import Attachment, Case

FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE = 2560
JPEG_QUALITY = 82
MOST_PHOTOS = 9


def take_photo(upload: BinaryIO, *, size: int, kind: str, by: User, at: datetime) -> Attachment:
    """Store one photo, decoded and encoded afresh: GPS, metadata and anything hidden behind it are gone.

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
    try:
        with Image.open(upload, formats=FORMATS) as picture:
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return upright.convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise RuleViolation(
            "这个文件不是能打开的照片（只收 JPG、PNG、WebP），其余内容都还在。", field="photo"
        ) from error


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
