"""The working calendar as the State Council and the county publish it, edition by edition."""

from __future__ import annotations

from django.db import models

from worktime.querysets import CalendarEditionQuerySet


class CalendarEdition(models.Model):
    """One published holiday arrangement of one year; a correction is a new edition, never a change."""

    may_change = ()

    region_code = models.CharField("适用区划", max_length=12, blank=True, help_text="空为全国")
    year = models.PositiveSmallIntegerField("年份")
    number = models.PositiveSmallIntegerField("版次")
    document = models.CharField("依据文件", max_length=200)
    published_at = models.DateTimeField("录入时间")

    objects = CalendarEditionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "节假日安排"
        constraints = [
            models.UniqueConstraint(
                fields=["region_code", "year", "number"], name="one_calendar_edition_per_region_year_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年节假日安排 第{self.number}版"


class CalendarDay(models.Model):
    """A day that differs from Monday–Friday: a holiday, or a make-up workday (调休)."""

    may_change = ()

    edition = models.ForeignKey(
        CalendarEdition, on_delete=models.PROTECT, related_name="days", verbose_name="节假日安排"
    )
    day = models.DateField("日期")
    is_workday = models.BooleanField("是否上班")
    name = models.CharField("名称", max_length=20)

    class Meta:
        verbose_name = verbose_name_plural = "特殊日"
        constraints = [
            models.UniqueConstraint(fields=["edition", "day"], name="one_row_per_edition_and_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}{'上班' if self.is_workday else '休息'}"


class OfficeHours(models.Model):
    """When offices are open, from a day on. ``spans`` has the form ``08:30-12:00,14:30-18:00``."""

    may_change = ()

    region_code = models.CharField("适用区划", max_length=12, blank=True)
    effective_on = models.DateField("生效日期")
    spans = models.CharField("办公时间", max_length=60)
    document = models.CharField("依据", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "办公时间"
        constraints = [
            models.UniqueConstraint(
                fields=["region_code", "effective_on"], name="one_office_hours_per_region_and_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_on}起 {self.spans}"
