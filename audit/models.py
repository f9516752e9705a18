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
    """Who looked at whose personal data, which fields, from where, for what purpose, until when (Art. 12, 20, 26)."""

    subject = models.CharField("对象", max_length=64, db_index=True)
    at = models.DateTimeField("时间")
    actor_id = models.BigIntegerField("查看人")
    person_id = models.BigIntegerField("被查看人", null=True, help_text="有账号的人；居民没有账号")
    fields = models.JSONField("字段")
    tier = models.CharField("级别", max_length=2, blank=True)
    purpose = models.CharField("用途", max_length=200)
    network = models.CharField("来源地址", max_length=45, blank=True)
    ends_at = models.DateTimeField("显示到", null=True)

    class Meta(AppendOnly.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "个人信息查阅记录"
        indexes = [
            models.Index(fields=["actor_id", "-id"], name="look_of_actor"),
            models.Index(fields=["person_id", "-id"], name="look_at_person"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_id} → {self.subject} {self.at:%Y-%m-%d %H:%M}"
