"""The rules in force on a day, and the data that is expired under them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from common.privacy.datasets import DataSet, Rows, data_sets
from retention.models import LegalHold, RetentionRule
from worktime.clocks import day_of


@dataclass(frozen=True)
class Due:
    """A data set that expires, with its rule and the moment before which its rows are expired."""

    dataset: DataSet
    rule: RetentionRule
    before: datetime

    def over(self) -> Rows:
        """Return all expired rows, held or not."""
        return self.dataset.over(self.rule.anchor, self.before)

    def rows(self) -> Rows:
        """Return the rows to erase: expired and not held."""
        return self.over().exclude(self.dataset.held(held_subjects()))

    def held(self) -> Rows:
        """Return the expired rows that a hold keeps."""
        return self.over().filter(self.dataset.held(held_subjects()))


def rules_on(day: date) -> dict[str, RetentionRule]:
    """Return the rule in force on a day for each data set."""
    known = RetentionRule.objects.filter(effective_on__lte=day).order_by("dataset", "effective_on")
    return {rule.dataset: rule for rule in known}


def held_subjects() -> list[str]:
    """Return the subjects that are held now."""
    return list(LegalHold.objects.filter(lifted_at=None).values_list("subject", flat=True))


def due_sets(at: datetime) -> Iterator[Due]:
    """Yield every data set whose rule limits how long it is kept."""
    rules = rules_on(day_of(at))
    for key, dataset in data_sets().items():
        rule = rules.get(key)
        if rule is not None and rule.keep_days is not None:
            yield Due(dataset, rule, at - timedelta(days=rule.keep_days))
