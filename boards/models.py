"""Notice boards: what each must show, where it hangs, when it was last checked (Art. 13)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from audit.versions import Versioned
from boards import states
from boards.querysets import BoardQuerySet
from common.records.append_only import AppendOnly
from grids.models import Grid


class NoticeBoard(Versioned):
    """The board of one grid. ``edition`` is the one it must show now; it may hang at several places."""

    chain, noun = "board", "这块公示牌"

    grid = models.OneToOneField(Grid, on_delete=models.PROTECT, related_name="board", verbose_name="网格")
    status = models.CharField(
        "状态", max_length=10, choices=list(states.STATUSES.items()), default="unposted"
    )
    edition = models.PositiveIntegerField("公示内容版次", default=0)
    digest = models.CharField("内容散列", max_length=64, blank=True)
    changed_on = models.DateField("内容变更日期", null=True)
    due_at = models.DateTimeField("更新期限", null=True, blank=True)
    explanation = models.CharField("期限说明", max_length=600, blank=True)
    reminded_on = models.DateField("提醒日期", null=True, blank=True)

    objects = BoardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公示牌"
        constraints = [
            models.CheckConstraint(
                condition=Q(status="posted", due_at__isnull=True)
                | ~Q(status="posted") & Q(due_at__isnull=False),
                name="a_board_to_be_renewed_is_due_and_no_other",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="board_due", condition=Q(status__in=list(states.OPEN))),
        ]

    def __str__(self) -> str:
        return f"{self.grid} 公示牌"

    @property
    def present_state(self) -> str:
        """The status, and which edition must hang."""
        return f"{super().present_state}，第 {self.edition} 版"

    def linked(self, verb: str, note: str) -> Mapping[str, Any]:
        """Return the status for the chain."""
        return {"status": self.status}


class BoardEdition(AppendOnly):
    """What a board had to show from a day on; public, with nothing else about persons."""

    board = models.ForeignKey(
        NoticeBoard, on_delete=models.PROTECT, related_name="editions", verbose_name="公示牌"
    )
    number = models.PositiveIntegerField("版次")
    content = models.JSONField("内容")
    made_at = models.DateTimeField("编制时间")

    class Meta(AppendOnly.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "公示内容"
        constraints = [
            models.UniqueConstraint(fields=["board", "number"], name="one_edition_per_board_and_number"),
        ]

    def __str__(self) -> str:
        return f"{self.board_id} 第 {self.number} 版"


class PostedBoard(models.Model):
    """One place where a board hangs, with the photo that shows it."""

    board = models.ForeignKey(
        NoticeBoard, on_delete=models.PROTECT, related_name="places", verbose_name="公示牌"
    )
    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    place = models.CharField("张贴地点", max_length=100)
    edition = models.PositiveIntegerField("张贴的版次")
    photo = models.FileField("照片", upload_to="boards/%Y/%m/")
    posted_at = models.DateTimeField("张贴时间")
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="张贴人"
    )
    checked_at = models.DateTimeField("最近检查", null=True, blank=True)
    condition = models.CharField(
        "状况", max_length=10, choices=list(states.CONDITIONS.items()), default="intact"
    )
    removed_at = models.DateTimeField("取下时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "张贴处"
        constraints = [
            models.UniqueConstraint(
                fields=["board", "place"], condition=Q(removed_at__isnull=True), name="one_board_per_place"
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(removed_at__gte=F("posted_at")),
                name="a_board_is_taken_down_after_it_was_posted",
            ),
        ]

    def __str__(self) -> str:
        return self.place


class BoardCheck(AppendOnly):
    """One check of a posted board by a person."""

    posted = models.ForeignKey(
        PostedBoard, on_delete=models.PROTECT, related_name="checks", verbose_name="张贴处"
    )
    at = models.DateTimeField("检查时间")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="检查人"
    )
    condition = models.CharField("状况", max_length=10, choices=list(states.CONDITIONS.items()))
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta(AppendOnly.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "公示牌检查"

    def __str__(self) -> str:
        return f"{self.posted_id} {self.get_condition_display()}"


class BoardNorm(models.Model):
    """How soon a board must be renewed and how often checked, from a day on: the city's setting (decision 0009)."""

    may_change = ()

    renewal_working_days = models.PositiveSmallIntegerField("更新时限（工作日）", default=3)
    check_days = models.PositiveSmallIntegerField("检查周期（天）", default=180)
    effective_on = models.DateField("生效日期", unique=True)
    document = models.CharField("依据", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "公示牌规则"

    def __str__(self) -> str:
        return f"{self.effective_on}"
