"""What the county owes the city about a published plan: the filing, which never delays effect (Art. 7)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from plans import states
from plans.models.plans import GridPlan
from plans.querysets import GridFilingQuerySet


class GridFiling(models.Model):
    """备案: the package sent to the city's authority, its number or its return for completion."""

    plan = models.OneToOneField(
        GridPlan, on_delete=models.PROTECT, related_name="filing", verbose_name="方案"
    )
    status = models.CharField(
        "状态", max_length=10, choices=list(states.FILING_STATUSES.items()), default="unsent"
    )
    due_at = models.DateTimeField("应报时间")
    explanation = models.CharField("期限说明", max_length=600, blank=True)
    note = models.CharField("报送说明", max_length=500, blank=True)
    package = models.JSONField("备案材料", null=True)
    sent_at = models.DateTimeField("报送时间", null=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    receipt = models.CharField("备案号", max_length=40, blank=True)
    remarks = models.CharField("补正意见", max_length=500, blank=True)
    reminded_at = models.DateTimeField("最近提醒", null=True)
    reminders = models.PositiveSmallIntegerField("提醒次数", default=0)

    objects = GridFilingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "网格备案"
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="received") | ~Q(receipt=""), name="a_received_filing_has_a_number"
            ),
            models.UniqueConstraint(
                fields=["receipt"], condition=~Q(receipt=""), name="one_filing_per_receipt"
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="filing_moves_follow_the_state_table",
                field="status",
                transitions=sorted(
                    states.FILING_MOVES.edges() | {(status, status) for status in states.FILING_STATUSES}
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan.number} {self.get_status_display()}"
