"""One carrying-out of a matter of kind 任务 or 采集 in a grid: begun, done, counted (Art. 14, 15)."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.versions import Versioned
from grids.models import Division, Grid
from matters.models import Matter
from registry import states
from registry.models.records import Record
from registry.querysets import ActivityQuerySet


class Activity(Versioned):
    """A matter that a person carries out in a grid: a collection at one record, or a task for many people."""

    chain, noun = "activity", "这次工作"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+", verbose_name="事项")
    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="activities", verbose_name="网格")
    township = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="+", verbose_name="乡镇街道"
    )
    record = models.ForeignKey(
        Record,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name="登记对象",
    )
    status = models.CharField(
        "状态", max_length=8, choices=list(states.ACTIVITY_STATUSES.items()), default="begun"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="办理人"
    )
    begun_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    reached = models.PositiveIntegerField("涉及户数", default=0)
    note = models.CharField("情况", max_length=500, blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事项办理记录"
        constraints = [
            models.UniqueConstraint(
                fields=["record", "matter"],
                condition=Q(status="begun", record__isnull=False),
                name="one_collection_of_a_matter_at_a_record",
            ),
            models.CheckConstraint(
                condition=Q(status="begun", ended_at__isnull=True)
                | ~Q(status="begun") & Q(ended_at__isnull=False),
                name="an_ended_activity_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["grid", "-begun_at"], name="activities_of_grid"),
            models.Index(fields=["township", "-id"], name="activities_of_township"),
            models.Index(fields=["matter", "grid", "ended_at"], name="activities_of_matter"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="activity_moves_follow_the_state_table",
                field="status",
                transitions=sorted(
                    states.ACTIVITY_MOVES.edges() | {(status, status) for status in states.ACTIVITY_STATUSES}
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter.name} {self.pk}"
