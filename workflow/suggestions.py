"""Which unit should get a case, and why (Art. 14: the list names the lead; Art. 17)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Case as Choice
from django.db.models import Count, F, Q, QuerySet, When

from matters.models import Matter
from personnel.models import Organization
from workflow.models import Assignment, Case
from workflow.notices import UNDO_WINDOW
from workflow.states import AT_WORK

SIMILAR = 20
PUNCTUATION = " \u3000\t\r\n，。；：、,.;:"
BY_LIST = "事项清单"  # a ground that the list itself gives begins with this


@dataclass(frozen=True)
class Suggestion:
    """A proposed unit and the reason shown beside it."""

    unit: Organization
    reason: str


def is_own_ground(reason: str, suggestion: Suggestion) -> bool:
    """Whether a text says more than the ground of the suggestion, which holds for the suggested unit alone."""
    return bool(reason.replace(suggestion.reason, "").strip(PUNCTUATION))


def units_for(case: Case) -> QuerySet[Organization]:
    """Returns the units that may resolve a case here: of its village, township, county, at city level of the city."""
    places = [case.village_id, case.township_id, case.county_id]
    if case.level == "city":
        places.append(case.city_id)
    return Organization.objects.serving(places).resolvers().order_by("division__level", "code")


def units_of_desks(desks: Collection[int]) -> QuerySet[Organization]:
    """Returns the units to which these desks can assign cases: of their places and of the county above a township."""
    above = Q(division__level="county", division__children__in=desks)
    found = Organization.objects.filter(Q(division__in=desks) | above, is_active=True).resolvers()
    return found.distinct().order_by("division__level", "code")


def units_to_join(case: Case) -> QuerySet[Organization]:
    """Returns the units that may assist in a case: of its county with all townships, and of the city, nearest first.

    At city level those of every county. A unit that has a part in the case already is left out (Art. 17).
    """
    near = Q(division__in=[case.village_id, case.county_id, case.city_id]) | Q(
        division__parent=case.county_id
    )
    if case.level == "city":
        near |= Q(division__parent=case.city_id) | Q(division__parent__parent=case.city_id)
    taking_part = Assignment.objects.current().filter(case=case).values("unit")
    found = Organization.objects.filter(near, is_active=True).resolvers().exclude(pk__in=taking_part)
    nearest = Choice(
        When(division=case.county_id, then=0), When(division=case.township_id, then=1), default=2
    )
    return found.exclude(pk=case.unit_id or 0).order_by(nearest, "division__level", "division__code", "code")


def lower_units(unit: Organization) -> QuerySet[Organization]:
    """Returns the units one level below, to which ``unit`` may pass its share of a case."""
    below = Organization.objects.filter(division__parent=unit.division_id, is_active=True)
    return below.resolvers().order_by("division__code", "code")


def ground_by_list(matter: Matter, function: str) -> str:
    """Returns why the list gives a matter to a unit of this function: ``事项清单 6-12 主办：城市管理``."""
    return f"{BY_LIST} {matter.code} 主办：{function or '未列明'}"


def suggest_unit(case: Case) -> Suggestion | None:
    """Returns the list's lead department, otherwise the unit that got the last similar cases, otherwise None.

    A unit that asks to hand the case back, or from which it is taken, is not suggested again.
    """
    units = units_for(case)
    if case.status in ("return_review", "awaiting_signature", *AT_WORK):
        units = units.exclude(pk=case.unit_id)
    if case.matter is not None:
        for function in case.matter.lead_functions:
            unit = units.filter(function=function).first()
            if unit is not None:
                return Suggestion(unit, ground_by_list(case.matter, function))
    similar = (
        Assignment.objects.filter(
            case__title=case.title, case__county_id=case.county_id, unit__is_active=True, is_lead=True
        )
        .exclude(ended_at__isnull=False, ended_at__lt=F("assigned_at") + UNDO_WINDOW)  # taken back
        .values("unit")
        .annotate(times=Count("pk"))
        .order_by("-times")
        .first()
    )
    if similar is None:
        return None
    unit = units.filter(pk=similar["unit"]).first()
    return unit and Suggestion(unit, f"近期同类事项 {similar['times']} 件由其办理")
