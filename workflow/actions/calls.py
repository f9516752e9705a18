"""Calling about an urgent case until somebody takes it, and taking it (Art. 17, 18).

The calls are alarms of the stay, like reminders: each has one effect, and many ring together. A pass that makes up for
missed calls tells each rung once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from accounts.models import User
from common.errors import IllegalMove
from workflow import notices
from workflow.calls import Called, called_on, staff_for
from workflow.deadlines import MOST_CALLS, RUNGS, rung_of
from workflow.models import Case, Stage
from workflow.ringing import Ringing, Rule
from workflow.stages import begin, note_case, note_cases


def call(ringing: Sequence[Ringing], at: datetime, *, rung: str) -> None:
    """Calls whom the rung names about each case: a notice that cannot wait, and a line in the life of the case."""
    waiting = [one for one in ringing if rung not in {rung_of(rule) for rule, _ in one.due}]
    cases = [one.case for one in waiting]
    staff = staff_for(cases, at=at)
    called: list[tuple[Case, Called]] = [(case, called_on(rung, case, staff)) for case in cases]
    by_words: dict[str, list[Case]] = defaultdict(list)
    for case, each in called:
        by_words[each.words].append(case)
    for words, together in by_words.items():
        note_cases(together, "call", by=None, at=at, note=words)
    notices.call_people([(case, each.audiences) for case, each in called], at=at)


CALLS: dict[str, Rule] = {
    f"{rung}_{number}": act
    for rung in RUNGS
    for act in [partial(call, rung=rung)]
    for number in range(1, MOST_CALLS + 1)
}
"""What the clock does on each call of each rung."""


@transaction.atomic(savepoint=False)
def take_charge(case: Case, *, by: User, at: datetime) -> Case:
    """Says that the user takes an urgent case: nobody is called any more, every other clock goes on.

    Raises :class:`IllegalMove` if somebody has taken it already.
    """
    case = begin(case, "take_charge", by=by)
    stage = Stage.objects.of_case().running().select_related("taken_by").get(case=case)
    if stage.taken_by is not None:
        raise IllegalMove(f"{stage.taken_by.name}已经接了，不再叫人。")
    stop_calls(stage, by=by, at=at)
    note_case(case, "take_charge", by=by, at=at)
    notices.tell_holder(case, f"{by.name}接了紧急事项，不再叫人", topic="progress", at=at)
    return case


def stop_calls(stage: Stage, *, by: User, at: datetime) -> None:
    """Takes the calls out of a locked case's stay; the other alarms stay when they are."""
    since = stage.next_action_at
    stage.taken_by, stage.taken_at = by, at
    left = [(rule, moment) for rule, moment in stage.pending_alarms() if not rung_of(rule)]
    stage.alarms = [[rule, moment.isoformat()] for rule, moment in left]
    later = [moment for _, moment in left if since is not None and moment >= since]
    stage.next_action_at = later[0] if later else None
    stage.save(update_fields=["taken_by", "taken_at", "alarms", "next_action_at"])
