"""A case that comes back: of the same matter, at the same place, soon after the one before was closed (Art. 17, 19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.urls import reverse

from accounts.models import User
from common.shapes import Shown
from common.templatetags.when import day as day_words
from matters.everyday import plain
from workflow.merging import distance_words
from workflow.models import Case
from workflow.nearness import NEAR_M, Likeness, around, likeness, spot_of
from workflow.querysets import CaseQuerySet, IsAnyOf
from worktime.clocks import day_of

RECURS_WITHIN = timedelta(days=90)  # the city's default (docs/decisions/0009)
LOOKED_AT = 60
# The whole line of recurrences around a case: those before it, and those after it.
LINE = """ARRAY(
    WITH RECURSIVE line(id) AS (
        SELECT %s::bigint
        UNION
        SELECT CASE WHEN c.id = line.id THEN c.earlier_id ELSE c.id END
        FROM line JOIN workflow_case c ON c.id = line.id OR c.earlier_id = line.id
        WHERE c.earlier_id IS NOT NULL
    ) SELECT id FROM line)"""


def link_recurrence(case: Case) -> None:
    """Sets which closed case this one repeats, and how far away that lay; neither for a clue. Saves nothing.

    One statement, whatever lies around; none for a report that says nothing of its place. The latest is taken that was
    closed within 90 days before the report.
    """
    case.earlier, case.earlier_m = None, None
    if case.matter is None or case.confidential or not (spot_of(case).point or case.place):
        return
    for other in _closed_around(case):
        like = likeness(spot_of(case), other)
        if like.is_near or (like.metres is None and _is_one_place(case, other, like)):
            case.earlier = other
            case.earlier_m = round(like.metres) if like.metres is not None else None
            return


def _closed_around(case: Case) -> list[Case]:
    assert case.matter is not None  # the caller looks for listed matters only
    here = Q(grid_id=case.grid_id) & ~Q(place="")
    if (point := spot_of(case).point) is not None:
        here = here & Q(lon__isnull=True) | around(point, NEAR_M)
    since, until = case.reported_at - RECURS_WITHIN, case.reported_at
    closed = Case.objects.filter(here, status="closed", confidential=False, ended_at__range=(since, until))
    same = closed.filter(matter__code=case.matter.code, matter__name=case.matter.name).exclude(pk=case.pk)
    return list(same.select_related("matter").order_by("-ended_at", "-pk")[:LOOKED_AT])


def _is_one_place(case: Case, other: Case, like: Likeness) -> bool:
    """Whether both name the same place in the same grid, in the same words."""
    return like.is_same_grid and bool(plain(case.place)) and plain(case.place) == plain(other.place)


def line_of(case: Case) -> CaseQuerySet:
    """Returns the whole line of recurrences of a case, itself among them; one statement."""
    return Case.objects.filter(IsAnyOf(F("pk"), RawSQL(LINE, [case.pk])), confidential=False).order_by("pk")


@dataclass(frozen=True, slots=True)
class Repeat(Shown):
    """Another case of the same line."""

    url: str
    number: str
    words: str


@dataclass(frozen=True, slots=True)
class Recurrence(Shown):
    """What came before a case and what came after it (workflow/recurrence.html)."""

    sentence: str  # ``第 2 次，上次11月3日由城管局办结``, empty for the first
    before: list[Repeat]
    after: list[Repeat]


def may_recur(case: Case) -> bool:
    """Whether a case repeats another or is repeated; False only where that was read (``with_repeats``)."""
    return case.earlier_id is not None or getattr(case, "is_repeated", True)


def recurrence_of(user: User, case: Case) -> Recurrence | None:
    """Returns the line of a case as far as the user sees it, in one statement; None if there is nothing to show."""
    if not may_recur(case):
        return None
    seen = line_of(case).visible_to(user).exclude(pk=case.pk)
    found = {other.pk: other for other in seen.select_related("unit")}
    before, last = [], case
    while last.earlier_id in found:
        last = found.pop(last.earlier_id)
        before.append(last)
    after = sorted((other for other in found.values() if other.earlier_id == case.pk), key=lambda one: one.pk)
    if not before and not after:
        return None
    sentence = ""
    if before:
        sentence = f"第 {len(before) + 1} 次，上次{_ending_of(before[0])}"
        where = distance_words(None if case.earlier_m is None else float(case.earlier_m), is_same_grid=True)
        sentence += f"（{where}、同一事项）"
    return Recurrence(
        sentence=sentence,
        before=[_repeat(other, _ending_of(other)) for other in before],
        after=[
            _repeat(other, f"{day_words(day_of(other.reported_at))}又上报，{other.get_status_display()}")
            for other in after
        ],
    )


def _repeat(other: Case, words: str) -> Repeat:
    return Repeat(reverse("workflow:case", args=[other.pk]), other.number, words)


def _ending_of(case: Case) -> str:
    by = (
        case.unit.name
        if case.handled_by == Case.HandledBy.UNIT and case.unit
        else case.get_handled_by_display()
    )
    ended: datetime = case.ended_at or case.reported_at
    return f"{day_words(day_of(ended))}由{by}办结"
