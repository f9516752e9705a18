"""The case, its stays, its line of events (Art. 17–19)."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value

from audit.events import Event, WithEvents
from common.privacy.sealing import SealedField, SealedRow, SealedWhenList, SealedWhenText
from common.records.append_only import AppendOnly
from grids.models import Division, Grid
from matters.models import Matter
from personnel.models import Organization
from workflow import states
from workflow.querysets import AssignmentQuerySet, AttachmentQuerySet, CaseQuerySet, StageQuerySet
from worktime.clocks import SHANGHAI, Clock

RATING_CODE_BYTES = 12  # 96 bits: not to be guessed, short enough for a QR code


def new_rating_code() -> str:
    """A code that lets the resident follow and rate a case without an account."""
    return secrets.token_urlsafe(RATING_CODE_BYTES)


class Case(WithEvents):
    """A matter reported in a grid. What can happen to it is in ``states.py``, who may do it in ``policies.py``."""

    chain, noun, keeps_version = "case", "这件事", (*states.CLOCK_NOTES, "erase")

    class Light(models.TextChoices):
        NORMAL = "normal", "正常"
        NEAR = "near", "临期"
        LATE = "late", "超期"
        SUPERVISED = "supervised", "督办"

    class Source(models.TextChoices):
        WORKER = "worker", "网格员上报"
        DESK = "desk", "窗口或电话登记"

    class HandledBy(models.TextChoices):
        WORKER = "worker", "网格员"
        LEADER = "leader", "网格长"
        UNIT = "unit", "责任单位"

    class Rating(models.TextChoices):
        SATISFIED = "satisfied", "满意"
        FAIR = "fair", "基本满意"
        DISSATISFIED = "dissatisfied", "不满意"

    status = models.CharField("状态", max_length=24, choices=list(states.STATUSES.items()))
    level = models.CharField(
        "层级", max_length=10, choices=list(states.LEVEL_NAMES.items()), default="township"
    )
    event_count = models.PositiveIntegerField("事件数", default=0)
    light = models.CharField("灯", max_length=10, choices=Light.choices, default=Light.NORMAL)
    urgency = models.PositiveSmallIntegerField("等级", choices=Matter.Severity.choices, default=1)
    confidential = models.BooleanField("保密", default=False)

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, null=True, blank=True, verbose_name="事项")
    title = models.CharField("标题", max_length=80)
    description = SealedWhenText("情况", max_length=2000, blank=True)
    place = SealedWhenText("地点", max_length=200, blank=True)
    answers = SealedWhenList(
        "另填内容",
        default=list,
        blank=True,
        db_default=Value([], models.JSONField()),
        help_text="清单要求的，[名称, 内容]",
    )
    lon = models.FloatField("经度", null=True, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    accuracy_m = models.PositiveIntegerField("定位误差（米）", null=True, blank=True)

    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="cases", verbose_name="网格")
    village = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+", verbose_name="村社区")
    township = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="+", verbose_name="乡镇街道"
    )
    county = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+", verbose_name="县区")
    city = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+", verbose_name="市")

    source = models.CharField("来源", max_length=10, choices=Source.choices, default=Source.WORKER)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="reported_cases",
        verbose_name="上报人",
    )
    caretaker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="kept_cases",
        verbose_name="经手人",
        help_text="现在替这件事负责的人：起初是上报人，离任时移交",
    )
    for_resident = models.BooleanField("群众反映", default=False)
    rating_code = models.CharField("评价码", max_length=20, default=new_rating_code, unique=True)
    rating = models.CharField("评价", max_length=12, choices=Rating.choices, blank=True)

    unit = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name="责任单位",
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="办理人",
    )
    handled_by = models.CharField("办理方", max_length=8, choices=HandledBy.choices, blank=True)
    result = SealedWhenText("办理结果", max_length=2000, blank=True)
    return_count = models.PositiveSmallIntegerField("退单次数", default=0)
    failed_checks = models.PositiveSmallIntegerField("核查未通过次数", default=0)
    escalations = models.PositiveSmallIntegerField("升级次数", default=0)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_cases",
        verbose_name="并入",
    )

    occurred_at = models.DateTimeField("发生时间", null=True, blank=True)
    reported_at = models.DateTimeField("上报时间")
    promised_from_at = models.DateTimeField("办理时限起算", null=True, blank=True)
    due_at = models.DateTimeField("本环节到期", null=True, blank=True)
    finish_due_at = models.DateTimeField("办结到期", null=True, blank=True)
    finished_at = models.DateTimeField("办结时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事项"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=states.ENDED, due_at__isnull=True, ended_at__isnull=False)
                | (~Q(status__in=states.ENDED) & Q(due_at__isnull=False, ended_at__isnull=True)),
                name="an_open_case_is_due_and_an_ended_one_is_not",
            ),
            models.CheckConstraint(
                condition=~Q(status="merged") | Q(merged_into__isnull=False),
                name="a_merged_case_names_the_other",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["awaiting_signature", "in_hand", "rework"]) | Q(unit__isnull=False),
                name="a_case_with_a_unit_names_it",
            ),
            models.CheckConstraint(
                condition=~Q(pk=F("merged_into")), name="a_case_is_not_merged_into_itself"
            ),
        ]
        indexes = [
            *(
                models.Index(
                    fields=[place, "status", "due_at", "id"],
                    name=f"case_queue_of_{place}",
                    condition=Q(status__in=states.OPEN),
                )
                for place in ("township", "county", "city")
            ),
            *(
                models.Index(fields=[place, "-reported_at", "-id"], name=f"case_recent_of_{place}")
                for place in ("grid", "village", "township", "county", "city")
            ),
            models.Index(fields=["unit", "status", "due_at", "id"], name="case_queue_of_unit"),
            models.Index(fields=["caretaker", "-id"], name="case_of_caretaker"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="moves_follow_the_state_table",
                field="status",
                transitions=sorted(
                    states.CASE_MOVES.edges() | {(status, status) for status in states.STATUSES}
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def event_columns(self) -> dict[str, object]:
        """Where it stood."""
        return {"level": self.level, "unit_id": self.unit_id}

    def linked(self, verb: str, note: str) -> dict[str, object]:
        """What happened, and where it stood."""
        return {**super().linked(verb, note), "level": self.level, "unit": self.unit_id}

    @property
    def number(self) -> str:
        """The number people quote: day of the report and running number, ``20261123-000123``."""
        return f"{self.reported_at.astimezone(SHANGHAI):%Y%m%d}-{self.pk:06d}"

    @property
    def is_urgent(self) -> bool:
        """Whether the around-the-clock limits apply."""
        return self.urgency == Matter.Severity.URGENT

    @property
    def is_open(self) -> bool:
        """Whether anything can still happen to it."""
        return self.status in states.OPEN

    @property
    def stage_division_id(self) -> int:
        """The division whose institution holds or oversees the case at its present level."""
        place: int = getattr(self, f"{self.level}_id")
        return place


class CaseContact(SealedRow):
    """How the resident on whose behalf a case was reported can be reached: tier T2, sealed, seen masked (Art. 20)."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="contact", verbose_name="事项")
    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    name = SealedField("反映人姓名", purpose="personal", kind="name")
    phone = SealedField("反映人电话", purpose="personal", kind="phone")
    address = SealedField("反映人住址", purpose="personal", kind="address")

    class Meta:
        verbose_name = verbose_name_plural = "反映人联系方式"

    def purpose_of(self, name: str) -> str:
        """Whoever stands behind a clue is a secret source, under keys of its own (Art. 20)."""
        return "secret" if self.case.confidential else super().purpose_of(name)

    def __str__(self) -> str:
        return f"contact of {self.case_id}"


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
    due_at = models.DateTimeField("到期")
    clock = models.CharField("时钟", max_length=20, choices=[(clock.value, clock.value) for clock in Clock])
    amount = models.PositiveIntegerField("时限", help_text="小时类为分钟，日类为天")
    explanation = models.CharField("期限说明", max_length=600)
    calendar_version = models.CharField("日历版本", max_length=60, blank=True)
    deadline_version = models.PositiveSmallIntegerField("期限版本", default=1)
    alarms = models.JSONField("时点", default=list, help_text="[[规则, 时间], …] 按时间排列")
    next_action_at = models.DateTimeField("下一时点", null=True, blank=True)
    overdue_at = models.DateTimeField("超期认定", null=True, blank=True)
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
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("share_id", "case_id"),
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


class Assignment(models.Model):
    """One unit's share of a case; a joint case has several, one of them leading (Art. 17)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="assignments", verbose_name="事项")
    unit = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="assignments", verbose_name="单位"
    )
    is_lead = models.BooleanField("主办", default=True)
    reason = models.CharField("交办依据", max_length=300, blank=True)
    assigned_at = models.DateTimeField("交办时间")
    signed_at = models.DateTimeField("签收时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

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
        ]
        indexes = [
            models.Index(
                fields=["unit"],
                condition=Q(is_lead=False, ended_at__isnull=True),
                name="assisting_now",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.unit}"


class CaseEvent(Event):
    """One sentence of the case's own line."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events", verbose_name="事项")
    verb = models.CharField("动作", max_length=24)
    from_status = models.CharField("原状态", max_length=24, blank=True)
    to_status = models.CharField("新状态", max_length=24)
    level = models.CharField("层级", max_length=10)
    unit = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="单位"
    )
    note = SealedWhenText("说明", blank=True, when="case.confidential")

    class Meta(Event.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "事项经过"
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="one_event_per_case_and_seq"),
        ]


class Attachment(models.Model):
    """A photo of a case. Re-encoded on arrival: no metadata, no hidden payload."""

    rows_may_go = True

    class Kind(models.TextChoices):
        REPORT = "report", "现场"
        RESULT = "result", "办理后"

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments", verbose_name="事项"
    )
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="上传人"
    )
    kind = models.CharField("类型", max_length=8, choices=Kind.choices)
    file = models.FileField("文件", upload_to="photos/%Y/%m/")
    width = models.PositiveIntegerField("宽")
    height = models.PositiveIntegerField("高")
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField("散列", max_length=64)
    created_at = models.DateTimeField("上传时间")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "附件"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.uid}"


class StepLimit(models.Model):
    """How long a step may take, from a day on: the city's setting, not ours (decision 0009)."""

    may_change = ()

    class Purpose(models.TextChoices):
        DUE = "due", "到期"
        ESCALATE = "escalate", "超期多久升级"
        SUPERVISE = "supervise", "超期多久督办"
        LAPSE = "lapse", "多久自动了结"

    step = models.CharField("环节", max_length=24)
    purpose = models.CharField("用途", max_length=10, choices=Purpose.choices)
    urgent = models.BooleanField("紧急", default=False)
    clock = models.CharField("时钟", max_length=20, choices=[(clock.value, clock.value) for clock in Clock])
    amount = models.PositiveIntegerField("数量", help_text="小时类为分钟，日类为天")
    effective_on = models.DateField("生效日期")
    document = models.CharField("依据", max_length=200, default="平台默认值，可由市级修改")

    class Meta:
        verbose_name = verbose_name_plural = "环节时限"
        constraints = [
            models.UniqueConstraint(
                fields=["step", "purpose", "urgent", "effective_on"],
                name="one_limit_per_step_purpose_urgency_and_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.get_purpose_display()}"
