"""Complaints about grid staff; the complainant is a secret source (T4), sealed under separate keys."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from audit.versions import Versioned
from common.privacy.sealing import SealedField, SealedRow
from common.typed import code_in
from conduct import states
from conduct.querysets import ComplaintQuerySet
from grids.models import Division, Grid


def code_digest(code: str) -> str:
    """Return the stored form of a complainant's code; a code of 64 random bits needs no slow hash."""
    normal = "".join(letter for letter in code_in(code).lower() if letter.isalnum())
    return hashlib.sha256(normal.encode()).hexdigest()


class Complaint(SealedRow, Versioned):
    """A complaint about a grid person (Art. 12): who examines it, the person's statement, and the result."""

    chain, noun, keeps_version = "complaint", "这件投诉", ("draw_photo", "erase")

    class Source(models.TextChoices):
        PUBLIC = "public", "公示牌扫码或网上"
        DESK = "desk", "来电来访登记"
        RECHECK = "recheck", "抽查发现"

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(
        "状态", max_length=10, choices=list(states.STATUSES.items()), default="received"
    )
    code_hash = models.CharField("查询码散列", max_length=64, unique=True)
    kind = models.CharField("类别", max_length=8, choices=list(states.KINDS.items()))
    text = models.TextField("情况", max_length=2000)
    occurred_on = models.DateField("发生日期", null=True, blank=True)
    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="complaints", verbose_name="网格")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="complaints",
        verbose_name="被投诉人",
        null=True,
        blank=True,
    )
    division = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="+", verbose_name="由哪里办理"
    )
    source = models.CharField("来源", max_length=8, choices=Source.choices)
    contact_name = SealedField("投诉人姓名", purpose="secret", kind="name")
    contact_phone = SealedField("投诉人电话", purpose="secret", kind="phone")
    complained_at = models.DateTimeField("投诉时间")
    due_at = models.DateTimeField("应有结论")
    explanation = models.CharField("期限说明", max_length=600, blank=True)
    heard_by_at = models.DateTimeField("本人说明截止", null=True, blank=True)
    statement = models.TextField("本人说明", max_length=2000, blank=True)
    stated_at = models.DateTimeField("说明时间", null=True, blank=True)
    finding = models.CharField("结论", max_length=14, choices=list(states.FINDINGS.items()), blank=True)
    effect = models.CharField("处理", max_length=10, choices=list(states.EFFECTS.items()), blank=True)
    answer = models.TextField("答复", max_length=1000, blank=True, help_text="投诉人凭查询码看得到")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="作出结论的人",
        null=True,
        blank=True,
    )
    decided_at = models.DateTimeField("结论时间", null=True, blank=True)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行为投诉"
        constraints = [
            models.CheckConstraint(
                condition=Q(status="decided", decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(finding="")
                & ~Q(effect="")
                | ~Q(status="decided"),
                name="a_decided_complaint_says_what_was_found_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(decided_by__isnull=True) | ~Q(decided_by=F("person")),
                name="nobody_decides_about_himself",
            ),
            models.CheckConstraint(
                condition=~Q(finding__in=states.ON_RECORD)
                | Q(person__isnull=True)
                | Q(stated_at__isnull=False)
                | Q(heard_by_at__isnull=False),
                name="nobody_is_found_at_fault_unheard",
            ),
        ]
        indexes = [models.Index(fields=["division", "status", "due_at"], name="complaint_of_division")]

    def __str__(self) -> str:
        return self.number

    def linked(self, verb: str, note: str) -> Mapping[str, Any]:
        """Return for the chain: status, examining division, finding, measure; the person only with ``name_person``."""
        named = {"person": self.person_id} if verb == "name_person" else {}
        return {
            "status": self.status,
            "division": self.division_id,
            "finding": self.finding,
            "effect": self.effect,
            **named,
        }

    @property
    def number(self) -> str:
        """Return the number that people quote, ``TS-000012``."""
        return f"TS-{self.pk:06d}"


class ComplaintPhoto(models.Model):
    """Evidence: stored as sent until the worker has redrawn it; only the redrawn picture is ever shown."""

    class State(models.TextChoices):
        WAITING = "waiting", "照片处理中"
        READY = "ready", "可以查看"
        REFUSED = "refused", "不能打开"

    complaint = models.ForeignKey(
        Complaint, on_delete=models.PROTECT, related_name="photos", verbose_name="投诉"
    )
    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.WAITING)
    sent = models.FileField("收到的文件", upload_to="complaints/sent/%Y/%m/", blank=True)
    file = models.FileField("文件", upload_to="complaints/%Y/%m/", blank=True)
    tries = models.PositiveSmallIntegerField("处理次数", default=0)
    claimed_at = models.DateTimeField("开始处理", null=True, blank=True)
    sentence = models.CharField("不能打开的原因", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "投诉证据"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", file="") & ~Q(sent="")
                | Q(state="ready", sent="") & ~Q(file="")
                | Q(state="refused", sent="", file="") & ~Q(sentence=""),
                name="a_photo_is_kept_as_sent_or_as_drawn_or_not_at_all",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(state="waiting"), name="photo_that_waits")]

    def __str__(self) -> str:
        return str(self.uid)
