"""The matter list as a versioned legal object (Art. 14–16)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q, QuerySet

from grids.models import Division
from matters.querysets import MatterListQuerySet, MatterQuerySet
from worktime.clocks import Clock

LIMIT_UNITS = {
    "minute_247": (Clock.AROUND_THE_CLOCK, 1),
    "hour_247": (Clock.AROUND_THE_CLOCK, 60),
    "working_hour": (Clock.WORKING_HOURS, 60),
    "working_day": (Clock.WORKING_DAYS, 1),
    "natural_day": (Clock.NATURAL_DAYS, 1),
}


class MatterList(models.Model):
    """One edition of one county's list; a published edition is never edited."""

    county = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="matter_lists", verbose_name="县区"
    )
    edition = models.PositiveIntegerField("版次")
    in_force_on = models.DateField("施行日期")
    published_at = models.DateTimeField("公布时间", null=True, blank=True)
    is_demonstration = models.BooleanField("演示数据", default=False)

    objects = MatterListQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事项清单"
        constraints = [
            models.UniqueConstraint(fields=["county", "edition"], name="one_list_per_county_and_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.county} 第{self.edition}版"


class Matter(models.Model):
    """One matter in one edition. A case keeps the row it was reported under (Art. 16)."""

    class Category(models.IntegerChoices):
        PUBLICITY = 1, "政策法律法规宣传"
        COLLECTION = 2, "基础信息采集"
        OPINION = 3, "社情民意收集"
        LIVELIHOOD = 4, "民生事项服务"
        DISPUTE = 5, "矛盾纠纷排查化解"
        HAZARD = 6, "安全隐患排查"
        SECURITY = 7, "社会治安防控"
        OTHER = 8, "其他事项"

    class Kind(models.TextChoices):
        TASK = "task", "任务"
        COLLECTION = "collection", "采集"
        REPORT = "report", "上报"
        SERVICE = "service", "服务"
        CLUE = "clue", "线索"

    class Severity(models.IntegerChoices):
        GENERAL = 1, "一般"
        IMPORTANT = 2, "重要"
        URGENT = 3, "紧急"

    edition = models.ForeignKey(
        MatterList, on_delete=models.PROTECT, related_name="matters", verbose_name="清单"
    )
    code = models.CharField("事项编码", max_length=10)
    category = models.PositiveSmallIntegerField("类别", choices=Category.choices)
    name = models.CharField("事项名称", max_length=80)
    initials = models.CharField("拼音首字母", max_length=80, db_index=True)
    kind = models.CharField("性质", max_length=12, choices=Kind.choices)
    severity = models.PositiveSmallIntegerField("等级", choices=Severity.choices)
    lead_functions = models.JSONField("主办与协办职能", default=list, help_text="第一个为建议主办")
    first_amount = models.PositiveIntegerField("先行处置时限", null=True, blank=True)
    first_unit = models.CharField("先行处置单位", max_length=12, blank=True)
    finish_amount = models.PositiveIntegerField("办结时限", null=True, blank=True)
    finish_unit = models.CharField("办结单位", max_length=12, blank=True)
    evidence_required = models.BooleanField("办结须附照片", default=False)
    confidential = models.BooleanField("保密", default=False)
    note = models.CharField("说明", max_length=300, blank=True)

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事项"
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="one_matter_per_edition_and_code"),
            models.CheckConstraint(
                condition=Q(finish_amount__isnull=True, finish_unit="")
                | (Q(finish_amount__isnull=False) & Q(finish_unit__in=list(LIMIT_UNITS))),
                name="a_finish_limit_has_a_known_unit",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def edition_in_force(county_id: int, day: date) -> QuerySet[MatterList]:
        """The edition that governs a county on ``day``, as a subquery."""
        return (
            MatterList.objects.filter(county_id=county_id, published_at__isnull=False, in_force_on__lte=day)
            .order_by("-in_force_on", "-edition")
            .values("pk")[:1]
        )

    @property
    def lead_function(self) -> str:
        """The function of the proposed lead (主办), without the mark of a service unit."""
        return self.lead_functions[0] if self.lead_functions else ""
