"""Photos from anonymous people: checked and stored as sent, decoded only by the worker (Art. 12).

A photo is tried twice. Each try is counted before it begins, so a photo that crashes the worker is given up too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import BinaryIO
from uuid import uuid4

import structlog
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.fields.files import FieldFile

from audit.actions import append_entry
from common.errors import RuleViolation
from common.pictures.intake import BusyDecoder, look_at, read_picture
from common.pictures.structure import Structure
from conduct.models import Complaint, ComplaintPhoto
from sweeps.actions import sweep

log = structlog.get_logger(__name__)
MOST_PHOTOS = 3
MOST_WAITING = 300  # of all anonymous senders together
MOST_TRIES = 2
ABANDONED_AFTER = timedelta(minutes=3)
IN_ONE_PASS = 20
GIVEN_UP = "处理这张照片时两次中断，没有打开。请联系投诉人另发一张。"
BROKEN = "处理这张照片时出错，已记录。请联系投诉人另发一张。"
FULL = "现在等待处理的照片太多，请过一会儿再提交，或先不带照片提交；填写的内容都还在。"


def look_at_photos(photos: Sequence[tuple[BinaryIO, int]]) -> list[Structure]:
    """Check the structure of each photo; raises :class:`RuleViolation` if one must not be decoded."""
    if len(photos) > MOST_PHOTOS:
        raise RuleViolation(f"最多 {MOST_PHOTOS} 张照片。", field="photos")
    if photos and ComplaintPhoto.objects.filter(state=ComplaintPhoto.State.WAITING).count() >= MOST_WAITING:
        raise RuleViolation(FULL, field="photos")
    try:
        return [look_at(file, size=size) for file, size in photos]
    except RuleViolation as fault:
        raise RuleViolation(fault.sentence, field="photos") from fault


def keep_as_sent(complaint: Complaint, found: Sequence[Structure]) -> None:
    """Store the pictures of a complaint for the worker."""
    for each in found:
        photo = ComplaintPhoto(complaint=complaint)
        photo.sent.save(f"{uuid4().hex}.bin", ContentFile(each.content), save=False)
        photo.save()


def draw_waiting(*, at: datetime) -> int:
    """Decode the waiting photos, oldest first, also those of a worker that died; returns how many were tried."""
    waiting = list(_waiting(at).order_by("pk").values_list("pk", flat=True)[:IN_ONE_PASS])
    done = sweep(
        "conduct.photos",
        waiting,
        partial(_draw, at=at),
        at=at,
        keeps_own_transactions=True,
        are_all=len(waiting) < IN_ONE_PASS,
    )
    return done.done


def _waiting(at: datetime) -> QuerySet[ComplaintPhoto]:
    unclaimed = Q(claimed_at=None) | Q(claimed_at__lt=at - ABANDONED_AFTER)
    return ComplaintPhoto.objects.filter(unclaimed, state=ComplaintPhoto.State.WAITING)


@transaction.atomic
def _claim(pk: int, *, at: datetime) -> ComplaintPhoto | None:
    """Claim a photo and count the try before it begins; returns None when another worker has it."""
    photo = _waiting(at).select_for_update(skip_locked=True).filter(pk=pk).first()
    if photo is not None:
        photo.tries, photo.claimed_at = photo.tries + 1, at
        photo.save(update_fields=["tries", "claimed_at"])
    return photo


def _draw(pk: int, *, at: datetime) -> bool:
    """Try once to decode a photo; returns whether this worker had it."""
    photo = _claim(pk, at=at)
    if photo is None:
        return False
    if photo.tries > MOST_TRIES:
        _refuse(photo, GIVEN_UP, at=at)
        return True
    try:
        with photo.sent.open("rb") as file:
            picture = read_picture(file, size=photo.sent.size)
    except BusyDecoder as busy:
        if photo.tries == MOST_TRIES:
            _refuse(photo, _first(busy.sentence), at=at)
    except RuleViolation as fault:
        _refuse(photo, _first(fault.sentence), at=at)
    except Exception:
        log.exception("photo_failed", photo=photo.pk)
        _refuse(photo, BROKEN, at=at)
    else:
        photo.file.save(f"{uuid4().hex}.jpg", ContentFile(picture.content), save=False)
        _end(photo, ComplaintPhoto.State.READY, at=at)
    return True


def _first(sentence: str) -> str:
    """Return the first sentence, which names the fault; the rest addresses somebody who is still at the form."""
    return sentence.partition("。")[0] + "。"


def _refuse(photo: ComplaintPhoto, sentence: str, *, at: datetime) -> None:
    photo.sentence = sentence[:300]
    _end(photo, ComplaintPhoto.State.REFUSED, at=at)


@transaction.atomic
def _end(photo: ComplaintPhoto, state: str, *, at: datetime) -> None:
    """Store the result, in the complaint's chain too; the sent file is deleted after the commit."""
    Complaint.objects.select_for_update(of=("self",)).only("pk").get(pk=photo.complaint_id)
    sent: FieldFile = photo.sent
    transaction.on_commit(partial(sent.storage.delete, str(sent.name)))
    photo.state, photo.sent = state, ""
    photo.save(update_fields=["state", "sent", "file", "sentence"])
    record = {"photo": str(photo.uid), "state": state}
    append_entry(f"complaint:{photo.complaint_id}", verb="draw_photo", at=at, actor_id=None, record=record)
