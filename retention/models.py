"""How long each data set is kept, what is held, and what was erased each night (Art. 20, 26)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.records.append_only import AppendOnly


class RetentionRule(models.Model):
    """How long a data set is kept, from a day on; the city decides this. Without days it is kept for ever."""

    may_change = ()

    dataset = models.CharField("数据集", max_length=40)
    keep_days = models.PositiveIntegerField("保存天数", null=True, help_text="空为长期保存")
    anchor = models.CharField("起算", max_length=20)
    effective_on = models.DateField("施行日期")
    document = models.CharField("依据", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "保存期限"
        constraints = [
            models.UniqueConstraint(fields=["dataset", "effective_on"], name="one_rule_per_data_set_and_day"),
            models.CheckConstraint(condition=~Q(document=""), name="a_retention_rule_names_its_source"),
        ]

    def __str__(self) -> str:
        words = "长期保存" if self.keep_days is None else f"{self.anchor} 后 {self.keep_days} 天"
        return f"{self.dataset} {words}"


class LegalHold(models.Model):
    """A hold: nothing of the subject is erased until it is lifted, e.g. for a lawsuit or an inspection (暂停清除)."""

    may_change = ("lifted_by_id", "lifted_at", "lift_reason")

    subject = models.CharField("对象", max_length=64)
    reason = models.CharField("原因", max_length=200)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    placed_at = models.DateTimeField("登记时间")
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="解除人",
        null=True,
        blank=True,
    )
    lifted_at = models.DateTimeField("解除时间", null=True, blank=True)
    lift_reason = models.CharField("解除原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "暂停清除"
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(lifted_at=None), name="one_hold_at_a_time_per_subject"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None, lift_reason="")
                | Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason=""),
                name="a_hold_is_lifted_by_somebody_and_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} 暂停清除"


class ErasureProof(AppendOnly):
    """The erasure of one data set on one night: its rule, the numbers of erased and held rows; no names."""

    dataset = models.CharField("数据集", max_length=40)
    rule = models.ForeignKey(
        RetentionRule, on_delete=models.PROTECT, related_name="proofs", verbose_name="依据的期限"
    )
    at = models.DateTimeField("时间")
    before = models.DateTimeField("清除到", help_text="起算在此以前的")
    erased = models.PositiveIntegerField("清除")
    held = models.PositiveIntegerField("暂停清除")
    left = models.PositiveIntegerField("没有办成")
    digest = models.CharField("编号的散列", max_length=64, help_text="所清除的行号，由小到大，SHA-256")

    class Meta(AppendOnly.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "清除记录"
        indexes = [models.Index(fields=["dataset", "-at"], name="erasure_of_data_set")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.dataset} {self.erased}"
