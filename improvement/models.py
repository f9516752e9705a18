"""The improvement task, the cases that it is about, and its events (Art. 19)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.events import Event, WithEvents
from grids.models import Division
from improvement import states
from improvement.querysets import TaskQuerySet
from personnel.models import Organization
from workflow.models import Case


class ImprovementTask(WithEvents):
    """What keeps coming back at one place, with an owner and a day by which its cause is mended.

    ``division`` is the township whose desk keeps it, or the county where its cases lie in several townships.
    ``follows`` is the completed task after which it came back all the same.
    """

    chain, noun = "improvement", "这件治理任务"
    keeps_version = ("join", "flag_overdue")

    source = models.CharField("由来", max_length=12, choices=list(states.SOURCES.items()))
    status = models.CharField("状态", max_length=10, choices=list(states.STATUSES.items()), default="unowned")
    division = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="improvements", verbose_name="由哪里管"
    )
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("年度序号")
    subject = models.CharField("治理什么", max_length=200)
    follows = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        verbose_name="上一次治理",
    )
    unit = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="improvements",
        verbose_name="责任单位",
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="improvements",
        verbose_name="责任人",
    )
    post = models.CharField("责任人岗位", max_length=120, blank=True)
    plan = models.TextField("治理措施", max_length=2000, blank=True)
    result = models.TextField("做了什么", max_length=2000, blank=True)
    opened_at = models.DateTimeField("立项时间")
    due_at = models.DateTimeField("期限")
    explanation = models.CharField("期限说明", max_length=600)
    is_provisional = models.BooleanField("暂定", default=False)
    is_extended = models.BooleanField("已延长", default=False)
    alarm_at = models.DateTimeField("到期提醒时间", null=True, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="报告人",
    )
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    event_count = models.PositiveIntegerField("事件数", default=0)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "治理任务"
        constraints = [
            models.UniqueConstraint(fields=["division", "year", "serial"], name="one_improvement_per_number"),
            models.CheckConstraint(
                condition=Q(unit__isnull=True) | Q(person__isnull=True),
                name="an_improvement_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["unowned", "dropped"])
                | Q(unit__isnull=False)
                | Q(person__isnull=False),
                name="what_is_at_work_has_an_owner",
            ),
            models.CheckConstraint(
                condition=Q(status__in=states.OPEN, ended_at__isnull=True)
                | ~Q(status__in=states.OPEN) & Q(ended_at__isnull=False),
                name="an_improvement_that_ended_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["reported", "accepted"]) | ~Q(result=""),
                name="a_reported_improvement_says_what_was_done",
            ),
        ]
        indexes = [
            models.Index(fields=["division", "status"], name="improvements_of_place"),
            models.Index(fields=["unit", "status"], name="improvements_of_unit"),
            models.Index(
                fields=["alarm_at"], name="improvements_that_ring", condition=Q(alarm_at__isnull=False)
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="improvement_moves_follow_the_state_table",
                field="status",
                transitions=sorted(states.MOVES.edges() | {(status, status) for status in states.STATUSES}),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number that people quote: ``中原路街道治理〔2026〕3号``."""
        return f"{self.division.name}治理〔{self.year}〕{self.serial}号"

    @property
    def owner(self) -> str:
        """Who is responsible, in words; empty until somebody is named."""
        if self.unit is not None:
            return self.unit.name
        name = self.person.name if self.person else ""
        return f"{self.post} {name}".strip()

    def event_columns(self) -> Mapping[str, Any]:
        """By when it is due."""
        return {"due_at": self.due_at}


class ImprovementCase(models.Model):
    """That a case is one of those that a task is about. A case belongs to one task."""

    may_change = ()

    task = models.ForeignKey(
        ImprovementTask, on_delete=models.PROTECT, related_name="members", verbose_name="治理任务"
    )
    case = models.OneToOneField(
        Case, on_delete=models.PROTECT, related_name="improvement", verbose_name="事项"
    )
    joined_at = models.DateTimeField("计入时间")

    class Meta:
        verbose_name = verbose_name_plural = "治理任务的事项"

    def __str__(self) -> str:
        return f"{self.task_id} {self.case_id}"


class ImprovementEvent(Event):
    """One event of an improvement task."""

    task = models.ForeignKey(
        ImprovementTask, on_delete=models.PROTECT, related_name="events", verbose_name="治理任务"
    )
    verb = models.CharField("动作", max_length=16)
    to_status = models.CharField("新状态", max_length=10)
    due_at = models.DateTimeField("期限")

    class Meta(Event.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "治理经过"
        constraints = [
            models.UniqueConstraint(fields=["task", "seq"], name="one_event_per_improvement_and_seq"),
        ]
