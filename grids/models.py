"""The territory: the tree of divisions and the grids its villages are cut into (Art. 2, 7, 8)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from grids.querysets import DivisionQuerySet, GridQuerySet

# Acts that a grant may allow on a place; personnel/posts.py says which post brings which (Art. 5, 10, 11).
GRID_VERBS = [("report", "上报与办理")]
DIVISION_VERBS = [
    ("coordinate", "协调网格事项"),
    ("guide", "指导网格工作"),
    ("dispatch", "受理、交办与流转"),
    ("supervise", "监督与统计"),
    ("publish_grids", "公布网格"),
    ("publish_matters", "公布事项清单"),
]


class Division(models.Model):
    """A row of the city's tree. Territory is this tree, never the digits of the code (Art. 28)."""

    class Level(models.TextChoices):
        CITY = "city", "市"
        COUNTY = "county", "县区"
        TOWNSHIP = "township", "乡镇街道"
        VILLAGE = "village", "村社区"

    code = models.CharField("区划代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=60)
    level = models.CharField("层级", max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    sort_key = models.CharField("拼音", max_length=200, db_index=True)
    initials = models.CharField("拼音首字母", max_length=60, db_index=True)
    outline = models.BinaryField("轮廓", null=True, editable=False, help_text="WKB，EPSG:4490")

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "区划"
        permissions = DIVISION_VERBS
        constraints = [
            models.CheckConstraint(
                condition=Q(level="city", parent__isnull=True) | (~Q(level="city") & Q(parent__isnull=False)),
                name="only_the_city_has_no_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Grid(models.Model):
    """The basic unit of service inside one village or community (Art. 2, 7, 8)."""

    class Kind(models.TextChoices):
        COMMUNITY = "community", "社区网格"
        VILLAGE = "village", "村网格"
        DEDICATED = "dedicated", "专属网格"

    class Status(models.TextChoices):
        DRAFT = "draft", "拟划"
        IN_FORCE = "in_force", "在用"
        RETIRED = "retired", "停用"

    code = models.CharField("网格编码", max_length=15, unique=True)
    name = models.CharField("网格名称", max_length=80)
    kind = models.CharField("类型", max_length=10, choices=Kind.choices)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.IN_FORCE)
    village = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="grids", verbose_name="村社区"
    )
    boundary = models.BinaryField("边界", null=True, editable=False, help_text="WKB，EPSG:4490")
    min_lon = models.FloatField("最小经度", null=True, editable=False)
    min_lat = models.FloatField("最小纬度", null=True, editable=False)
    max_lon = models.FloatField("最大经度", null=True, editable=False)
    max_lat = models.FloatField("最大纬度", null=True, editable=False)
    households = models.PositiveIntegerField("户数", default=0)
    population = models.PositiveIntegerField("人口", default=0)
    is_demonstration = models.BooleanField("演示数据", default=False)

    objects = GridQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "网格"
        permissions = GRID_VERBS
        indexes = [models.Index(fields=["village", "code"], name="grid_of_village")]

    def __str__(self) -> str:
        return self.name


class GeometryVersion(models.Model):
    """One row that counts boundary changes, so that every process knows when its point index is stale."""

    number = models.PositiveIntegerField("版本", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "边界版本"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="only_one_geometry_version")]

    def __str__(self) -> str:
        return str(self.number)
