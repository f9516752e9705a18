"""Which departments have staff who receive what grids report (Art. 14, third paragraph)."""

from __future__ import annotations

from django.db.models import CharField, Q
from django.db.models.functions import Cast

from grids.models import Division
from personnel.models import Grant, Organization
from personnel.querysets import OrganizationQuerySet


def functions_of(county: Division) -> set[str]:
    """Returns the functions of all bodies that serve the county: its own, its townships', the city's."""
    return set(_bodies(county).values_list("function", flat=True))


def functions_with_staff(county: Division) -> set[str]:
    """Returns those functions for which somebody works now."""
    handlers = Grant.objects.in_effect().filter(
        permission__codename="handle", content_type__model="organization", user__is_active=True
    )
    staffed = (
        _bodies(county).annotate(key=Cast("pk", CharField())).filter(key__in=handlers.values("object_pk"))
    )
    return set(staffed.values_list("function", flat=True))


def why_not_received(function: str, county: Division, *, known: set[str], staffed: set[str]) -> str:
    """Returns why nothing can be sent to a department, as a sentence; empty if somebody receives it."""
    if function not in known:
        return f"{county.name}没有登记职能为“{function}”的部门，请先登记机构。"
    if function not in staffed:
        return f"“{function}”还没有经办人，派去的事没有人收，请先任命。"
    return ""


def _bodies(county: Division) -> OrganizationQuerySet:
    places = Q(division=county) | Q(division__parent=county) | Q(division=county.parent_id)
    return Organization.objects.filter(places, is_active=True).exclude(kind="authority")
