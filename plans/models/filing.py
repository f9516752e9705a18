"""The filing that the county sends to the city about a published plan; it never delays effect (Art. 7)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from filing import life as filing
from plans.models.plans import GridPlan
from plans.querysets import GridFilingQuerySet


class GridFiling(filing.Filing):
    """The filing of one plan (网格备案)."""

    plan = models.OneToOneField(
        GridPlan, on_delete=models.PROTECT, related_name="filing", verbose_name="方案"
    )
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
                transitions=filing.edges(),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan.number} {self.get_status_display()}"
