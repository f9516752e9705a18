"""Grids, as they are today and as they were on every earlier day (Art. 2, 7, 8)."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q

from common.records.append_only import KEEP_TABLE
from exchange.columns import LONGEST_CODE
from grids.models.divisions import Division
from grids.querysets import DatedQuerySet, GridQuerySet
from grids.states import STATUSES

# Acts that a grant may allow on a grid (Art. 8, 11).
GRID_VERBS: list[tuple[str, Any]] = [("report", "上报与办理"), ("watch", "了解专属网格事项")]


class GridFacts(models.Model):
    """The facts of a grid: the same columns for the present row and for every dated version."""

    class Kind(models.TextChoices):
        COMMUNITY = "community", "社区网格"
        VILLAGE = "village", "村网格"
        DEDICATED = "dedicated", "专属网格"

    class Premises(models.TextChoices):
        """The kinds of premises that make a dedicated grid (Art. 8)."""

        OFFICE_BUILDING = "office_building", "商务楼宇"
        PARK = "park", "园区"
        MARKET = "market", "商圈市场"
        SCHOOL = "school", "学校"
        HOSPITAL = "hospital", "医院"
        ENTERPRISE = "enterprise", "企事业单位"

    name = models.CharField("网格名称", max_length=80)
    kind = models.CharField("类型", max_length=10, choices=Kind.choices)
    premises = models.CharField("专属类别", max_length=16, choices=Premises.choices, blank=True)
    village = models.ForeignKey(Division, on_delete=models.PROTECT, verbose_name="村社区")
    boundary = models.BinaryField("边界", null=True, editable=False, help_text="WKB，EPSG:4490")
    min_lon = models.FloatField("最小经度", null=True, editable=False)
    min_lat = models.FloatField("最小纬度", null=True, editable=False)
    max_lon = models.FloatField("最大经度", null=True, editable=False)
    max_lat = models.FloatField("最大纬度", null=True, editable=False)
    households = models.PositiveIntegerField("户数", default=0)
    population = models.PositiveIntegerField("人口", default=0)

    class Meta:
        abstract = True


class Grid(GridFacts):
    """The basic unit of service inside one village or community, as it is today."""

    code = models.CharField("网格编码", max_length=LONGEST_CODE, unique=True)
    status = models.CharField("状态", max_length=10, choices=list(STATUSES.items()), default="in_force")
    village = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="grids", verbose_name="村社区"
    )
    in_force_on = models.DateField("启用日期", null=True)
    retired_on = models.DateField("停用日期", null=True)
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name="并入",
        help_text="停用后由哪个网格接续",
    )
    initials = models.CharField("拼音首字母", max_length=80, db_index=True, default="")
    is_demonstration = models.BooleanField("演示数据", default=False)

    objects = GridQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "网格"
        permissions = GRID_VERBS
        indexes = [models.Index(fields=["village", "code"], name="grid_of_village")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="dedicated") & ~Q(premises="") | ~Q(kind="dedicated") & Q(premises=""),
                name="a_dedicated_grid_and_no_other_names_its_premises",
            ),
            models.CheckConstraint(
                condition=~Q(status="in_force") | Q(in_force_on__isnull=False, retired_on__isnull=True),
                name="a_grid_in_force_has_begun_and_not_ended",
            ),
            models.CheckConstraint(condition=~Q(pk=F("successor")), name="a_grid_is_not_its_own_successor"),
        ]

    def __str__(self) -> str:
        return self.name


class GridVersion(GridFacts):
    """What a grid was from one day until another; after it is written, a version can only be ended."""

    may_change = ("valid_to",)

    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="versions", verbose_name="网格")
    code = models.CharField("网格编码", max_length=LONGEST_CODE)
    village = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+", verbose_name="村社区")
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("终止日期", null=True, help_text="不含当日")
    source = models.CharField("依据", max_length=120, help_text="方案编号或文件")

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "网格沿革"
        constraints = [
            # If a grid changes twice on one day, the first version was never in force; its record is valid for no day.
            models.UniqueConstraint(
                fields=["grid", "valid_from"],
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="one_grid_version_per_day",
            ),
            models.UniqueConstraint(
                fields=["grid"], condition=Q(valid_to__isnull=True), name="one_present_version_per_grid"
            ),
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to__isnull=True), name="one_grid_in_force_per_code"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="a_grid_version_does_not_end_before_it_begins",
            ),
        ]
        indexes = [
            models.Index(fields=["village", "valid_from"], name="grid_version_of_village"),
            models.Index(fields=["min_lon", "max_lon"], name="grid_version_by_longitude"),
        ]
        triggers = [
            KEEP_TABLE,
            pgtrigger.Protect(name="a_version_stays", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="a_version_is_only_ended", exclude=["valid_to"]),
            pgtrigger.Protect(
                name="an_ended_version_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__valid_to__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.valid_from}"


class GridUnit(models.Model):
    """A basic unit of a grid, for as long as that version of the grid is valid (Art. 8)."""

    may_change = ()

    class Kind(models.TextChoices):
        ESTATE = "estate", "居民小区"
        BUILDING = "building", "楼栋"
        VILLAGERS_GROUP = "villagers_group", "村民小组"
        HOUSEHOLDS = "households", "住户"
        PREMISES = "premises", "单位场所"

    version = models.ForeignKey(
        GridVersion, on_delete=models.PROTECT, related_name="units", verbose_name="网格版本"
    )
    kind = models.CharField("类型", max_length=16, choices=Kind.choices)
    name = models.CharField("名称", max_length=80)
    address = models.CharField("地址", max_length=200, blank=True)
    households = models.PositiveIntegerField("户数", null=True)
    initials = models.CharField("拼音首字母", max_length=80, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "基本单元"

    def __str__(self) -> str:
        return self.name


class GeometryVersion(models.Model):
    """One row that counts boundary changes, so that every process knows when its point index is out of date."""

    number = models.PositiveIntegerField("版本", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "边界版本"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="only_one_geometry_version")]

    def __str__(self) -> str:
        return str(self.number)
