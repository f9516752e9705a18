"""The norm that holds in a county on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q

from plans import checks
from plans.models import GridNorm


def norm_of(county_id: int, *, day: date) -> GridNorm:
    """Return the county's own latest norm, else the city's, else the built-in defaults (unsaved)."""
    rows = GridNorm.objects.filter(Q(county_id=county_id) | Q(county=None), effective_on__lte=day)
    found = rows.order_by(F("county").asc(nulls_last=True), "-effective_on").first()
    return found or GridNorm(effective_on=day, document="内置默认值")


def for_checks(norm: GridNorm) -> checks.Norm:
    """Return the part of a norm that the checks use."""
    return checks.Norm(
        sizes={
            "community": (norm.community_min, norm.community_max),
            "village": (norm.village_min, norm.village_max),
        },
        grace_days=norm.staffing_grace_days,
    )
