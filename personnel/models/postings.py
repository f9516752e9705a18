"""Dated posts in grids and in organizations (Art. 5, 10)."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField
from django.db import models
from django.db.models import F, Func, Q, Value

from grids.models import Division, Grid
from personnel.models.bodies import Organization
from personnel.models.exclusion import exclusion_trigger
from personnel.posts import ADMINISTRATORS
from personnel.querysets import PostingQuerySet


def days_held() -> Func:
    """Return the days of a posting, including the last one, as a range that can be compared with another posting's."""
    return Func("starts_on", "ends_on", Value("[]"), function="daterange", output_field=DateRangeField())


def one(column: str) -> Func:
    """Return a number as a range of one, because PostgreSQL compares ranges without an extension."""
    return Func(column, column, Value("[]"), function="int8range", output_field=BigIntegerRangeField())


KEEP_POSTER = pgtrigger.ReadOnly(name="who_posted_stays_on_record", fields=["user", "posted_by"])


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
    source = models.CharField("来源", max_length=40, blank=True, help_text="条例第十条所列的来源")
    appointed_by = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointed",
        verbose_name="任命机构",
    )
    document = models.CharField("文号", max_length=80, blank=True)
    stands_in_for = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="stand_ins",
        verbose_name="替谁的岗",
    )
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="任命人",
        help_text="空着是平台自己：建库、随网格调整",
    )
    starts_on = models.DateField("到岗日期")
    ends_on = models.DateField("离岗日期", null=True, blank=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "网格岗位"
        constraints = [
            ExclusionConstraint(
                name="one_leader_per_village_and_day",
                expressions=[(one("village_id"), "&&"), (days_held(), "&&")],
                condition=Q(role="leader", stands_in_for__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["user", "village", "grid", "role"],
                condition=Q(ends_on__isnull=True),
                nulls_distinct=False,
                name="nobody_holds_the_same_grid_post_twice",
            ),
            models.CheckConstraint(
                condition=Q(stands_in_for__isnull=True) | Q(ends_on__isnull=False),
                name="a_stand_in_ends",
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
            models.CheckConstraint(
                condition=Q(posted_by__isnull=True) | ~Q(posted_by=F("user")),
                name="nobody_posts_himself_to_a_grid",
            ),
        ]
        triggers = [exclusion_trigger("grid"), KEEP_POSTER]
        indexes = [
            models.Index(fields=["village", "role"], name="grid_posting_of_village"),
            models.Index(fields=["grid", "role"], name="grid_posting_of_grid"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"

    @property
    def where(self) -> str:
        """Return the grid, or for leaders and instructors the village."""
        return str(self.grid or self.village)


class Vacancy(models.Model):
    """A required post that nobody holds (Art. 10), with the days on which it became vacant and was filled."""

    role = models.CharField("岗位", max_length=12, choices=GridPosting.Role.choices)
    village = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+", verbose_name="村社区")
    grid = models.ForeignKey(
        Grid, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="网格"
    )
    opened_on = models.DateField("空缺日期")
    closed_on = models.DateField("补上日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "空缺"
        constraints = [
            models.UniqueConstraint(
                fields=["role", "village", "grid"],
                condition=Q(closed_on__isnull=True),
                nulls_distinct=False,
                name="one_open_vacancy_per_post",
            ),
        ]
        indexes = [models.Index(fields=["village"], name="open_vacancy", condition=Q(closed_on__isnull=True))]

    def __str__(self) -> str:
        return f"{self.grid or self.village} {self.get_role_display()}"


class OfficePosting(models.Model):
    """A dated post in an organization."""

    class Role(models.TextChoices):
        DISPATCHER = "dispatcher", "调度员"
        DESK_HEAD = "desk_head", "调度负责人"
        HANDLER = "handler", "部门经办人"
        DEPARTMENT_HEAD = "department_head", "部门负责人"
        COUNTY_ADMIN = "county_admin", "县区管理员"
        CITY_SUPERVISOR = "city_supervisor", "市级监督员"
        LEGAL_REVIEWER = "legal_reviewer", "合法性审查员"
        SYSTEM_ADMIN = "system_admin", "系统管理员"
        SECURITY_ADMIN = "security_admin", "安全管理员"
        AUDIT_ADMIN = "audit_admin", "审计管理员"

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
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="任命人",
        help_text="空着是平台自己：建库、随网格调整",
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
            ExclusionConstraint(
                name="no_account_holds_two_administrator_posts",
                expressions=[(one("user_id"), "&&"), (days_held(), "&&")],
                condition=Q(role__in=ADMINISTRATORS),
            ),
            models.UniqueConstraint(
                fields=["user", "organization", "role"],
                condition=Q(ends_on__isnull=True),
                name="one_current_post_of_a_kind_per_organization",
            ),
            models.CheckConstraint(
                condition=Q(posted_by__isnull=True) | ~Q(posted_by=F("user")),
                name="nobody_posts_himself_to_an_office",
            ),
        ]
        triggers = [exclusion_trigger("office"), KEEP_POSTER]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"
