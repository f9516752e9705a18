"""Photos: storing and re-encoding them, attaching them to a case, and requiring them where the matter demands it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO
from uuid import UUID, uuid4

from django.core.files.base import ContentFile

from accounts.models import User
from common.errors import RuleViolation
from common.pictures.intake import Picture, read_picture
from workflow import policies
from workflow.models import Attachment, Case

MOST_UNUSED = 40
MOST_PHOTOS = 9
WITNESS = re.compile(r"见证人[:：]\s*\S")


def take_photo(upload: BinaryIO, *, size: int, kind: str, by: User, at: datetime) -> Attachment:
    """Stores one photo, decoded and encoded again, so that GPS, metadata and any hidden data are removed.

    Raises :class:`RuleViolation` for a file that is too large or is not a real JPEG, PNG or WebP picture.
    """
    policies.require_photographer(by, at=at)
    if Attachment.objects.unattached(by).count() >= MOST_UNUSED:
        raise RuleViolation(f"您有 {MOST_UNUSED} 张照片还没有用上，请先提交已选的照片。", field="photo")
    return keep_photo(read_picture(upload, size=size), kind=kind, by=by, at=at)


def keep_photo(picture: Picture, *, kind: str, by: User, at: datetime) -> Attachment:
    """Stores a picture that has been drawn here already; the caller has decided that ``by`` may add it."""
    photo = Attachment(
        uploader=by,
        kind=kind,
        width=picture.width,
        height=picture.height,
        size=len(picture.content),
        sha256=picture.sha256,
        created_at=at,
    )
    photo.file.save(f"{uuid4().hex}.jpg", ContentFile(picture.content), save=False)
    photo.save(force_insert=True)
    return photo


def attach_photos(case: Case, uids: Sequence[UUID], *, kind: str, by: User) -> int:
    """Attaches photos that ``by`` uploaded to the case. Returns how many. Unknown or used numbers are refused."""
    if not uids:
        return 0
    if len(set(uids)) > MOST_PHOTOS:
        raise RuleViolation(f"一次最多 {MOST_PHOTOS} 张照片。", field="photo")
    bound = Attachment.objects.unattached(by).filter(uid__in=set(uids)).update(case=case, kind=kind)
    if bound != len(set(uids)):
        raise RuleViolation("有照片没有传上来，请重新选择照片。", field="photo")
    return bound


def copy_photos(case: Case, into: Case) -> int:
    """Copies the photos of a merged report to the case in which it goes on. Returns how many.

    Each case keeps its own rows and files, so that the sight and the end of one do not touch the other. A photo whose
    file has reached its end is left out.
    """
    photos = case.attachments.filter(kind=Attachment.Kind.REPORT).order_by("pk")
    kept = [photo for photo in photos if photo.file.storage.exists(str(photo.file.name))]
    for photo in kept:
        with photo.file.open("rb") as file:
            content = file.read()
        copy = Attachment(
            case=into,
            uploader_id=photo.uploader_id,
            kind=photo.kind,
            width=photo.width,
            height=photo.height,
            size=photo.size,
            sha256=photo.sha256,
            created_at=photo.created_at,
        )
        copy.file.save(f"{uuid4().hex}.jpg", ContentFile(content), save=False)
        copy.save(force_insert=True)
    return len(kept)


def require_evidence(case: Case) -> None:
    """Raises :class:`RuleViolation` if the matter list demands a photo and the result has none (Art. 17: 结果反馈)."""
    if case.matter is None or not case.matter.evidence_required:
        return
    if not case.attachments.filter(kind=Attachment.Kind.RESULT).exists():
        raise RuleViolation(f"“{case.matter.name}”办结须附办理后的照片。", field="photo")


def require_witness(case: Case) -> None:
    """Raises :class:`RuleViolation` if the list demands a witness and the result names none (Art. 17: 结果反馈)."""
    if case.matter is not None and case.matter.witness_required and not WITNESS.search(case.result):
        raise RuleViolation(
            f"“{case.matter.name}”办结须有见证人：请在办理结果里写明“见证人：×××”。", field="result"
        )
