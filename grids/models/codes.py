"""The rule by which grids are numbered, and every code that was ever given (Art. 7)."""

from __future__ import annotations

from django.db import models

from common.records.append_only import AppendOnly
from exchange.columns import LONGEST_CODE
from grids.codes import DEFAULT_RANGES, DEFAULT_SEGMENTS, Rule, StoredSegment
from grids.models.grids import Grid


def default_segments() -> list[StoredSegment]:
    """The default rule's segments, as stored."""
    return [segment.copy() for segment in DEFAULT_SEGMENTS]


def default_ranges() -> dict[str, list[int]]:
    """The default rule's ranges, as stored."""
    return {kind: list(numbers) for kind, numbers in DEFAULT_RANGES.items()}


class CodeRule(models.Model):
    """One version of the province's coding rule, in force from a day (Art. 7; decision 0009)."""

    may_change = ("applied_at",)

    class Allocation(models.TextChoices):
        NEXT_FREE = "next_free", "顺次取号"
        MANUAL = "manual", "逐个指定"

    title = models.CharField("名称", max_length=80)
    document = models.CharField("文号", max_length=120)
    effective_on = models.DateField("施行日期", unique=True)
    segments = models.JSONField("码段", default=default_segments)
    ranges = models.JSONField("号段", default=default_ranges)
    allocation = models.CharField(
        "取号方式", max_length=10, choices=Allocation.choices, default=Allocation.NEXT_FREE
    )
    applied_at = models.DateTimeField("换码完成时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "编码规则"
        ordering = ["-effective_on"]

    def __str__(self) -> str:
        return f"{self.title}（{self.document}）"

    @property
    def rule(self) -> Rule:
        """Return the pure rule; raises ValueError when the stored segments make no valid rule."""
        return Rule.read(self.segments, self.ranges)


class GridCode(AppendOnly):
    """A code given to a grid for ever: no other grid ever gets it, and the code always finds this grid."""

    code = models.CharField("网格编码", max_length=LONGEST_CODE, unique=True)
    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="codes", verbose_name="网格")
    rule = models.ForeignKey(CodeRule, on_delete=models.PROTECT, related_name="+", verbose_name="编码规则")
    given_on = models.DateField("启用日期")

    class Meta(AppendOnly.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "网格编码"

    def __str__(self) -> str:
        return self.code
