"""What a department did on a day: each act on its cases while they were its own (Art. 17)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from common.shapes import Shown
from personnel.models import Organization
from workflow.models import Assignment, Case, CaseEvent
from workflow.presentation import cases_root, sentence_of
from workflow.states import VERBS
from worktime.clocks import SHANGHAI

# In the order of the work; 改派 is an assignment as well.
ACTS = {
    "新交办": ("assign", "uphold_return", "reassign", "name_lead"),
    "签收": ("sign",),
    "申请退单": ("hand_back",),
    "退单被驳回": ("reject_return",),
    "延期挂账": ("ask_extension", "ask_shelving", "resume"),
    "办结反馈": ("feed_back",),
    "核查未通过": ("fail_check",),
    "核查通过": ("pass_check",),
}
REPORTED = tuple(verb for verbs in ACTS.values() for verb in verbs)
MOST = 1000
GONE = "已改派其他单位的事项"


@dataclass(frozen=True, slots=True)
class Act(Shown):
    """One act of the day."""

    at: datetime
    sentence: str
    number: str
    title: str
    place: str
    url: str
    note: str


@dataclass(frozen=True, slots=True)
class ActsOfKind(Shown):
    """The acts of one kind, oldest first."""

    name: str
    acts: list[Act]


def day_report(user: User, units: Collection[Organization], day: date) -> list[ActsOfKind]:
    """Returns what happened on ``day`` to cases of ``units``, by kind; one statement, ``MOST`` acts at most.

    An act counts for the unit that had the lead at that moment, whoever has the case now; of a case that ``user`` no
    longer sees, only the act is told. Clues are told to whoever may see them. What was taken back within the time for
    undo is told neither as done nor as undone.
    """
    start = datetime.combine(day, time(0), SHANGHAI)
    part = Assignment.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gte=OuterRef("at")),
        case=OuterRef("case"),
        unit__in=[unit.pk for unit in units],
        assigned_at__lte=OuterRef("at"),
    )
    undone = CaseEvent.objects.filter(case=OuterRef("case"), verb="undo", from_status=OuterRef("to_status"))
    events = (
        CaseEvent.objects.filter(verb__in=REPORTED, at__gte=start, at__lt=start + timedelta(days=1))
        .annotate(in_sight=Exists(Case.objects.visible_to(user).filter(pk=OuterRef("case"))))
        .filter(Exists(part), Q(in_sight=True) | Q(case__confidential=False))
        .exclude(Exists(undone.filter(actor=OuterRef("actor"), seq=OuterRef("seq") + 1)))
        .select_related("case__village", "actor", "unit")
        .defer("case__village__outline")
        .order_by("at", "pk")[:MOST]
    )
    found: dict[str, list[Act]] = {name: [] for name in ACTS}
    kind_of = {verb: name for name, verbs in ACTS.items() for verb in verbs}
    for event in events:
        found[kind_of[event.verb]].append(act_of(event))
    return [ActsOfKind(name, acts) for name, acts in found.items()]


def act_of(event: CaseEvent) -> Act:
    """Returns an event (with ``in_sight``) as a line of the report; of a clue only its number is told."""
    case, is_clue = event.case, event.case.confidential
    if not event.in_sight:  # type: ignore[attr-defined]
        return Act(event.at, VERBS[event.verb], "", GONE, "", "", "")
    return Act(
        at=event.at,
        sentence=VERBS[event.verb] if is_clue else sentence_of(event),
        number=case.number,
        title="保密线索" if is_clue else case.title,
        place="" if is_clue else case.place or case.village.name,
        url=f"{cases_root()}{case.pk}/",
        note="" if is_clue else event.note,
    )
