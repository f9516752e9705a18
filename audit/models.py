"""The trace: what was done (chained, sealed, anchored) and who looked at whose data. Append-only."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import models

from audit.chain import canonical
from common.records.append_only import AppendOnly


class RecordField(models.TextField):  # type: ignore[type-arg]
    """A JSON record stored as exactly the text that was hashed; jsonb would change its form."""

    def from_db_value(self, value: str, expression: object, connection: object) -> Any:
        """Parse the record."""
        return json.loads(value)

    def deconstruct(self) -> Any:
        """The database sees a text column."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def get_prep_value(self, value: Mapping[str, Any] | str) -> str:
        """Return the record in its only form."""
        return value if isinstance(value, str) else canonical(value)


class Entry(AppendOnly):
    """One link in the chain of one subject. ``actor_id`` is an account number, empty for the platform itself."""

    subject = models.CharField("对象", max_length=64)
    seq = models.PositiveIntegerField("序号")
    at = models.DateTimeField("时间")
    actor_id = models.BigIntegerField("操作人", null=True)
    verb = models.CharField("动作", max_length=40)
    record = RecordField("记录")
    prev_hash = models.CharField("前一散列", max_length=64, blank=True)
    hash = models.CharField("散列", max_length=64)
    algorithm = models.CharField("算法和密钥", max_length=60)

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


class Ledger(models.Model):
    """The name of this database in anchor files, to tell its anchors from those of another database."""

    uid = models.UUIDField("编号", default=uuid.uuid4, editable=False, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "账本编号"

    def __str__(self) -> str:
        return str(self.uid)


class Seal(AppendOnly):
    """The place of one link in the Merkle tree: positions count from 1 without gaps."""

    position = models.BigIntegerField("位次", primary_key=True)
    entry_id = models.BigIntegerField("审计记录", unique=True)
    hash = models.CharField("散列", max_length=64)

    class Meta(AppendOnly.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "封存位次"

    def __str__(self) -> str:
        return f"#{self.position}"


class Anchor(AppendOnly):
    """The root of the tree at one moment, also written outside the database."""

    number = models.PositiveIntegerField("编号", unique=True)
    at = models.DateTimeField("时间")
    size = models.BigIntegerField("位次数")
    root = models.CharField("根散列", max_length=64)
    frontier = models.JSONField("前沿")

    class Meta(AppendOnly.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "锚定"

    def __str__(self) -> str:
        return f"第 {self.number} 号锚定，{self.size} 环"
