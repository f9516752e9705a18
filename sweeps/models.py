"""Rows that a sweep could not finish: why, since when, and when they are tried again."""

from __future__ import annotations

from django.db import models


class Setback(models.Model):
    """One row of one sweep that raised; it is deleted when the row is done."""

    rows_may_go = True

    sweep = models.CharField("定时处理", max_length=60)
    row = models.CharField("对象", max_length=80)
    attempts = models.PositiveIntegerField("已试次数", default=0)
    since = models.DateTimeField("最早失败")
    next_attempt_at = models.DateTimeField("下次再试")
    reason = models.CharField("原因", max_length=300)

    class Meta:
        verbose_name = verbose_name_plural = "未完成的处理"
        constraints = [models.UniqueConstraint(fields=["sweep", "row"], name="one_setback_per_sweep_and_row")]

    def __str__(self) -> str:
        return f"{self.sweep} {self.row}"
