"""The supervision order and its events (Art. 5, 17, 18)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.events import Event, WithEvents
from common.privacy.sealing import SealedWhenText
from grids.models import Division
from personnel.models import Organization
from supervision import states
from supervision.querysets import OrderQuerySet
from workflow.models import Case, StageEffect
from workflow.states import LEVEL_NAMES


class SupervisionOrder(WithEvents):
    """A numbered document that asks a unit or a person why a case stands still, with a day for the answer.

    ``seat`` is whose order it is and stands in its number; ``division`` is who decides about the answer now, after an
    unanswered order has climbed.
    """

    chain, noun = "supervision_order", "这张督办单"

    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="supervision_orders", verbose_name="事项"
    )
    status = models.CharField("状态", max_length=10, choices=list(states.STATUSES.items()), default="issued")
    ground = models.CharField("缘由", max_length=16, choices=list(states.GROUNDS.items()))
    effect_of = models.OneToOneField(
        StageEffect,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="supervision_order",
        verbose_name="哪一次红灯",
    )
    seat = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="+", verbose_name="督办机关辖区"
    )
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("年度序号")
    level = models.CharField("督办层级", max_length=10, choices=list(LEVEL_NAMES.items()))
    division = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="+", verbose_name="现由哪里审核"
    )
    unit = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="supervision_orders",
        verbose_name="督办单位",
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="supervision_orders",
        verbose_name="督办人员",
    )
    post = models.CharField("人员岗位", max_length=120, blank=True)
    questions = SealedWhenText("要求答复的问题", max_length=2000, when="case.confidential")
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="下达人",
    )
    issued_at = models.DateTimeField("下达时间")
    answer_due_at = models.DateTimeField("答复期限")
    explanation = models.CharField("期限说明", max_length=600)
    climb_at = models.DateTimeField("逾期升级时间", null=True, blank=True)
    climbs = models.PositiveSmallIntegerField("升级次数", default=0)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="签收人",
    )
    received_at = models.DateTimeField("签收时间", null=True, blank=True)
    answer = SealedWhenText("答复", max_length=2000, blank=True, when="case.confidential")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="答复人",
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    effect = models.CharField("处理", max_length=12, choices=list(states.EFFECTS.items()), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="审核人",
    )
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    event_count = models.PositiveIntegerField("事件数", default=0)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "督办单"
        constraints = [
            models.UniqueConstraint(fields=["seat", "year", "serial"], name="one_order_per_number"),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(ground="failed_checks"),
                name="one_order_about_failed_checks_per_case",
            ),
            models.CheckConstraint(
                condition=Q(unit__isnull=False, person__isnull=True)
                | Q(unit__isnull=True, person__isnull=False),
                name="an_order_is_to_a_unit_or_to_a_person",
            ),
            models.CheckConstraint(
                condition=Q(status__in=states.OPEN, ended_at__isnull=True)
                | ~Q(status__in=states.OPEN) & Q(ended_at__isnull=False),
                name="an_order_that_ended_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(status="accepted") | ~Q(effect="") & Q(decided_by__isnull=False),
                name="an_accepted_answer_has_an_effect",
            ),
            models.CheckConstraint(
                condition=~Q(ground="red_light") | Q(effect_of__isnull=False),
                name="an_order_of_the_red_light_names_it",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "id"], name="orders_of_case"),
            models.Index(fields=["unit", "status"], name="orders_to_unit"),
            models.Index(
                fields=["climb_at", "id"], name="orders_that_climb", condition=Q(climb_at__isnull=False)
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="order_moves_follow_the_state_table",
                field="status",
                transitions=sorted(
                    states.ORDER_MOVES.edges() | {(status, status) for status in states.STATUSES}
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number that people quote: ``华龙区督〔2026〕3号``."""
        return f"{self.seat.name}督〔{self.year}〕{self.serial}号"

    @property
    def addressee(self) -> str:
        """To whom it is addressed, in words."""
        if self.unit is not None:
            return self.unit.name
        name = self.person.name if self.person else ""
        return f"{name}（{self.post}）" if self.post else name

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.status in states.OPEN

    def event_columns(self) -> Mapping[str, Any]:
        """By when the answer is due, and at which level it stands."""
        return {"due_at": self.answer_due_at, "level": self.level}


class OrderEvent(Event):
    """One event of a supervision order."""

    order = models.ForeignKey(
        SupervisionOrder, on_delete=models.PROTECT, related_name="events", verbose_name="督办单"
    )
    verb = models.CharField("动作", max_length=16)
    to_status = models.CharField("新状态", max_length=10)
    level = models.CharField("层级", max_length=10)
    due_at = models.DateTimeField("答复期限")
    note = SealedWhenText("说明", blank=True, when="order.case.confidential")

    class Meta(Event.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "督办经过"
        constraints = [
            models.UniqueConstraint(fields=["order", "seq"], name="one_event_per_order_and_seq"),
        ]
