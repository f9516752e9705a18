"""A workbook of matters between upload and confirmation (Art. 14)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from matters.models.lists import MatterList


class MatterImport(models.Model):
    """What was read from a workbook for a draft edition. The draft is not changed until a user confirms."""

    rows_may_go = True

    class Status(models.TextChoices):
        READY = "ready", "待确认"
        CONFIRMED = "confirmed", "已导入"
        DISCARDED = "discarded", "已放弃"

    edition = models.ForeignKey(
        MatterList, on_delete=models.PROTECT, related_name="imports", verbose_name="清单"
    )
    file_name = models.CharField("文件名", max_length=120)
    sha256 = models.CharField("文件散列", max_length=64)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.READY)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="上传人"
    )
    at = models.DateTimeField("上传时间")
    counts = models.JSONField("各类行数", default=dict)
    lines = models.JSONField("各行", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "清单导入"
        constraints = [
            models.UniqueConstraint(
                fields=["edition"], condition=Q(status="ready"), name="one_import_waits_for_each_edition"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.get_status_display()}"
