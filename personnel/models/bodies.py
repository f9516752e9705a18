"""Bodies with duties: who dispatches, supervises, resolves, assists (Art. 5, 6, 8)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from grids.models import Division, Grid
from personnel.querysets import OrganizationQuerySet, PostingQuerySet

ORGANIZATION_VERBS = [
    ("handle", "办理交办事项"),
    ("oversee", "督促本单位办理"),
    ("view_clues", "查阅保密线索"),
]


class Organization(models.Model):
    """A body with duties under Art. 5 and 6: it dispatches, supervises or resolves."""

    class Kind(models.TextChoices):
        AUTHORITY = "authority", "主管部门"
        INSTITUTION = "institution", "网格化服务管理机构"
        LINKAGE_DEPARTMENT = "linkage_department", "网格联动部门"
        SERVICE_UNIT = "service_unit", "网格服务单位"
        MASS_ORGANIZATION = "mass_organization", "人民团体"

    code = models.CharField("编码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类别", max_length=20, choices=Kind.choices)
    function = models.CharField("职能", max_length=40, db_index=True, help_text="如 城市管理、燃气")
    division = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="organizations", verbose_name="辖区"
    )
    duty_phone = models.CharField("值班电话", max_length=20, blank=True)
    is_active = models.BooleanField("启用", default=True)

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
        ]

    def __str__(self) -> str:
        return self.name


class DualManagement(models.Model):
    """The functional department that manages a dedicated grid beside its township (Art. 8)."""

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
