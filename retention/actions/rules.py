"""Set how long a data set is kept, from a later day on; earlier rules stay on record (Art. 20, 25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from audit.actions import append_entry, hold
from common.errors import RuleViolation
from common.privacy.datasets import data_sets
from common.records.sources import source_of
from retention.models import RetentionRule
from worktime.clocks import day_of

LONGEST_DAYS = 36_525  # a hundred years
CHAIN = "retention_rules"


@dataclass(frozen=True)
class RuleDraft:
    """A rule as it was entered; without ``keep_days`` the data set is kept for ever."""

    dataset: str
    keep_days: int | None
    effective_on: date
    document: str
    anchor: str = ""


@transaction.atomic
def publish_rule(draft: RuleDraft, *, by_id: int | None, at: datetime) -> RetentionRule:
    """Register a rule that applies from a later day on. Raises :class:`RuleViolation` with the faulty field."""
    known = data_sets().get(draft.dataset)
    if known is None:
        raise RuleViolation(f"没有这个数据集；有 {'、'.join(data_sets())}。", field="dataset")
    document = source_of(draft.document, "保存期限")
    if draft.effective_on <= day_of(at):
        raise RuleViolation("新的保存期限须从明天或以后施行。", field="effective_on")
    if draft.keep_days is not None and not 1 <= draft.keep_days <= LONGEST_DAYS:
        raise RuleViolation("保存天数应为 1 到 36525。", field="keep_days")
    anchor = draft.anchor or next(iter(known.anchors))
    if anchor not in known.anchors:
        raise RuleViolation(f"这个数据集从 {'、'.join(known.anchors)} 起算。", field="anchor")
    hold(CHAIN)
    if RetentionRule.objects.filter(dataset=draft.dataset, effective_on__gte=draft.effective_on).exists():
        raise RuleViolation("已有同日或更晚施行的保存期限。", field="effective_on")
    rule = RetentionRule.objects.create(
        dataset=draft.dataset,
        keep_days=draft.keep_days,
        anchor=anchor,
        effective_on=draft.effective_on,
        document=document,
    )
    record = {
        "rule": rule.pk,
        "dataset": rule.dataset,
        "keep_days": rule.keep_days,
        "anchor": rule.anchor,
        "on": rule.effective_on.isoformat(),
        "document": rule.document,
    }
    append_entry(CHAIN, verb="publish", at=at, actor_id=by_id, record=record)
    return rule
