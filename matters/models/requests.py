"""Tasks that a department gives to a grid, on the list or not (Art. 14): protection against unlisted work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.versions import Versioned
from grids.models import Grid
from matters import states
from matters.models.lists import Matter
from matters.querysets import GridRequestQuerySet
from personnel.models import Organization


class GridRequest(Versioned):
    """A task handed to one grid. Without a matter of the list it may be refused with one tap."""

    chain, noun = "grid_request", "这项任务"

    class Source(models.TextChoices):
        PLATFORM = "platform", "平台派来"
        ORAL = "told", "口头、电话或群里派来"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="requests", verbose_name="派出单位"
    )
    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="requests", verbose_name="网格")
    matter = models.ForeignKey(
        Matter, on_delete=models.PROTECT, null=True, blank=True, related_name="requests", verbose_name="事项"
    )
    text = models.CharField("要做什么", max_length=200)
    source = models.CharField("来源", max_length=10, choices=Source.choices, default=Source.PLATFORM)
    status = models.CharField(
        "状态", max_length=10, choices=list(states.REQUEST_STATUSES.items()), default="handed"
    )
    due_on = models.DateField("希望完成日期", null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    at = models.DateTimeField("登记时间")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="答复人",
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    objects = GridRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "派给网格的任务"
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="refused") | Q(matter__isnull=True),
                name="only_what_is_not_on_the_list_is_refused",
            ),
        ]
        indexes = [
            models.Index(fields=["grid", "status"], name="request_of_grid"),
            models.Index(fields=["organization", "-at"], name="request_of_organization"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="request_moves_follow_the_state_table",
                field="status",
                transitions=sorted(
                    states.REQUEST_MOVES.edges() | {(status, status) for status in states.REQUEST_STATUSES}
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def linked(self, verb: str, note: str) -> Mapping[str, Any]:
        """Returns which body asks which grid, and the status."""
        return {"status": self.status, "grid": self.grid_id, "organization": self.organization_id}

    @property
    def is_listed(self) -> bool:
        """Whether the list asks for it."""
        return self.matter_id is not None
