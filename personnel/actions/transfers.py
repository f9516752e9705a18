"""Transfer: one post ends and another begins in one transaction, so that the person always has a post."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from common.errors import RuleViolation
from grids.models import Division, Grid
from personnel import policies
from personnel.actions.appoint import post_to_grid, relieve
from personnel.models import GridPosting


@transaction.atomic
def transfer(
    posting: GridPosting,
    *,
    village: Division,
    grid: Grid | None,
    on: date,
    at: datetime,
    by: User | None,
    source: str = "",
    document: str = "",
) -> GridPosting:
    """Move a person to the same post elsewhere, from ``on``; give ``source`` if it differs there (Art. 10)."""
    if (village.pk, grid and grid.pk) == (posting.village_id, posting.grid_id):
        raise RuleViolation(f"{posting.user.name}就在{posting.where}任职，请填写调到哪里。", field="code")
    policies.require("transfer", by, village, posting.user)
    relieve(posting, on=on, at=at, by=by, closes=False)
    return post_to_grid(
        posting.user,
        role=posting.role,
        village=village,
        grid=grid,
        on=on,
        at=at,
        by=by,
        source=source or posting.source,
        appointed_by=posting.appointed_by,
        document=document,
    )
