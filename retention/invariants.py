"""Checks that nothing is kept longer than its rule allows (Art. 20, 26)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from common import clock
from common.privacy.datasets import data_sets
from common.records.invariants import Invariant
from retention.rules import due_sets, rules_on
from worktime.clocks import day_of

A_NIGHT = timedelta(
    days=1, hours=1
)  # what expires just after one night's run is erased in the next, which may take a while


def kept_too_long() -> Iterator[str]:
    """Every data set has a rule, and no row, unless held, is expired for more than a day; yields each fault."""
    at = clock.now()
    rules = rules_on(day_of(at))
    for key, dataset in data_sets().items():
        if key not in rules:
            yield f"{dataset.word}（{key}）没有保存期限"
    for due in due_sets(at - A_NIGHT):
        if count := due.rows().count():
            yield f"{due.dataset.word}（{due.dataset.key}）有 {count} 条超过保存期限一天以上，没有清除"


INVARIANTS = (Invariant("到期的个人信息都已清除", kept_too_long),)
