"""How long each step of a proposal may take, and what a list may demand: dated settings of a county (Art. 14, 16)."""

from __future__ import annotations

from django.db import models

from grids.models import Division


class ListNorm(models.Model):
    """One dated version of a county's norm. A county without its own norm follows the row without a county."""

    may_change = ()

    county = models.ForeignKey(
        Division, on_delete=models.PROTECT, null=True, related_name="list_norms", verbose_name="县区"
    )
    effective_on = models.DateField("施行日期")
    formal_check_days = models.PositiveSmallIntegerField("形式审查（工作日）", default=3)
    legal_review_days = models.PositiveSmallIntegerField("合法性审查（工作日）", default=5)
    joint_review_days = models.PositiveSmallIntegerField("会审（工作日）", default=5)
    deciding_days = models.PositiveSmallIntegerField("主管部门决定（工作日）", default=5)
    notice_days = models.PositiveSmallIntegerField("公示（自然日）", default=7)
    filing_working_days = models.PositiveSmallIntegerField("备案时限（工作日）", default=10)
    temporary_days = models.PositiveSmallIntegerField("临时准入最长（自然日）", default=90)
    fewest_reviewers = models.PositiveSmallIntegerField("会审最少人数", default=3)
    most_minutes = models.PositiveIntegerField("每网格每月提示线（分钟）", default=4800)
    document = models.CharField("依据文件", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "清单工作时限"
        constraints = [
            models.UniqueConstraint(
                fields=["county", "effective_on"],
                name="one_list_norm_per_county_and_day",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.county or '全市'} {self.effective_on}"
