"""The city's tree of divisions, and the names and parents its rows had before (Art. 2, 4, 28)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from common.records.append_only import AppendOnly
from grids.querysets import DivisionQuerySet

# Acts that a grant may allow on a division; personnel/posts.py lists which post gives which act (Art. 5, 10, 11).
DIVISION_VERBS: list[tuple[str, Any]] = [
    ("coordinate", "协调网格事项"),
    ("guide", "指导网格工作"),
    ("dispatch", "受理、交办与流转"),
    ("supervise", "监督与统计"),
    ("publish_grids", "公布网格"),
    ("publish_matters", "公布事项清单"),
    ("review_law", "审查清单事项的合法性"),
    ("manage_staff", "管理网格人员与机构"),
    ("handle_conduct", "受理行为投诉"),
    ("approve_grants", "审批专项授权"),
    ("view_personal", "查阅个人信息"),
    ("view_clues", "查阅保密线索"),
    ("view_minors", "查阅未成年人的登记"),
    ("view_special", "查阅健康、救助和特定对象的登记"),
    ("administer_system", "系统管理"),
    ("administer_security", "安全管理"),
    ("administer_audit", "审计管理"),
]


class Division(models.Model):
    """A row of the city's tree. Territory is this tree, never the digits of the code (Art. 28).

    A zone without its own code is a placeholder with a code given by hand. A township is placed under the
    body that manages it, whichever county its code names.
    """

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
    is_placeholder = models.BooleanField("代码为自编占位", default=False)
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


class FormerDivision(AppendOnly):
    """The name and parent that a division had until a day; its own row holds the present ones."""

    division = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="former", verbose_name="区划"
    )
    name = models.CharField("名称", max_length=60)
    parent = models.ForeignKey(
        Division, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="上级"
    )
    until = models.DateField("截至日期", help_text="不含当日")
    document = models.CharField("变更依据", max_length=120)

    class Meta(AppendOnly.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "区划沿革"
        constraints = [
            models.UniqueConstraint(fields=["division", "until"], name="one_change_of_a_division_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.name} 至 {self.until}"
