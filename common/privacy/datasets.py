"""Data sets with a retention period: each app declares in ``retention.py`` which they are and how they are erased.

The length of the period is a rule of the city (``retention.models.RetentionRule``), not part of the app.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.module_loading import autodiscover_modules

Rows = models.QuerySet[Any, Any]
SUBJECT = "*"
_sets: dict[str, DataSet] = {}


@dataclass(frozen=True)
class DataSet:
    """Rows of one kind that are erased after some time.

    ``rows`` are the rows that still exist, ``anchors`` the paths to the moments from which a rule may count. ``erase``
    erases some of them in one transaction and returns which; it skips rows that are locked by another transaction.
    ``held_by`` names the subjects whose legal hold keeps a row: kind → path to the number, ``SUBJECT`` → path to
    ``case:7``.
    """

    key: str
    word: str
    rows: Callable[[], Rows]
    anchors: Mapping[str, str]
    erase: Callable[[Sequence[Any], datetime], Collection[Any]]
    held_by: Mapping[str, str] = field(default_factory=dict)

    def over(self, anchor: str, before: datetime) -> Rows:
        """The rows whose anchor lies before a moment, oldest first; holds are not considered."""
        path = self.anchors[anchor]
        return self.rows().filter(**{f"{path}__lt": before}).order_by(path, "pk")

    def held(self, subjects: Collection[str]) -> Q:
        """The condition for rows that are kept by holds on ``subjects``."""
        found = Q(pk__in=[])
        for kind, path in self.held_by.items():
            if kind == SUBJECT:
                found |= Q(**{f"{path}__in": list(subjects)})
                continue
            numbers = [name.partition(":")[2] for name in subjects if name.partition(":")[0] == kind]
            found |= Q(**{f"{path}__in": numbers})
        return found


def register(*sets: DataSet) -> None:
    """Register data sets; each key may be used once."""
    for each in sets:
        assert each.key not in _sets, f"{each.key} is registered already"
        _sets[each.key] = each


@lru_cache(maxsize=1)
def _discover() -> None:
    autodiscover_modules("retention")


def data_sets() -> Mapping[str, DataSet]:
    """Every data set by its key."""
    _discover()
    return dict(sorted(_sets.items()))


def delete_rows(model: type[models.Model]) -> Callable[[Sequence[Any], datetime], Collection[Any]]:
    """Return an ``erase`` function for rows that nothing depends on: it deletes them."""

    def erase(numbers: Sequence[Any], at: datetime) -> Collection[Any]:
        free = model._default_manager.select_for_update(skip_locked=True).filter(pk__in=numbers)
        found = list(free.values_list("pk", flat=True))
        model._default_manager.filter(pk__in=found).delete()
        return found

    return erase
