"""The matter list as a versioned legal object (Art. 14–16)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet

from audit.versions import Versioned
from common.records.append_only import KEEP_TABLE
from filing import life as filing
from grids.models import Division
from matters import content
from matters.querysets import MatterListQuerySet, MatterQuerySet

# A matter may be added, changed or removed only while its edition is a draft.
KEEP_PUBLISHED = pgtrigger.Trigger(
    name="a_published_edition_keeps_its_matters",
    level=pgtrigger.Row,
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF TG_OP <> 'INSERT' AND EXISTS (
            SELECT 1 FROM matters_matterlist WHERE id = OLD.edition_id AND published_at IS NOT NULL
        ) THEN
            RAISE EXCEPTION 'pgtrigger: a published edition keeps its matters (Art. 14)';
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        IF EXISTS (
            SELECT 1 FROM matters_matterlist WHERE id = NEW.edition_id AND published_at IS NOT NULL
        ) THEN
            RAISE EXCEPTION 'pgtrigger: a published edition keeps its matters (Art. 14)';
        END IF;
        RETURN NEW;
    """,
)
KEEP_EDITION = pgtrigger.Protect(
    name="a_published_edition_stays",
    operation=pgtrigger.Update | pgtrigger.Delete,
    condition=pgtrigger.Q(old__published_at__isnull=False),
)


class MatterList(Versioned):
    """One edition of one county's list: drafted, published with a first day, then never changed."""

    rows_may_go = True
    chain, noun, keeps_version = "matter_list", "这一版清单", ("permit", *filing.VERBS)

    county = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="matter_lists", verbose_name="县区"
    )
    edition = models.PositiveIntegerField("版次")
    in_force_on = models.DateField("施行日期")
    document = models.CharField("文号", max_length=120, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="编制人",
    )
    published_at = models.DateTimeField("公布时间", null=True, blank=True)
    is_demonstration = models.BooleanField("演示数据", default=False)

    objects = MatterListQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事项清单"
        constraints = [
            models.UniqueConstraint(fields=["county", "edition"], name="one_list_per_county_and_edition"),
            models.UniqueConstraint(
                fields=["county"], condition=Q(published_at__isnull=True), name="one_draft_edition_per_county"
            ),
            models.UniqueConstraint(
                fields=["county", "in_force_on"],
                condition=Q(published_at__isnull=False),
                name="one_edition_comes_into_force_on_a_day",
            ),
        ]
        triggers = [KEEP_EDITION, KEEP_TABLE]

    def __str__(self) -> str:
        return f"{self.county} 第{self.edition}版"

    @property
    def present_state(self) -> str:
        """Whether it can still be changed."""
        return "“已公布”" if self.published_at else "“在编”"

    def linked(self, verb: str, note: str) -> Mapping[str, Any]:
        """Returns the county of the list."""
        return {"county": self.county.code}


class Matter(models.Model):
    """One matter in the wording of one edition. A case keeps the row under which it was reported (Art. 16).

    County and code identify the matter through all editions. A code is never given to another matter.
    """

    rows_may_go = True

    class Category(models.IntegerChoices):
        PUBLICITY = 1, content.CATEGORIES[1]
        COLLECTION = 2, content.CATEGORIES[2]
        OPINION = 3, content.CATEGORIES[3]
        LIVELIHOOD = 4, content.CATEGORIES[4]
        DISPUTE = 5, content.CATEGORIES[5]
        HAZARD = 6, content.CATEGORIES[6]
        SECURITY = 7, content.CATEGORIES[7]
        OTHER = 8, content.CATEGORIES[8]

    class Kind(models.TextChoices):
        TASK = "task", content.KINDS["task"]
        COLLECTION = "collection", content.KINDS["collection"]
        REPORT = "report", content.KINDS["report"]
        SERVICE = "service", content.KINDS["service"]
        CLUE = "clue", content.KINDS["clue"]

    class Severity(models.IntegerChoices):
        GENERAL = 1, content.SEVERITIES[1]
        IMPORTANT = 2, content.SEVERITIES[2]
        URGENT = 3, content.SEVERITIES[3]

    edition = models.ForeignKey(
        MatterList, on_delete=models.PROTECT, related_name="matters", verbose_name="清单"
    )
    code = models.CharField("事项编码", max_length=10)
    revision = models.PositiveSmallIntegerField("第几稿", default=1, help_text="内容每调整一次加一")
    category = models.PositiveSmallIntegerField("类别", choices=Category.choices)
    name = models.CharField("事项名称", max_length=80)
    initials = models.CharField("拼音首字母", max_length=80, db_index=True)
    find = models.TextField("查找用字", blank=True, help_text="名称、别称、举例、全拼和首字母")
    kind = models.CharField("性质", max_length=12, choices=Kind.choices)
    severity = models.PositiveSmallIntegerField("等级", choices=Severity.choices)
    description = models.CharField("说明", max_length=500, blank=True)
    synonyms = models.JSONField("别称", default=list, blank=True)
    examples = models.JSONField("举例", default=list, blank=True)
    lead_functions = models.JSONField("主办与协办职能", default=list, help_text="第一个为建议主办")
    township_functions = models.JSONField("乡镇街道主办与协办", default=list, blank=True)
    city_functions = models.JSONField("市级主办与协办", default=list, blank=True)
    closes_on_spot = models.CharField(
        "可当场办结", max_length=8, choices=list(content.ON_THE_SPOT.items()), default="worker"
    )
    sign_amount = models.PositiveIntegerField("签收时限", null=True, blank=True)
    sign_unit = models.CharField("签收单位", max_length=12, blank=True)
    first_amount = models.PositiveIntegerField("先行处置时限", null=True, blank=True)
    first_unit = models.CharField("先行处置单位", max_length=12, blank=True)
    finish_amount = models.PositiveIntegerField("办结时限", null=True, blank=True)
    finish_unit = models.CharField("办结单位", max_length=12, blank=True)
    check_amount = models.PositiveIntegerField("核查时限", null=True, blank=True)
    check_unit = models.CharField("核查单位", max_length=12, blank=True)
    photo_before = models.BooleanField("上报须附照片", default=False)
    evidence_required = models.BooleanField("办结须附照片", default=False)
    place_required = models.BooleanField("须写明地点", default=False)
    witness_required = models.BooleanField("办结须有见证人", default=False)
    questions = models.JSONField("上报时另填", default=list, blank=True)
    confidential = models.BooleanField("保密", default=False)
    basis = models.CharField("依据", max_length=200, blank=True)
    basis_on = models.DateField("依据日期", null=True, blank=True)
    exception_law = models.CharField("例外依据", max_length=200, blank=True)
    times_per_month = models.DecimalField(
        "每网格每月次数", max_digits=7, decimal_places=2, default=Decimal(0)
    )
    minutes_each = models.PositiveSmallIntegerField("每次分钟", default=0)
    collects = models.JSONField("采集数据", default=list, blank=True)
    handling_post = models.CharField("处置岗位", max_length=80, blank=True)
    support = models.CharField("培训、指导、信息、经费", max_length=500, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    ends_on = models.DateField("有效期至", null=True, blank=True, help_text="临时准入的事项到期自行退出")

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事项"
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="one_matter_per_edition_and_code"),
            models.UniqueConstraint(fields=["edition", "name"], name="one_matter_per_edition_and_name"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{step}_amount__isnull": True, f"{step}_unit": ""})
                    | Q(**{f"{step}_amount__isnull": False, f"{step}_unit__in": list(content.LIMIT_UNITS)}),
                    name=f"a_{step}_limit_has_a_known_unit",
                )
                for step in content.LIMITED_STEPS
            ),
        ]
        triggers = [KEEP_PUBLISHED, KEEP_TABLE]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def edition_in_force(county_id: int, day: date) -> QuerySet[MatterList, Any]:
        """Returns the edition in force in a county on ``day``, as a subquery."""
        return (
            MatterList.objects.filter(county_id=county_id, published_at__isnull=False, in_force_on__lte=day)
            .order_by("-in_force_on", "-edition")
            .values("pk")[:1]
        )

    @property
    def lead_function(self) -> str:
        """The function of the proposed lead (主办), without the mark of a service unit."""
        return self.lead_functions[0] if self.lead_functions else ""
