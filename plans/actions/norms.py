"""The norms of a county and the city's coding rule: each holds from a later day and never changes (Art. 7, 10)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from audit.actions import append_entry
from common.errors import RuleViolation
from grids.actions.codes import publish_code_rule
from grids.codes import StoredRule
from grids.levels import the_city
from grids.models import CodeRule, Division
from plans.models import GridNorm
from plans.policies import require_city, require_norm_keeper
from worktime.clocks import day_of

DOCUMENT_LIMIT = 120
LARGEST = 100_000  # households in a grid
# Days: the longest plausible grace, notice and filing periods; a longer one is a typing error.
LONGEST = {"staffing_grace_days": 365, "notice_days": 90, "filing_working_days": 60}
SIZES = (("community_min", "community_max", "社区网格"), ("village_min", "village_max", "村网格"))


@dataclass(frozen=True)
class NormDraft:
    """The fields of a norm: sizes in households, times in days."""

    effective_on: date
    document: str
    community_min: int
    community_max: int
    village_min: int
    village_max: int
    staffing_grace_days: int
    notice_days: int
    filing_working_days: int


@transaction.atomic
def publish_norm(draft: NormDraft, *, county: Division | None, by: User, at: datetime) -> GridNorm:
    """Register a norm that holds from a later day, for a county or (None) as the city's default.

    Raises :class:`NotPermitted` unless ``by`` belongs to the authority of the county (or the city), and
    :class:`RuleViolation` with the field to correct.
    """
    place = county or the_city()
    require_norm_keeper(county, by)
    Division.objects.select_for_update().get(pk=place.pk)  # only one norm per place at a time
    _check(draft, today=day_of(at))
    later = GridNorm.objects.filter(county=county, effective_on__gte=draft.effective_on).first()
    if later is not None:
        raise RuleViolation(
            f"已有 {later.effective_on:%Y-%m-%d} 起施行的标准，新标准须更晚施行。", field="effective_on"
        )
    fields = {**asdict(draft), "document": draft.document.strip()}
    norm = GridNorm.objects.create(county=county, **fields)
    record = {**fields, "effective_on": draft.effective_on.isoformat(), "norm": norm.pk, "place": place.pk}
    append_entry("grid_norms", verb="publish", at=at, actor_id=by.pk, record=record)
    return norm


def _check(draft: NormDraft, *, today: date) -> None:
    if not draft.document.strip():
        raise RuleViolation("请填写依据文件。", field="document")
    if len(draft.document.strip()) > DOCUMENT_LIMIT:
        raise RuleViolation(f"最多 {DOCUMENT_LIMIT} 字。", field="document")
    if draft.effective_on <= today:
        raise RuleViolation("施行日期须晚于今天。", field="effective_on")
    for least, most, words in SIZES:
        low, high = getattr(draft, least), getattr(draft, most)
        if not 1 <= low <= LARGEST:
            raise RuleViolation(f"{words}最少户数应为 1–{LARGEST}。", field=least)
        if not low <= high <= LARGEST:
            raise RuleViolation(f"{words}最多户数应不少于最少户数，不超过 {LARGEST}。", field=most)
    for name, longest in LONGEST.items():
        if not 1 <= getattr(draft, name) <= longest:
            raise RuleViolation(f"天数应为 1–{longest}。", field=name)


def publish_rule(
    *, title: str, document: str, effective_on: date, stored: StoredRule, by: User, at: datetime
) -> CodeRule:
    """Register the city's coding rule for a later day; ``stored`` has the shape of ``publish_code_rule``."""
    require_city(by)
    if not title.strip():
        raise RuleViolation("请填写编码规则的名称。", field="title")
    return publish_code_rule(
        title=title, document=document, effective_on=effective_on, stored=stored, by_id=by.pk, at=at
    )
