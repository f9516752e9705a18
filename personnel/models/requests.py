"""An application to post a person who serves outside the applicant's territory (Art. 10, 11, 20)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from audit.versions import Versioned
from grids.models import Division, Grid
from personnel import states
from personnel.models.bodies import Organization
from personnel.models.postings import GridPosting, OfficePosting

ROLES = [*GridPosting.Role.choices, *OfficePosting.Role.choices]


class PostRequest(Versioned):
    """The person, the wanted post and the answer of the present superior. ``states.py`` has the possible moves."""

    number_prefix = "GW"
    chain, noun = "post_request", "这份申请"

    status = models.CharField("状态", max_length=10, choices=list(states.STATUSES.items()), default="waiting")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="post_requests", verbose_name="人员"
    )
    role = models.CharField("岗位", max_length=16, choices=ROLES)
    village = models.ForeignKey(
        Division, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="村社区"
    )
    grid = models.ForeignKey(
        Grid, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="网格"
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="机构"
    )
    covers = models.ForeignKey(
        GridPosting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="替谁的岗",
    )
    starts_on = models.DateField("到岗日期")
    until = models.DateField("替岗到", null=True, blank=True)
    source = models.CharField("来源", max_length=40, blank=True)
    appointed_by = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="任命机构",
    )
    document = models.CharField("文号", max_length=80, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="申请人"
    )
    asked_at = models.DateTimeField("申请时间")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="确认人",
    )
    decided_at = models.DateTimeField("确认时间", null=True, blank=True)
    note = models.CharField("意见", max_length=200, blank=True)
    grid_posting = models.OneToOneField(
        GridPosting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="request",
        verbose_name="岗位",
    )
    office_posting = models.OneToOneField(
        OfficePosting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="request",
        verbose_name="机构岗位",
    )

    class Meta:
        verbose_name = verbose_name_plural = "岗位申请"
        constraints = [
            models.CheckConstraint(
                condition=~Q(asked_by=F("user")), name="nobody_asks_for_a_post_of_his_own"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("user"))),
                name="a_post_is_confirmed_by_a_third_person",
            ),
            models.CheckConstraint(
                condition=~Q(status="confirmed")
                | Q(decided_by__isnull=False, grid_posting__isnull=False, office_posting__isnull=True)
                | Q(decided_by__isnull=False, grid_posting__isnull=True, office_posting__isnull=False),
                name="a_confirmed_request_has_its_post",
            ),
            models.CheckConstraint(
                condition=Q(village__isnull=False, organization__isnull=True)
                | Q(village__isnull=True, grid__isnull=True, organization__isnull=False),
                name="a_post_is_asked_for_in_a_village_or_a_body",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "village", "grid", "organization", "covers"],
                condition=Q(status="waiting"),
                nulls_distinct=False,
                name="one_waiting_request_per_post_and_person",
            ),
        ]
        indexes = [models.Index(fields=["status", "-id"], name="post_request_by_status")]
        triggers = [
            pgtrigger.FSM(
                name="post_request_moves_follow_the_state_table",
                field="status",
                transitions=sorted(
                    states.POST_REQUEST_MOVES.edges() | {(status, status) for status in states.STATUSES}
                ),
            ),
            pgtrigger.ReadOnly(
                name="what_was_asked_stays",
                fields=["user", "role", "village", "grid", "organization", "covers", "asked_by"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_role_display()}"

    def linked(self, verb: str, note: str) -> Mapping[str, Any]:
        """Return for the chain: the person, the post, the status and the note."""
        return {
            "user": self.user_id,
            "role": self.role,
            "place": f"division:{self.place.pk}",
            "on": self.starts_on.isoformat(),
            "status": self.status,
            "note": self.note,
        }

    @property
    def number(self) -> str:
        """Return the number that people quote, ``GW-000012``."""
        return f"{self.number_prefix}-{self.pk:06d}"

    @property
    def where(self) -> str:
        """Return the grid, the village or the body."""
        return str(self.grid or self.village or self.organization)

    @property
    def place(self) -> Division:
        """Return the territory of the post."""
        found = self.village or (self.organization.division if self.organization else None)
        assert found is not None  # a_post_is_asked_for_in_a_village_or_a_body
        return found
