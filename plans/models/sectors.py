"""Sector grids that departments drew earlier, and their state in the unification (Art. 9)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from grids.models import Division, Grid
from personnel.models import Organization


class SectorGrid(models.Model):
    """A grid of one department: registered, then merged into unified grids or kept under a cited law."""

    class Sector(models.TextChoices):
        PARTY = "party", "党建"
        POLITICS_AND_LAW = "politics_and_law", "政法综治"
        CIVIL_AFFAIRS = "civil_affairs", "民政"
        ENVIRONMENT = "environment", "环保"
        CITY_MANAGEMENT = "city_management", "城管"
        PETITIONS = "petitions", "信访"
        MARKET = "market", "市场监管"
        HEALTH = "health", "卫生健康"
        EMERGENCY = "emergency", "应急管理"
        FIRE = "fire", "消防安全"
        OTHER = "other", "其他"

    class Status(models.TextChoices):
        REGISTERED = "registered", "待整合"
        MERGED = "merged", "已整合"
        KEPT = "kept", "依法保留"

    sector = models.CharField("领域", max_length=16, choices=Sector.choices)
    owner = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="sector_grids", verbose_name="主管部门"
    )
    township = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="sector_grids", verbose_name="乡镇街道"
    )
    code = models.CharField("原编码", max_length=40, blank=True)
    name = models.CharField("名称", max_length=80)
    boundary = models.BinaryField("边界", null=True, editable=False, help_text="WKB，EPSG:4490")
    established_on = models.DateField("划设日期")
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.REGISTERED)
    unified: models.ManyToManyField[Grid, models.Model] = models.ManyToManyField(
        Grid, related_name="sector_grids", verbose_name="对应统一网格", blank=True
    )
    law = models.CharField("保留依据", max_length=120, blank=True, help_text="法律、法规或国家、省规定的名称")
    law_article = models.CharField("条款", max_length=60, blank=True)
    law_number = models.CharField("文号", max_length=80, blank=True)
    merged_on = models.DateField("整合日期", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "专业网格"
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="kept") | (~Q(law="") & ~Q(law_article="") & ~Q(law_number="")),
                name="a_kept_sector_grid_cites_its_law",
            ),
            models.CheckConstraint(
                condition=Q(status="merged", merged_on__isnull=False)
                | (~Q(status="merged") & Q(merged_on__isnull=True)),
                name="a_merged_sector_grid_says_when",
            ),
            models.UniqueConstraint(
                fields=["owner", "township", "name"], name="one_sector_grid_per_owner_township_and_name"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_sector_display()}网格“{self.name}”"
