"""The case, its contact, its line of events, its photos (Art. 17–20)."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value

from audit.events import Event, WithEvents
from common.privacy.sealing import SealedField, SealedRow, SealedWhenList, SealedWhenText
from grids.models import Division, Grid
from matters.models import Matter
from personnel.models import Organization
from workflow import states
from workflow.querysets import PINNED, AttachmentQuerySet, CaseQuerySet
from workflow.text_index import PIECES
from worktime.clocks import SHANGHAI

RATING_CODE_BYTES = 12  # 96 bits: not to be guessed, short enough for a QR code


def new_rating_code() -> str:
    """A code that lets the resident follow and rate a case without an account."""
    return rating_codes(1)[0]


def rating_codes(count: int) -> list[str]:
    """So many codes, from one request for chance."""
    text = secrets.token_urlsafe(RATING_CODE_BYTES * count)  # three bytes are four letters
    length = RATING_CODE_BYTES * 4 // 3
    return [text[at : at + length] for at in range(0, len(text), length)]


class Case(WithEvents):
    """A matter reported in a grid. What can happen to it is in ``states.py``, who may do it in ``policies.py``."""

    chain, noun, keeps_version = "case", "这件事", (*states.KEEPS_VERSION, "erase")

    class Light(models.TextChoices):
        NORMAL = "normal", "正常"
        NEAR = "near", "临期"
        LATE = "late", "超期"
        SUPERVISED = "supervised", "督办"

    class Source(models.TextChoices):
        WORKER = "worker", "网格员上报"
        VILLAGE = "village", "网格长、指导员上报"
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
    called = models.JSONField(
        "已拨打",
        default=list,
        blank=True,
        db_default=Value([], models.JSONField()),
        help_text="紧急事项上报时已经拨打的",
    )
    lon = models.FloatField("经度", null=True, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    accuracy_m = models.PositiveIntegerField("定位误差（米）", null=True, blank=True)

    # A move of a deadline writes into every index of the table. So a foreign key has none of its own where an index of
    # lists begins with it, and one of the few rows that have a value where most have none.
    grid = models.ForeignKey(
        Grid, on_delete=models.PROTECT, db_index=False, related_name="cases", verbose_name="网格"
    )
    village = models.ForeignKey(
        Division, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name="村社区"
    )
    township = models.ForeignKey(
        Division, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name="乡镇街道"
    )
    county = models.ForeignKey(
        Division, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name="县区"
    )
    city = models.ForeignKey(
        Division, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name="市"
    )
    reported_township = models.ForeignKey(
        Division,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
        verbose_name="上报时的乡镇街道",
        help_text="统计按上报时的辖区算；村（社区）划归别处后由新辖区负责",
    )
    reported_county = models.ForeignKey(
        Division, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name="上报时的县区"
    )

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
        db_index=False,
        related_name="kept_cases",
        verbose_name="经手人",
        help_text="现在替这件事负责的人：起初是上报人，离任时移交",
    )
    for_resident = models.BooleanField("群众反映", default=False)
    rating_code = models.CharField("评价码", max_length=20, default=new_rating_code)
    rating = models.CharField("评价", max_length=12, choices=Rating.choices, blank=True)

    unit = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="cases",
        verbose_name="责任单位",
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
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
        db_index=False,
        related_name="merged_cases",
        verbose_name="并入",
    )

    earlier = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="later_cases",
        verbose_name="复发自",
        help_text="同一地点、同一事项，前一件办结不久又出现",
    )
    earlier_m = models.PositiveIntegerField("与前一件相距（米）", null=True, blank=True)

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
            models.UniqueConstraint(fields=["rating_code"], name="one_case_per_rating_code"),
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
                condition=~Q(status__in=states.WITH_LEAD) | Q(unit__isnull=False),
                name="a_case_with_a_unit_names_it",
            ),
            models.CheckConstraint(
                condition=~Q(pk=F("merged_into")), name="a_case_is_not_merged_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(earlier__isnull=True, earlier_m__isnull=True)
                | Q(earlier__isnull=False, confidential=False) & ~Q(pk=F("earlier")),
                name="a_recurrence_names_another_and_is_no_clue",
            ),
        ]
        indexes = [
            *(
                models.Index(
                    place,
                    "status",
                    PINNED.desc(),
                    "due_at",
                    "id",
                    name=f"case_queue_of_{place}",
                    condition=Q(status__in=states.OPEN),
                )
                for place in ("township", "county", "city")
            ),
            *(
                models.Index(fields=[place, "-reported_at", "-id"], name=f"case_recent_of_{place}")
                for place in ("grid", "village", "township", "county", "city")
            ),
            *(
                models.Index(
                    fields=[f"reported_{place}", "-reported_at", "-id"], name=f"case_reported_in_{place}"
                )
                for place in ("township", "county")
            ),
            models.Index(fields=["-reported_at", "-id"], name="case_recent"),
            models.Index(fields=["unit", "status", "due_at", "id"], name="case_queue_of_unit"),
            models.Index(fields=["caretaker", "-id"], name="case_of_caretaker"),
            *(
                models.Index(fields=[name], name=f"case_by_{name}", condition=Q(**{f"{name}__isnull": False}))
                for name in ("handler", "merged_into", "earlier")
            ),
            models.Index(
                fields=["lat", "lon"],
                name="case_closed_where",
                condition=Q(status="closed", confidential=False, lat__isnull=False),
            ),
            GinIndex(PIECES, name="case_texts", condition=Q(confidential=False)),
        ]
        triggers = [
            pgtrigger.FSM(
                name="moves_follow_the_state_table",
                field="status",
                transitions=sorted(
                    states.CASE_MOVES.edges() | {(status, status) for status in states.STATUSES}
                ),
                condition=pgtrigger.Q(old__status__df=pgtrigger.F("new__status")),  # most updates leave it
            ),
            pgtrigger.Trigger(
                name="mergers_form_no_circle",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("merged_into_id"),  # type: ignore[no-untyped-call]
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__merged_into__isnull=False),
                func=(
                    "IF EXISTS (WITH RECURSIVE way(id) AS (SELECT NEW.merged_into_id UNION SELECT c.merged_into_id"
                    " FROM workflow_case c JOIN way ON c.id = way.id WHERE c.merged_into_id IS NOT NULL)"
                    " SELECT FROM way WHERE id = NEW.id)"
                    " THEN RAISE EXCEPTION 'case % would be merged into itself', NEW.id"
                    " USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def event_columns(self) -> Mapping[str, Any]:
        """Where it stood."""
        return {"level": self.level, "unit_id": self.unit_id}

    def linked(self, verb: str, note: str) -> Mapping[str, Any]:
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
