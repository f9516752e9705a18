"""What can be done with a list: publish an edition."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from audit.actions import append_entry
from common.errors import RuleViolation
from common.readings import initials
from grids.models import Division
from matters.models import Matter, MatterList
from matters.seed_rows import SeedMatter


@transaction.atomic
def publish_first_edition(
    county: Division, seeds: Iterable[SeedMatter], *, on: date, at: datetime, demonstration: bool
) -> MatterList:
    """Publish edition 1 of a county's list; refuses when the county already has one (Art. 14)."""
    if MatterList.objects.filter(county=county).exists():
        raise RuleViolation(f"{county}已有事项清单。", field="county")
    edition = MatterList.objects.create(
        county=county, edition=1, in_force_on=on, published_at=at, is_demonstration=demonstration
    )
    matters = Matter.objects.bulk_create(
        Matter(edition=edition, initials=initials(seed.name), **asdict(seed)) for seed in seeds
    )
    append_entry(
        f"matter_list:{edition.pk}",
        verb="publish",
        at=at,
        actor_id=None,
        record={"county": county.code, "edition": 1, "matters": len(matters)},
    )
    return edition
