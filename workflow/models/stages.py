"""The stays of a case and of the units that assist in it, what their clocks did, and who was assigned (Art. 17, 18)."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value

from audit.models import Entry
from audit.versions import Versioned
from common.privacy.sealing import SealedWhenText
from common.records.append_only import AppendOnly
from personnel.models import Organization
from workflow import states
from workflow.models.cases import Case
from workflow.querysets import AssignmentQuerySet, StageQuerySet
from workflow.share_states import (
    ENDED_BY_PLATFORM,
    SHARE_ENDED,
    SHARE_MOVES,
    SHARE_OPEN,
    SHARE_STATUSES,
    SHARE_VERBS,
    TAKEN_BACK,
)
from worktime.clocks import Clock


class Stage(models.Model):
    """One stay of a case in one status: who has it, since when, until when, and when the clock looks next.

    With ``share`` it is the stay of one unit's part in the case, beside the stay of the case itself (Art. 17).
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="stages", verbose_name="事项")
    share = models.ForeignKey(
        "Assignment",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="stages",
        verbose_name="协办份额",
    )
    status = models.CharField("状态", max_length=24, choices=list(states.STATUSES.items()))
    level = models.CharField("层级", max_length=10, choices=list(states.LEVEL_NAMES.items()))
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="持有单位",
    )
    started_at = models.DateTimeField("开始")
    counted_from = models.DateTimeField("时限起算", null=True, help_text="受理时或开始时；空为开始时")
    is_rest = models.BooleanField("接着剩下的时间", default=False, db_default=False)
    due_at = models.DateTimeField("到期")
    is_provisional = models.BooleanField("暂定", default=False, db_default=False)
    clock = models.CharField("时钟", max_length=20, choices=[(clock.value, clock.value) for clock in Clock])
    amount = models.PositiveIntegerField("时限", help_text="小时类为分钟，日类为天")
    explanation = models.CharField("期限说明", max_length=600)
    calendar_version = models.CharField("日历版本", max_length=60, blank=True)
    deadline_version = models.PositiveSmallIntegerField("期限版本", default=1)
    alarms = models.JSONField("时点", default=list, help_text="[[规则, 时间], …] 按时间排列")
    next_action_at = models.DateTimeField("下一时点", null=True, blank=True)
    overdue_at = models.DateTimeField("超期认定", null=True, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="接手人",
        help_text="紧急事项叫到的人",
    )
    taken_at = models.DateTimeField("接手时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束", null=True, blank=True)
    ended_by = models.CharField("结束动作", max_length=24, blank=True)

    objects = StageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "环节"
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(ended_at__isnull=True, share__isnull=True),
                name="one_open_stage_per_case",
            ),
            models.UniqueConstraint(
                fields=["share"],
                condition=Q(ended_at__isnull=True, share__isnull=False),
                name="one_open_stage_per_share",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="a_stage_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_action_at", "id"],
                name="stage_clock",
                condition=Q(ended_at__isnull=True, next_action_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="a_share_belongs_to_the_case",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("share_id", "case_id"),  # type: ignore[no-untyped-call]
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__share__isnull=False),
                func=(
                    "IF NOT EXISTS (SELECT FROM workflow_assignment WHERE id = NEW.share_id AND case_id = NEW.case_id)"
                    " THEN RAISE EXCEPTION 'share % is not of case %', NEW.share_id, NEW.case_id"
                    " USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_status_display()}"

    def pending_alarms(self, *, after: datetime | None = None) -> list[tuple[str, datetime]]:
        """The alarms as (rule, moment), those later than ``after``."""
        alarms = [(rule, datetime.fromisoformat(moment)) for rule, moment in self.alarms]
        return [alarm for alarm in alarms if after is None or alarm[1] > after]


class Replanning(models.Model):
    """One act by which running deadlines follow a new calendar, new office hours or new limits (Art. 18)."""

    may_change = ("last_stage", "moved", "earlier", "claimed_at", "finished_at")

    reason = models.CharField("依据", max_length=200)
    calendar_version = models.CharField("日历版本", max_length=60, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="操作人"
    )
    at = models.DateTimeField("时间")
    last_stage = models.BigIntegerField("算到的环节", default=0)
    moved = models.PositiveIntegerField("已改", default=0)
    earlier = models.PositiveIntegerField("其中提前", default=0)
    claimed_at = models.DateTimeField("正在算", null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "期限重算"
        constraints = [
            models.UniqueConstraint(
                Value(1), condition=Q(finished_at__isnull=True), name="one_replanning_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.at:%Y-%m-%d}"


class DeadlineChange(AppendOnly):
    """A running deadline that was moved: from when to when, by which act; the version of the deadline that it made."""

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="changes", verbose_name="环节")
    replanning = models.ForeignKey(
        Replanning, on_delete=models.PROTECT, related_name="changes", verbose_name="期限重算"
    )
    deadline_version = models.PositiveSmallIntegerField("期限版本")
    due_before = models.DateTimeField("原定到期")
    due_after = models.DateTimeField("改后到期")
    explanation_before = models.CharField("原期限说明", max_length=600)

    class Meta(AppendOnly.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "期限变更"
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "deadline_version"], name="one_change_per_version_of_a_deadline"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} v{self.deadline_version}"


class StageEffect(AppendOnly):
    """What the clock did, exactly once per stage, rule and version of the deadline."""

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="effects", verbose_name="环节")
    rule = models.CharField("规则", max_length=24)
    deadline_version = models.PositiveSmallIntegerField("期限版本")
    due_at = models.DateTimeField("应当时间")
    at = models.DateTimeField("执行时间")

    class Meta(AppendOnly.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "时钟效果"
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "rule", "deadline_version"], name="one_effect_per_stage_rule_and_deadline"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.rule}"


class Assignment(Versioned):
    """One unit's share of a case; a joint case has several, one of them leading (Art. 17).

    The state of the leading share is the case's, and its own ``status`` is empty. An assisting share moves along
    ``share_states``; its events stand in the history of the case, and its links in the case's chain.
    """

    chain, noun = "case", "这份协办"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="assignments", verbose_name="事项")
    unit = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="assignments", verbose_name="单位"
    )
    is_lead = models.BooleanField("主办", default=True)
    status = models.CharField(
        "协办状态", max_length=20, choices=list(SHARE_STATUSES.items()), blank=True, default="", db_default=""
    )
    reason = models.CharField("交办依据", max_length=300, blank=True)
    task = SealedWhenText(
        "请协办做什么", max_length=2000, blank=True, when="case.confidential", default="", db_default=""
    )
    due_at = models.DateTimeField("协办期限", null=True, blank=True, help_text="空着即与整件事同时")
    result = SealedWhenText(
        "协办结果", max_length=2000, blank=True, when="case.confidential", default="", db_default=""
    )
    assigned_at = models.DateTimeField("交办时间")
    signed_at = models.DateTimeField("签收时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()
    stay: Stage | None = None  # the running stay of a share, where a list has read it

    class Meta:
        verbose_name = verbose_name_plural = "交办"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "unit"],
                condition=Q(ended_at__isnull=True),
                name="one_current_part_per_case_and_unit",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(is_lead=True, ended_at__isnull=True),
                name="one_current_lead_per_case",
            ),
            models.CheckConstraint(
                condition=Q(is_lead=True, status="")
                | Q(is_lead=False, status__in=SHARE_OPEN, ended_at__isnull=True)
                | Q(is_lead=False, status__in=SHARE_ENDED, ended_at__isnull=False),
                name="an_assisting_share_has_a_status",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit"],
                condition=Q(is_lead=False, ended_at__isnull=True),
                name="assisting_now",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="shares_follow_their_state_table",
                field="status",
                transitions=sorted(
                    SHARE_MOVES.edges()
                    | ENDED_BY_PLATFORM
                    | TAKEN_BACK
                    | {(status, status) for status in ("", *SHARE_STATUSES)}
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.unit}"

    @property
    def chain_key(self) -> str:
        """The chain of its case, where its acts stand."""
        return f"case:{self.case_id}"

    def version_links(self) -> models.QuerySet[Entry]:
        """The links of the case's chain about shares."""
        return Entry.objects.filter(subject=self.chain_key, verb__in=SHARE_VERBS)
