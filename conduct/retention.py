"""Retention of complaints: first the complainant is erased, later the texts; findings stay (Art. 12, 20)."""

from __future__ import annotations

from django.db.models.functions import Coalesce

from common.privacy.datasets import DataSet, Rows, register
from conduct.erasing import ERASED, empty_contacts, empty_texts
from conduct.models import Complaint
from conduct.states import OPEN

HELD_BY = {"complaint": "pk", "account": "person_id"}


def _ended() -> Rows:
    """Return closed complaints with the day of the conclusion; a dismissed one counts from its due date."""
    return Complaint.objects.exclude(status__in=OPEN).annotate(over_at=Coalesce("decided_at", "due_at"))


register(
    DataSet(
        "conduct.contacts",
        "投诉人的姓名和电话",
        lambda: _ended().exclude(contact_name=b"", contact_phone=b""),
        {"ended": "over_at"},
        empty_contacts,
        HELD_BY,
    ),
    DataSet(
        "conduct.texts",
        "投诉内容、本人说明和证据",
        lambda: _ended().exclude(text=ERASED),
        {"ended": "over_at"},
        empty_texts,
        HELD_BY,
    ),
)
