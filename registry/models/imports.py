"""A file of people between upload and the end of its writing (Art. 15, 20)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from common.privacy.sealing import SealedField, SealedRow


class PeopleImport(SealedRow):
    """The lines of an uploaded file, sealed until they are written or discarded. The file itself is not kept.

    After the confirmation the worker writes the lines in batches: ``done`` of ``total``. What is left stays sealed.
    """

    class Status(models.TextChoices):
        READY = "ready", "待确认"
        CONFIRMED = "confirmed", "导入中"
        WRITTEN = "written", "已导入"
        DISCARDED = "discarded", "已放弃"
        EXPIRED = "expired", "已过期"

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    file_name = models.CharField("文件名", max_length=120)
    sha256 = models.CharField("文件散列", max_length=64)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.READY)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="people_imports",
        verbose_name="上传人",
    )
    at = models.DateTimeField("上传时间")
    ends_at = models.DateTimeField("保留到")
    counts = models.JSONField("各类行数", default=dict)
    total = models.PositiveIntegerField("要写入的行数", default=0)
    done = models.PositiveIntegerField("已写入的行数", default=0)
    lines = SealedField("各行", purpose="sensitive", kind="roster")

    class Meta:
        verbose_name = verbose_name_plural = "居民导入"
        constraints = [
            models.UniqueConstraint(
                fields=["by"], condition=Q(status="ready"), name="one_file_of_people_waits_for_each_person"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["ready", "confirmed"]) | Q(lines=b""),
                name="a_written_file_keeps_no_lines",
            ),
            models.CheckConstraint(
                condition=Q(done__lte=F("total")), name="no_more_is_written_than_there_is"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="files_being_written", condition=Q(status="confirmed")),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.get_status_display()}"
