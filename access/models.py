"""Special grants: for a named person, with a purpose and an end, decided by a second person (Art. 20)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from access import states
from access.querysets import GrantRequestQuerySet
from audit.actions import committed
from audit.versions import Versioned
from grids.models import Division
from personnel.models import Grant, Organization


class GrantRequest(Versioned):
    """One application for a special grant and its result; the grant itself is guardian's row."""

    number_prefix = "SQ"
    chain, noun = "grant_request", "这份申请"

    status = models.CharField("状态", max_length=10, choices=list(states.STATUSES.items()), default="waiting")
    grantee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="grant_requests",
        verbose_name="被授权人",
    )
    verb = models.CharField("权限", max_length=20, choices=list(states.GRANTABLE.items()))
    division = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="+", verbose_name="范围", null=True, blank=True
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", verbose_name="单位", null=True, blank=True
    )
    purpose = models.CharField("用途", max_length=200)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="申请人"
    )
    asked_at = models.DateTimeField("申请时间")
    expires_at = models.DateTimeField("到期时间")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="审批人",
        null=True,
        blank=True,
    )
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    decision_note = models.CharField("审批意见", max_length=200, blank=True)
    review_due_on = models.DateField("下次复核", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    end_note = models.CharField("结束原因", max_length=200, blank=True)
    grant = models.OneToOneField(
        Grant, on_delete=models.SET_NULL, related_name="request", verbose_name="授权", null=True, blank=True
    )

    objects = GrantRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专项授权申请"
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("grantee"))),
                name="nobody_decides_an_own_grant",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at"))
                & Q(expires_at__lte=F("asked_at") + states.LONGEST + states.A_DAY),
                name="a_special_grant_ends_within_half_a_year",
            ),
            models.CheckConstraint(
                condition=Q(division__isnull=False, organization__isnull=True)
                | Q(division__isnull=True, organization__isnull=False),
                name="a_special_grant_lies_on_one_place",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["in_effect", "revoked"]) | Q(decided_by__isnull=False),
                name="a_grant_in_effect_was_decided",
            ),
            models.UniqueConstraint(
                fields=["grantee", "verb", "division", "organization"],
                condition=Q(status__in=["waiting", "in_effect"]),
                nulls_distinct=False,
                name="one_open_request_per_person_and_place",
            ),
        ]
        indexes = [models.Index(fields=["status", "expires_at"], name="grant_request_by_expiry")]

    def __str__(self) -> str:
        return f"{self.number} {self.get_verb_display()}"

    @property
    def number(self) -> str:
        """Return the number that people quote, ``SQ-000012``."""
        return f"{self.number_prefix}-{self.pk:06d}"

    def linked(self, verb: str, note: str) -> Mapping[str, Any]:
        """Return for the chain: who gets what, where, until when; the reason as a digest."""
        return {
            "grantee": self.grantee_id,
            "grants": self.verb,
            "place": f"{self.place._meta.model_name}:{self.place.pk}",
            "expires_at": self.expires_at.isoformat(),
            "status": self.status,
            "note": committed(note or self.decision_note),
        }

    @property
    def place(self) -> Division | Organization:
        """Return the division or organization that the grant covers."""
        found = self.division or self.organization
        assert found is not None  # a_special_grant_lies_on_one_place
        return found
