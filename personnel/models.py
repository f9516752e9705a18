"""Who serves where: organizations, dated postings and the grants that follow from them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from guardian.models import UserObjectPermissionAbstract

from grids.models import Division, Grid
from personnel.querysets import GrantManager, OrganizationQuerySet, PostingQuerySet

ORGANIZATION_VERBS = [("handle", "办理交办事项"), ("oversee", "督促本单位办理")]


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


class GridPosting(models.Model):
    """A dated post in a grid or, for leaders and instructors, in a whole village (Art. 10)."""

    class Role(models.TextChoices):
        LEADER = "leader", "网格长"
        INSTRUCTOR = "instructor", "网格指导员"
        FULL_TIME = "full_time", "专职网格员"
        PART_TIME = "part_time", "兼职网格员"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grid_postings", verbose_name="人员"
    )
    role = models.CharField("岗位", max_length=12, choices=Role.choices)
    village = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="postings", verbose_name="村社区"
    )
    grid = models.ForeignKey(
        Grid, on_delete=models.PROTECT, null=True, blank=True, related_name="postings", verbose_name="网格"
    )
    source = models.CharField("来源", max_length=40, blank=True)
    starts_on = models.DateField("到岗日期")
    ends_on = models.DateField("离岗日期", null=True, blank=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "网格岗位"
        constraints = [
            models.UniqueConstraint(
                fields=["village"],
                condition=Q(role="leader", ends_on__isnull=True),
                name="one_current_leader_per_village",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["leader", "instructor"], grid__isnull=True)
                | Q(role__in=["full_time", "part_time"], grid__isnull=False),
                name="workers_have_a_grid_and_leaders_a_village",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="grid_posting_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(fields=["village", "role"], name="grid_posting_of_village"),
            models.Index(fields=["grid", "role"], name="grid_posting_of_grid"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"


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


class OfficePosting(models.Model):
    """A dated post in an organization."""

    class Role(models.TextChoices):
        DISPATCHER = "dispatcher", "调度员"
        DESK_HEAD = "desk_head", "调度负责人"
        HANDLER = "handler", "部门经办人"
        DEPARTMENT_HEAD = "department_head", "部门负责人"
        COUNTY_ADMIN = "county_admin", "县区管理员"
        CITY_SUPERVISOR = "city_supervisor", "市级监督员"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="office_postings",
        verbose_name="人员",
    )
    role = models.CharField("岗位", max_length=16, choices=Role.choices)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="postings", verbose_name="机构"
    )
    starts_on = models.DateField("到岗日期")
    ends_on = models.DateField("离岗日期", null=True, blank=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "机构岗位"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="office_posting_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["user", "organization", "role"],
                condition=Q(ends_on__isnull=True),
                name="one_current_post_of_a_kind_per_organization",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"


class Grant(UserObjectPermissionAbstract):
    """guardian's object permission on a Grid, Division or Organization, with purpose and expiry (Art. 20).

    Rows with ``is_special`` are granted by name; all others are derived from current postings and nothing else.
    """

    purpose = models.CharField("用途", max_length=200, default="岗位职责")
    is_special = models.BooleanField("专项授权", default=False)
    expires_at = models.DateTimeField("到期时间", null=True, blank=True)

    objects = GrantManager()

    class Meta(UserObjectPermissionAbstract.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "授权"

    def __str__(self) -> str:
        return f"{self.user_id} {self.permission_id} {self.object_pk}"
