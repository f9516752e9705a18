"""A workbook of matters that waits too long for a decision is discarded with everything read from it (Art. 20)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from common.privacy.datasets import DataSet, register
from matters.models import MatterImport


def _give_up(numbers: Sequence[Any], at: datetime) -> Collection[Any]:
    free = MatterImport.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=numbers)
    found = list(free.exclude(lines=[]).values_list("pk", flat=True))
    rows = MatterImport.objects.filter(pk__in=found)
    rows.update(lines=[], status=MatterImport.Status.DISCARDED)
    return found


register(
    DataSet(
        "matters.imports",
        "没有处理的清单导入",
        lambda: MatterImport.objects.exclude(lines=[]),
        {"uploaded": "at"},
        _give_up,
    )
)
