"""The rules in force on a day, and what is over under them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from common.privacy.datasets import DataSet, Rows, data_sets
from retention.models import LegalHold, RetentionRule
from worktime.clocks import day_of


@dataclass(frozen=True)
class Due:
    """A data set that ends, with its rule and the moment before which it is over."""

    dataset: DataSet
    rule: RetentionRule
    before: datetime

    def over(self) -> Rows:
        """Everything that is over, held or not."""
        return self.dataset.over(self.rule.anchor, self.before)

    def rows(self) -> Rows:
        """What is to be erased: over, and not held."""
        return self.over().exclude(self.dataset.held(held_subjects()))

    def held(self) -> Rows:
        """What is over and kept by a hold."""
        return self.over().filter(self.dataset.held(held_subjects()))


def rules_on(day: date) -> dict[str, RetentionRule]:
    """By data set the rule in force on a day."""
    known = RetentionRule.objects.filter(effective_on__lte=day).order_by("dataset", "effective_on")
    return {rule.dataset: rule for rule in known}


def held_subjects() -> list[str]:
    """The subjects that are held now."""
    return list(LegalHold.objects.filter(lifted_at=None).values_list("subject", flat=True))


def due_sets(at: datetime) -> Iterator[Due]:
    """Every data set whose rule lets it end."""
    rules = rules_on(day_of(at))
    for key, dataset in data_sets().items():
        rule = rules.get(key)
        if rule is not None and rule.keep_days is not None:
            yield Due(dataset, rule, at - timedelta(days=rule.keep_days))
