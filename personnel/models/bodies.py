"""Bodies with duties: to dispatch, supervise, resolve or assist (Art. 5, 6, 8)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from audit.versions import Versioned
from common.records.append_only import AppendOnly
from grids.models import Division, Grid
from personnel.querysets import OrganizationQuerySet, PostingQuerySet

ORGANIZATION_VERBS: list[tuple[str, Any]] = [
    ("handle", "办理交办事项"),
    ("oversee", "督促本单位办理"),
    ("view_clues", "查阅保密线索"),
]


class Organization(Versioned):
    """A body with duties under Art. 5 and 6: it dispatches, supervises or resolves."""

    chain, noun = "organization", "这个机构"

    class Kind(models.TextChoices):
        AUTHORITY = "authority", "主管部门"
        INSTITUTION = "institution", "网格化服务管理机构"
        LINKAGE_DEPARTMENT = "linkage_department", "网格联动部门"
        SERVICE_UNIT = "service_unit", "网格服务单位"
        MASS_ORGANIZATION = "mass_organization", "人民团体"
        COMMITTEE = "committee", "村（居）民委员会"
        SERVICE_TEAM = "service_team", "网格服务团队"
        PROVIDER = "provider", "购买服务机构"

    code = models.CharField("编码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类别", max_length=20, choices=Kind.choices)
    function = models.CharField("职能", max_length=40, db_index=True, help_text="如 城市管理、燃气")
    division = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="organizations", verbose_name="辖区"
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name="上级机构",
    )
    duty_phone = models.CharField("值班电话", max_length=20, blank=True)
    office_hours = models.CharField("办公时间", max_length=80, blank=True, help_text="空着即按全市办公时间")
    is_active = models.BooleanField("启用", default=True)
    founded_on = models.DateField("成立日期", null=True, blank=True)
    ended_on = models.DateField("撤销日期", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name="并入",
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "组织机构"
        permissions = ORGANIZATION_VERBS
        constraints = [
            models.UniqueConstraint(
                fields=["division"],
                condition=Q(kind="institution", is_active=True),
                name="one_active_institution_per_division",
            ),
            models.UniqueConstraint(
                fields=["division"],
                condition=Q(kind="authority", is_active=True),
                name="one_active_authority_per_division",
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, ended_on__isnull=True, merged_into__isnull=True)
                | Q(is_active=False),
                name="an_active_organization_has_not_ended",
            ),
            models.CheckConstraint(
                condition=~Q(pk=F("merged_into")) & ~Q(pk=F("parent")), name="an_organization_is_not_its_own"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def present_state(self) -> str:
        """Return its name, or that it has been closed."""
        return f"“{self.name}”" if self.is_active else "“已撤销”"


class FormerOrganization(AppendOnly):
    """The name and superior that an organization had until a day; its own row holds the present ones."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="former", verbose_name="机构"
    )
    name = models.CharField("名称", max_length=80)
    parent = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="上级机构"
    )
    until = models.DateField("使用到", help_text="不含当日")
    document = models.CharField("依据", max_length=120, blank=True)

    class Meta(AppendOnly.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "机构沿革"

    def __str__(self) -> str:
        return f"{self.name} {self.until}"


class DualManagement(models.Model):
    """The functional department that manages a dedicated grid together with its township (Art. 8)."""

    grid = models.ForeignKey(
        Grid, on_delete=models.PROTECT, related_name="departments", verbose_name="专属网格"
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="dedicated_grids", verbose_name="职能部门"
    )
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("终止日期", null=True, blank=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "双重管理"
        constraints = [
            models.UniqueConstraint(
                fields=["grid"],
                condition=Q(ends_on__isnull=True),
                name="one_current_department_per_dedicated_grid",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="dual_management_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grid} {self.organization}"
