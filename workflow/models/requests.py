"""What a unit asks about its time: an extension or shelving, and what became of it (Art. 17, 18)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from workflow.models.cases import Case
from worktime.clocks import Clock, Limit


class TimeRequest(models.Model):
    """One request about the time of a case. The words of both sides stand in the events of the case."""

    class Kind(models.TextChoices):
        EXTENSION = "extension", "延期"
        SHELVING = "shelving", "挂账"

    class Ground(models.TextChoices):
        """Why a case cannot go on now and must wait."""

        SEASON = "season", "季节或天气原因"
        FUNDING = "funding", "经费未落实"
        ENGINEERING = "engineering", "须列入工程"

    class Decision(models.TextChoices):
        WAITING = "waiting", "等待审批"
        GRANTED = "granted", "已同意"
        REFUSED = "refused", "未同意"
        DROPPED = "dropped", "不再需要"

    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, related_name="time_requests", verbose_name="事项"
    )
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    ground = models.CharField("挂账原因", max_length=12, choices=Ground.choices, blank=True)
    clock = models.CharField(
        "时钟", max_length=20, choices=[(clock.value, clock.value) for clock in Clock], blank=True
    )
    amount = models.PositiveIntegerField(
        "延长多少", null=True, blank=True, help_text="小时类为分钟，日类为天"
    )
    review_on = models.DateField("复核日期", null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="申请人"
    )
    asked_at = models.DateTimeField("申请时间")
    due_before = models.DateTimeField("原定到期")
    decision = models.CharField(
        "结果", max_length=8, choices=Decision.choices, default=Decision.WAITING, db_default=Decision.WAITING
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="审批人",
    )
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    resumed_at = models.DateTimeField("恢复时间", null=True, blank=True)
    due_after = models.DateTimeField("改后到期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "延期和挂账"
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(decision="waiting"), name="one_waiting_time_request_per_case"
            ),
            models.CheckConstraint(
                condition=Q(kind="extension", amount__gt=0, review_on__isnull=True, ground="") & ~Q(clock="")
                | Q(kind="shelving", amount__isnull=True, review_on__isnull=False, clock="") & ~Q(ground=""),
                name="a_time_request_says_how_long",
            ),
            models.CheckConstraint(
                condition=Q(decision="waiting", decided_at__isnull=True, decided_by__isnull=True)
                | ~Q(decision="waiting") & Q(decided_at__isnull=False, decided_at__gte=F("asked_at")),
                name="a_decided_time_request_says_when",
            ),
        ]
        indexes = [models.Index(fields=["case", "id"], name="time_requests_of_case")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.case_id}"

    @property
    def limit(self) -> Limit:
        """How much longer an extension makes the time."""
        return Limit(Clock(self.clock), self.amount or 0)
