"""A county's norms for grids: size, staffing, days of notice and of filing (Art. 7, 10)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from grids.models import Division


class GridNorm(models.Model):
    """One dated version of a county's norm; a county without its own norm follows the row without a county."""

    may_change = ()

    county = models.ForeignKey(
        Division, on_delete=models.PROTECT, null=True, related_name="grid_norms", verbose_name="县区"
    )
    effective_on = models.DateField("施行日期")
    community_min = models.PositiveIntegerField("社区网格最少户数", default=200)
    community_max = models.PositiveIntegerField("社区网格最多户数", default=600)
    village_min = models.PositiveIntegerField("村网格最少户数", default=50)
    village_max = models.PositiveIntegerField("村网格最多户数", default=500)
    staffing_grace_days = models.PositiveSmallIntegerField("配员宽限（自然日）", default=30)
    notice_days = models.PositiveSmallIntegerField("公布至生效最少天数", default=3)
    filing_working_days = models.PositiveSmallIntegerField("备案时限（工作日）", default=10)
    document = models.CharField("依据文件", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "网格规模与时限"
        constraints = [
            models.UniqueConstraint(
                fields=["county", "effective_on"], name="one_norm_per_county_and_day", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(community_max__gte=F("community_min"), village_max__gte=F("village_min")),
                name="a_norm_s_largest_is_not_below_its_smallest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.county or '全市'} {self.effective_on}"
