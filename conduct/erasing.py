"""Erase expired parts of a complaint: first who complained, then what both sides wrote (Art. 12, 20).

The complaint keeps its kind, its finding and its dates, so every count and every conduct record stays right. An entry
``erase`` records the new state in the chain.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from audit.actions import append_entry
from conduct.models import Complaint, ComplaintPhoto

ERASED = "（已按保存期限清除）"
PHOTO_ERASED = "照片已按保存期限清除。"


def empty_contacts(numbers: Sequence[Any], at: datetime) -> Collection[Any]:
    """Erase who complained; returns the numbers of the complaints."""
    found = _locked(numbers)
    for complaint in found:
        complaint.contact_name = complaint.contact_phone = b""
        complaint.save(update_fields=["contact_name", "contact_phone"])
        _trace(complaint, {"contact": True}, at=at)
    return [complaint.pk for complaint in found]


def empty_texts(numbers: Sequence[Any], at: datetime) -> Collection[Any]:
    """Erase the texts of both sides, the answer and the evidence; returns the numbers of the complaints."""
    found = _locked(numbers)
    for complaint in found:
        complaint.text = ERASED
        complaint.statement = ERASED if complaint.statement else ""
        complaint.answer = ERASED if complaint.answer else ""
        complaint.save(update_fields=["text", "statement", "answer"])
        _drop_photos(complaint)
        _trace(complaint, {"texts": True}, at=at)
    return [complaint.pk for complaint in found]


def _locked(numbers: Sequence[Any]) -> list[Complaint]:
    free = Complaint.objects.select_for_update(of=("self",), skip_locked=True)
    return list(free.filter(pk__in=numbers).order_by("pk"))


def _drop_photos(complaint: Complaint) -> None:
    """Delete the files; the rows stay, so that their number is still known."""
    for photo in complaint.photos.order_by("pk"):
        for file in (photo.sent, photo.file):
            if file:
                transaction.on_commit(partial(file.storage.delete, file.name))
        photo.state, photo.sent, photo.file = ComplaintPhoto.State.REFUSED, "", ""
        photo.sentence = PHOTO_ERASED
        photo.save(update_fields=["state", "sent", "file", "sentence"])


def _trace(complaint: Complaint, record: Mapping[str, Any], *, at: datetime) -> None:
    append_entry(f"complaint:{complaint.pk}", verb="erase", at=at, actor_id=None, record=record)
