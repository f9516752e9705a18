"""A roster between upload and confirmation (Art. 10, 20)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.privacy.sealing import SealedField, SealedRow


class StaffImport(SealedRow):
    """The content of an uploaded roster. The file itself is not kept; its lines stay sealed until it is decided."""

    class Status(models.TextChoices):
        READY = "ready", "待确认"
        CONFIRMED = "confirmed", "已导入"
        DISCARDED = "discarded", "已放弃"
        EXPIRED = "expired", "已过期"

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    file_name = models.CharField("文件名", max_length=120)
    sha256 = models.CharField("文件散列", max_length=64)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.READY)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="staff_imports",
        verbose_name="上传人",
    )
    at = models.DateTimeField("上传时间")
    ends_at = models.DateTimeField("保留到")
    counts = models.JSONField("各类行数", default=dict)
    lines = SealedField("各行", purpose="sensitive", kind="roster")

    class Meta:
        verbose_name = verbose_name_plural = "人员导入"
        constraints = [
            models.UniqueConstraint(
                fields=["by"], condition=Q(status="ready"), name="one_roster_waits_for_each_person"
            ),
            models.CheckConstraint(
                condition=Q(status="ready") | Q(lines=b""), name="a_decided_roster_keeps_no_lines"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.get_status_display()}"
