"""The trace: what was done (chained) and who looked at whose data. Append-only."""

from __future__ import annotations

from django.db import models

from common.append_only import AppendOnly


class Entry(AppendOnly):
    """One link in the chain of one subject. ``actor_id`` is an account number, empty for the clock."""

    subject = models.CharField("对象", max_length=64)
    seq = models.PositiveIntegerField("序号")
    at = models.DateTimeField("时间")
    actor_id = models.BigIntegerField("操作人", null=True)
    verb = models.CharField("动作", max_length=40)
    record = models.JSONField("记录")
    prev_hash = models.CharField("前一散列", max_length=64, blank=True)
    hash = models.CharField("散列", max_length=64)
    algorithm = models.CharField("算法", max_length=12)

    class Meta(AppendOnly.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "审计记录"
        constraints = [
            models.UniqueConstraint(fields=["subject", "seq"], name="one_entry_per_subject_and_seq"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} #{self.seq} {self.verb}"


class AccessEntry(AppendOnly):
    """Who looked at whose personal data, which fields, and for what purpose (Art. 12, 20, 26)."""

    subject = models.CharField("对象", max_length=64, db_index=True)
    at = models.DateTimeField("时间")
    actor_id = models.BigIntegerField("查看人")
    fields = models.JSONField("字段")
    purpose = models.CharField("用途", max_length=200)

    class Meta(AppendOnly.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "个人信息查阅记录"

    def __str__(self) -> str:
        return f"{self.actor_id} → {self.subject} {self.at:%Y-%m-%d %H:%M}"
