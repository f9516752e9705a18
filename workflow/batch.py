"""Runs one verb on many cases, each case in its own transaction, and reports which cases were not done and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from common.errors import Refusal, RuleViolation
from workflow.models import Case
from workflow.states import VERBS
from workflow.verbs import CASE_VERBS

MOST = 200
OUT_OF_SIGHT = "这件事不存在，或不在您的范围内"


@dataclass
class Account:
    """The result of one verb on many cases: which were done and not done, and how often each reason came.

    ``done`` has the version of each case afterwards, which undo must name.
    """

    verb: str
    done: dict[int, int] = field(default_factory=dict)
    failed: list[int] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def sentence(self) -> str:
        """The result as one sentence: ``183 件已受理，17 件未受理，因为……（12 件）；……（5 件）。``"""
        word = VERBS[self.verb]
        done = f"{len(self.done)} 件已{word}"
        if not self.failed:
            return f"{done}。"
        why = "；".join(f"{reason}（{times} 件）" for reason, times in self.reasons.most_common(3))
        rest = "；其余原因从略" if len(self.reasons) > 3 else ""
        return f"{done}，{len(self.failed)} 件未{word}，因为：{why}{rest}。未办的仍已选中。"

    def note_failure(self, pk: int, reason: str) -> None:
        """Records a case that was not moved, and the reason."""
        self.failed.append(pk)
        self.reasons[reason.rstrip("。")] += 1


def run_for_many(
    verb: str, picked: Mapping[int, int], fields: Mapping[str, Any], *, by: User, at: datetime
) -> Account:
    """Runs ``verb`` on the cases ``picked`` (number → version seen); one refused case does not stop the others.

    Raises :class:`RuleViolation` if no case or more than 200 cases are picked.
    """
    if not picked:
        raise RuleViolation(f"还没有选择事项。请先勾选要{VERBS[verb]}的事项。")
    if len(picked) > MOST:
        raise RuleViolation(f"一次最多 {MOST} 件，您选了 {len(picked)} 件。请分几次办。")
    account = Account(verb)
    seen = Case.objects.visible_to(by).in_bulk(list(picked))
    for pk, version in picked.items():
        case = seen.get(pk)
        if case is None:
            account.note_failure(pk, OUT_OF_SIGHT)
            continue
        case.version = version
        try:
            with transaction.atomic():
                moved = CASE_VERBS[verb].act(case, **fields, by=by, at=at)
            account.done[pk] = moved.version
        except Refusal as refusal:
            account.note_failure(pk, refusal.sentence)
    return account
