"""Posts follow their grid when it ends in another grid or moves to another village (Art. 10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from audit.actions import append_entry
from grids.models import Grid
from personnel.actions.grants import sync_grants
from personnel.models import DualManagement, GridPosting, Organization
from worktime.clocks import day_of

FOLLOWS = "随网格调整"


@transaction.atomic
def follow_grids(successors: Mapping[Grid, Grid | None], *, on: date, at: datetime) -> int:
    """Move the workers of each grid to the grid that replaces it, as of ``on``; returns how many posts.

    If a grid ends without a successor, its posts end. A grid mapped to itself has moved to another village.
    """
    last_day = on - timedelta(days=1)
    not_over = Q(ends_on__isnull=True) | Q(ends_on__gte=on)  # includes posts that begin later
    posts = list(
        GridPosting.objects.filter(not_over, grid__in=list(successors)).select_related("user", "grid")
    )
    for post in posts:
        goes_to = successors[post.grid] if post.grid else None
        if post.starts_on >= on:
            post.ends_on = post.starts_on if goes_to is None else post.ends_on
            post.grid, post.village_id = goes_to or post.grid, (goes_to or post.grid).village_id
            post.save(update_fields=["grid", "village", "ends_on"])
        else:
            kept_until, post.ends_on = post.ends_on, last_day
            post.save(update_fields=["ends_on"])
            if goes_to is not None and not _holds_already(post, goes_to, on=on):
                _post_again(post, goes_to, on=on, until=kept_until, at=at)
        record = {
            "user": post.user_id,
            "from": post.grid_id,
            "to": goes_to and goes_to.pk,
            "on": on.isoformat(),
        }
        append_entry(f"grid_posting:{post.pk}", verb="follow", at=at, actor_id=None, record=record)
    DualManagement.objects.current(on).filter(grid__in=[g for g, to in successors.items() if to != g]).update(
        ends_on=last_day
    )
    sync_grants({post.user for post in posts} | set(_workers_of(successors)), day=day_of(at))
    return len(posts)


def _holds_already(post: GridPosting, grid: Grid, *, on: date) -> bool:
    return GridPosting.objects.current(on).filter(user=post.user, grid=grid, role=post.role).exists()


def _post_again(post: GridPosting, grid: Grid, *, on: date, until: date | None, at: datetime) -> None:
    new = GridPosting.objects.create(
        user=post.user,
        role=post.role,
        village_id=grid.village_id,
        grid=grid,
        posted_by_id=post.posted_by_id,
        source=post.source or FOLLOWS,
        starts_on=on,
        ends_on=until,
    )
    record = {"user": post.user_id, "role": post.role, "on": on.isoformat(), "follows": post.pk}
    append_entry(f"grid_posting:{new.pk}", verb="appoint", at=at, actor_id=None, record=record, first=True)


def _workers_of(successors: Mapping[Grid, Grid | None]) -> list[User]:
    """Return the present workers of the successors, who are now also responsible for the grids that ended there."""
    grids = [grid for grid in successors.values() if grid is not None]
    return list(User.objects.filter(grid_postings__grid__in=grids).distinct())


@transaction.atomic
def share_management(grid: Grid, organization: Organization | None, *, on: date, at: datetime) -> None:
    """Let ``organization`` manage a dedicated grid together with its township from ``on`` (Art. 8); None ends it."""
    current = DualManagement.objects.filter(grid=grid, ends_on__isnull=True).first()
    if current is not None and organization is not None and current.organization_id == organization.pk:
        return
    touched = {current.organization_id} if current else set()
    if current is not None:
        current.ends_on = max(on - timedelta(days=1), current.starts_on)
        current.save(update_fields=["ends_on"])
    if organization is not None:
        DualManagement.objects.create(grid=grid, organization=organization, starts_on=on)
        touched.add(organization.pk)
    people = User.objects.filter(office_postings__organization__in=touched).distinct()
    sync_grants(people, day=day_of(at))
