"""Old uploads lose their file and rows; the record of uploader and outcome stays (Art. 20)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from plans.models import ImportJob, PlannedGrid

UNDECIDED = ("waiting", "surveyed", "ready")


def drop_files(numbers: Sequence[Any], at: datetime) -> Collection[Any]:
    """Delete file, rows and waiting grids of uploads, discard undecided uploads, and return the numbers of all."""
    free = ImportJob.objects.select_for_update(of=("self",), skip_locked=True)
    found = list(free.filter(pk__in=numbers).exclude(status="reading"))
    for job in found:
        PlannedGrid.objects.filter(import_job=job, plan=None).delete()
        job.rows.all().delete()
        if job.status in UNDECIDED:
            job.status, job.sentence = "discarded", "很久没有处理，文件已按保存期限清除。"
        file, job.file = job.file, ""
        job.survey, job.summary = {}, {}
        job.save(update_fields=["status", "sentence", "file", "survey", "summary"])
        transaction.on_commit(partial(file.storage.delete, str(file.name)))
    return [job.pk for job in found]
