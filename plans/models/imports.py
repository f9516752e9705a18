"""Imported files of grids: read in the background, previewed, and added to the plan only when confirmed."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from plans.models.plans import GridPlan


class ImportJob(models.Model):
    """One uploaded file: surveyed, then read in the chosen coordinate system, then confirmed or discarded.

    ``fields_mark`` is equal for files with the same fields, which then start with the ``matches`` of the last of them.
    ``crs`` is empty until a user chooses it; a waiting job without it waits for the survey, with it for reading.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "排队中"
        READING = "reading", "读取中"
        SURVEYED = "surveyed", "待选坐标系"
        READY = "ready", "待确认"
        FAILED = "failed", "无法读取"
        CONFIRMED = "confirmed", "已导入"
        DISCARDED = "discarded", "已放弃"

    plan = models.ForeignKey(GridPlan, on_delete=models.CASCADE, related_name="imports", verbose_name="方案")
    file = models.FileField("文件", upload_to="imports/%Y/%m/")
    file_name = models.CharField("文件名", max_length=120)
    sha256 = models.CharField("散列", max_length=64)
    form = models.CharField("格式", max_length=12)
    crs = models.CharField("坐标系", max_length=20, blank=True)
    status = models.CharField("状态", max_length=10, choices=Status.choices)
    survey = models.JSONField("初查", default=dict)
    total = models.PositiveIntegerField("总行数", default=0)
    done = models.PositiveIntegerField("已读行数", default=0)
    sentence = models.CharField("结果", max_length=500, blank=True)
    summary = models.JSONField("预览", default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="上传人"
    )
    at = models.DateTimeField("上传时间")
    claimed_at = models.DateTimeField("开始读取", null=True)
    fields_mark = models.CharField(
        "字段的标记",
        max_length=64,
        blank=True,
        help_text="文件全部字段名的散列；同样字段的文件沿用上次的对应",
    )
    matches = models.JSONField("字段的对应", default=dict, help_text="文件的字段 → 我们的栏目，空为不用")
    tries = models.PositiveSmallIntegerField(
        "读取次数", default=0, help_text="每一步读取前加一，读完归零；中断两次不再读"
    )

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        indexes = [
            models.Index(
                fields=["fields_mark", "-id"], condition=~models.Q(fields_mark=""), name="import_of_fields"
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """A remark about one row of the file: why it is faulty, what was repaired, or that it changes nothing."""

    rows_may_go = True

    class Outcome(models.TextChoices):
        FAULT = "fault", "有误"
        REPAIR = "repair", "已修正"
        SAME = "same", "已有且相同"

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="rows", verbose_name="批次")
    row = models.PositiveIntegerField("行号", null=True, help_text="空为整个文件")
    outcome = models.CharField("处理", max_length=8, choices=Outcome.choices)
    field = models.CharField("栏目", max_length=40, blank=True)
    reason = models.CharField("原因", max_length=500)
    cells = models.JSONField("原值", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "导入行"
        indexes = [models.Index(fields=["job", "outcome", "row"], name="import_row_of_job")]

    def __str__(self) -> str:
        return f"{self.row} {self.reason}"
