"""How a case stood before an act that can be undone: kept in the link of the trace, and put back from there.

A clock that an undone act interrupted goes on as if it had never been stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from audit.models import Entry
from workflow.models import Case, CaseEvent, Stage

MOMENTS = ("promised_from_at", "finish_due_at", "finished_at", "ended_at")
PLAIN = ("level", "light", "unit_id", "rating", "escalations", "failed_checks")
Standing = dict[str, Any]


def standing_of(row: Case | Mapping[str, Any]) -> Standing:
    """Returns how a case stands, in words that a link of the trace can keep."""
    kept = row if isinstance(row, Mapping) else {name: getattr(row, name) for name in (*PLAIN, *MOMENTS)}
    return {name: _kept(value) for name, value in kept.items()}


def _kept(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def saved_standing(case: Case) -> Standing:
    """Returns how the case stands in the database; what the act has changed so far is not saved yet."""
    return standing_of(Case.objects.values(*PLAIN, *MOMENTS).get(pk=case.pk))


def what_changed(before: Standing, case: Case) -> Standing:
    """Returns how that stood before which is different now, and the light, which the clock may change meanwhile."""
    now = standing_of(case)
    return {name: value for name, value in before.items() if value != now[name] or name == "light"}


def standing_before(case: Case, event: CaseEvent) -> Standing:
    """Returns what ``event`` changed, as it stood before. Raises :class:`LookupError` if the trace did not keep it."""
    for link in Entry.objects.filter(subject=case.chain_key, verb=event.verb).order_by("-seq")[:1]:
        if link.record["seq"] == event.seq:
            before: Standing = link.record["before"]
            return before
    raise LookupError(f"{case.chain_key}: the trace does not keep how it stood before event {event.seq}")


def put_back(case: Case, kept: Standing) -> None:
    """Gives the case what it had. It is not saved here, and its status and its stay follow with the move."""
    for name, value in kept.items():
        setattr(case, name, datetime.fromisoformat(value) if name in MOMENTS and value else value)


def resume(stage: Stage) -> None:
    """Lets an interrupted stay go on: it keeps its due time, and its next alarm is the first that has not rung."""
    rung = set(stage.effects.values_list("rule", flat=True))
    waiting = [moment for rule, moment in stage.pending_alarms() if rule not in rung]
    stage.ended_at, stage.ended_by = None, ""
    stage.next_action_at = waiting[0] if waiting else None
    stage.save(update_fields=["ended_at", "ended_by", "next_action_at"])
