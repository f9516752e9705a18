"""A record of the register, where it lay from day to day, and the dated relations between records (Art. 9, 15)."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from audit.versions import Versioned
from common.records.append_only import AppendOnly
from grids.models import Division, Grid, GridVersion
from registry import states
from registry.kinds import KINDS, RELATIONS, ROLES
from registry.querysets import RecordQuerySet, RelationQuerySet


class Record(Versioned):
    """One person, household, house, place or organization. What is known of it stands in its values.

    ``guarded_until`` is set for a child: until that day only persons named for children see the record (Art. 20;
    the law on the protection of personal information counts under 14). It is the first of January after the fourteenth
    birthday, so that the birthday cannot be read from it.
    """

    chain, noun = "record", "这条登记"

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("种类", max_length=12, choices=list(KINDS.items()))
    status = models.CharField("状态", max_length=8, choices=list(states.STATUSES.items()), default="current")
    grid = models.ForeignKey(
        Grid, on_delete=models.PROTECT, related_name="records", verbose_name="网格", null=True, blank=True
    )
    village = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+", verbose_name="村社区")
    township = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="+", verbose_name="乡镇街道"
    )
    county = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+", verbose_name="县区")
    lon = models.FloatField("经度", null=True, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    guarded_until = models.DateField("未成年人保护至", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="absorbed",
        verbose_name="并入",
    )
    end_ground = models.CharField("注销原因", max_length=10, blank=True)
    ended_on = models.DateField("注销日期", null=True, blank=True)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="登记人",
    )
    registered_at = models.DateTimeField("登记时间")
    checked_at = models.DateTimeField("最近核对", help_text="最近一次有人登记、更新或者核对它的内容")

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "登记对象"
        indexes = [
            models.Index(
                fields=["grid", "kind", "id"], name="records_of_grid", condition=Q(status="current")
            ),
            models.Index(
                fields=["village", "kind", "id"], name="records_of_village", condition=Q(status="current")
            ),
            models.Index(
                fields=["township", "kind", "id"], name="records_of_township", condition=Q(status="current")
            ),
            models.Index(fields=["county", "kind"], name="records_of_county", condition=Q(status="current")),
            models.Index(
                fields=["guarded_until"], name="guarded_records", condition=Q(guarded_until__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True) | Q(lon__isnull=False, lat__isnull=False),
                name="a_record_has_both_degrees_or_none",
            ),
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False)
                | ~Q(status="merged") & Q(merged_into__isnull=True),
                name="only_a_merged_record_names_where_it_went",
            ),
            models.CheckConstraint(
                condition=Q(status="ended", ended_on__isnull=False) & ~Q(end_ground="")
                | ~Q(status="ended") & Q(ended_on__isnull=True, end_ground=""),
                name="an_ended_record_says_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="a_record_is_not_merged_into_itself",
            ),
            models.CheckConstraint(
                condition=Q(kind="person") | Q(guarded_until__isnull=True), name="only_a_person_is_a_child"
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="record_moves_follow_the_state_table",
                field="status",
                transitions=sorted(
                    states.RECORD_MOVES.edges() | {(status, status) for status in states.STATUSES}
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def number(self) -> str:
        """The number that people quote, ``R-000012``."""
        return f"R-{self.pk:06d}"


class Placement(AppendOnly):
    """That a record moved from one grid to another, on which day and why: a plan in force, a removal, a correction."""

    class Reason(models.TextChoices):
        PLAN = "plan", "网格调整"
        REMOVAL = "removal", "迁移"
        CORRECTION = "correction", "更正"

    record = models.ForeignKey(
        Record, on_delete=models.PROTECT, related_name="placements", verbose_name="登记对象"
    )
    from_grid = models.ForeignKey(
        Grid, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="原网格"
    )
    to_grid = models.ForeignKey(
        Grid, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="新网格"
    )
    reason = models.CharField("原因", max_length=10, choices=Reason.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="操作人"
    )
    at = models.DateTimeField("时间")

    class Meta(AppendOnly.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "网格变动"
        indexes = [models.Index(fields=["record", "at"], name="placements_of_record")]

    def __str__(self) -> str:
        return f"{self.record_id} → {self.to_grid_id}"


class FollowedVersion(models.Model):
    """That the records have followed a version of a grid; versions without such a row are followed next."""

    version = models.OneToOneField(
        GridVersion, on_delete=models.PROTECT, related_name="+", verbose_name="网格版本"
    )

    class Meta:
        verbose_name = verbose_name_plural = "已跟随的网格版本"

    def __str__(self) -> str:
        return str(self.version_id)


class Relation(models.Model):
    """That one record has to do with another, from one day until another (not on that day any more)."""

    source = models.ForeignKey(
        Record, on_delete=models.PROTECT, related_name="relations", verbose_name="登记对象"
    )
    target = models.ForeignKey(
        Record, on_delete=models.PROTECT, related_name="related", verbose_name="相关对象"
    )
    kind = models.CharField(
        "关系", max_length=8, choices=[(each.key, each.word) for each in RELATIONS.values()]
    )
    role = models.CharField("身份", max_length=10, choices=list(ROLES.items()), blank=True)
    since = models.DateField("起始日期")
    until = models.DateField("终止日期", null=True, blank=True, help_text="不含当日")
    ended_with = models.ForeignKey(
        Record,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="随之结束",
        help_text="因哪条登记注销而结束；恢复时一起恢复",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    at = models.DateTimeField("登记时间")

    objects = RelationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "关系"
        indexes = [
            models.Index(fields=["target", "kind"], name="relations_to", condition=Q(until__isnull=True)),
            models.Index(fields=["source", "kind"], name="relations_from", condition=Q(until__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "target", "kind"],
                condition=Q(until__isnull=True),
                name="one_present_relation_of_a_kind",
            ),
            models.UniqueConstraint(
                fields=["target"],
                condition=Q(until__isnull=True, role="head"),
                name="one_householder_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["source", "kind"],
                condition=Q(
                    until__isnull=True, kind__in=[each.key for each in RELATIONS.values() if each.is_single]
                ),
                name="at_one_address_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="a_relation_does_not_end_before_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(source=F("target")), name="a_record_is_not_related_to_itself"
            ),
            models.CheckConstraint(
                condition=Q(kind="member") & ~Q(role="") | ~Q(kind="member") & Q(role=""),
                name="a_member_of_a_household_has_a_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.get_kind_display()} {self.target_id}"
