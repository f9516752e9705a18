"""Pairs of records that look like one, what was decided about them, and mergers that can be taken back (Art. 15)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from registry.models.records import Record


class Pair(models.Model):
    """Two records that may be one. A decision that they are not is kept for ever."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", "待辨认"
        MERGED = "merged", "已合并"
        DISTINCT = "distinct", "不是同一个"

    first = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+", verbose_name="第一条")
    second = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+", verbose_name="第二条")
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.PROPOSED)
    weight = models.FloatField("相像程度")
    words = models.CharField("哪里相像", max_length=120)
    at = models.DateTimeField("提出时间")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="辨认人"
    )
    decided_at = models.DateTimeField("辨认时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "疑似重复"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_pair_of_two_records"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="a_pair_names_the_smaller_number_first"
            ),
            models.CheckConstraint(
                condition=Q(status="proposed", decided_at__isnull=True)
                | ~Q(status="proposed") & Q(decided_at__isnull=False),
                name="a_decided_pair_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["second"], name="pairs_by_second"),
            models.Index(fields=["-weight"], name="pairs_to_decide", condition=Q(status="proposed")),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"


class Merger(models.Model):
    """That a record went into another: which relations moved and which ended with it, so that it can be taken back."""

    may_change = ("undone_by_id", "undone_at")

    record = models.ForeignKey(
        Record, on_delete=models.PROTECT, related_name="mergers", verbose_name="并入的"
    )
    into = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+", verbose_name="并到")
    moved = models.JSONField("改到的关系", help_text="[关系序号, source 或 target]")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="合并人"
    )
    at = models.DateTimeField("合并时间")
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="撤销人"
    )
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "合并记录"
        constraints = [
            models.UniqueConstraint(
                fields=["record"],
                condition=Q(undone_at__isnull=True),
                name="a_record_is_merged_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} → {self.into_id}"
