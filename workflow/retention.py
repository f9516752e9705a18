"""Retention of cases: contacts are erased, the record of the work stays, unused photos are deleted soon (Art. 20)."""

from __future__ import annotations

from common.privacy.datasets import DataSet, register
from workflow.actions.erasing import drop_case_photos, drop_unused_photos, empty_contacts
from workflow.models import Attachment, CaseContact

register(
    DataSet(
        "workflow.contacts",
        "办结事项的反映人",
        lambda: CaseContact.objects.exclude(name=b"", phone=b"", address=b""),
        {"ended": "case__ended_at"},
        empty_contacts,
        {"case": "case_id"},
    ),
    DataSet(
        "workflow.clue_photos",
        "办结保密事项的照片",
        lambda: Attachment.objects.filter(case__confidential=True),
        {"ended": "case__ended_at"},
        drop_case_photos,
        {"case": "case_id"},
    ),
    DataSet(
        "workflow.unused_photos",
        "没有用上的照片",
        lambda: Attachment.objects.filter(case__isnull=True),
        {"uploaded": "created_at"},
        drop_unused_photos,
    ),
)
