"""Grants equal postings: :func:`sync_grants` is the only function that writes derived grants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from accounts.models import User
from grids.models import Division, Grid
from personnel.models import DualManagement, Grant, GridPosting, OfficePosting, Organization
from personnel.posts import DUAL_MANAGEMENT, GRID_POSTS, OFFICE_POSTS

Key = tuple[int, int, str]
MODELS = {"grid": Grid, "division": Division, "organization": Organization}


def expected_grants(user_ids: Iterable[int], *, day: date) -> set[tuple[int, str, str, int]]:
    """Return the (account, verb, kind of place, place) that current postings require on ``day``.

    A worker of a grid is also responsible for reports of the grids that ended in it (Art. 18).
    """
    wanted: set[tuple[int, str, str, int]] = set()
    chosen = list(user_ids)
    ended = grids_ended_in()
    for grid_post in GridPosting.objects.current(day).filter(user__in=chosen):
        places = {"grid": grid_post.grid_id, "division": grid_post.village_id}
        for verb, kind in GRID_POSTS[grid_post.role]:
            wanted.add((grid_post.user_id, verb, kind, places[kind]))
            if kind == "grid":
                wanted |= {(grid_post.user_id, verb, kind, old) for old in ended.get(places[kind], ())}
    departments = defaultdict(list)
    for duty in DualManagement.objects.current(day):
        departments[duty.organization_id].append(duty.grid_id)
    office = OfficePosting.objects.current(day).filter(user__in=chosen).select_related("organization")
    for post in office:
        places = {"organization": post.organization_id, "division": post.organization.division_id}
        wanted |= {(post.user_id, verb, kind, places[kind]) for verb, kind in OFFICE_POSTS[post.role]}
        if post.role in DUAL_MANAGEMENT:
            verb = DUAL_MANAGEMENT[post.role]
            wanted |= {(post.user_id, verb, "grid", grid) for grid in departments[post.organization_id]}
    return wanted


def grids_ended_in() -> dict[int, set[int]]:
    """Return for every grid the grids that ended in it, directly or through others."""
    direct = Grid.objects.exclude(successor=None).values_list("pk", "successor_id")
    following = dict(direct)
    found: dict[int, set[int]] = defaultdict(set)
    for old in following:
        step: int | None = following[old]
        seen = {old}
        while step is not None and step not in seen:
            found[step].add(old)
            seen.add(step)
            step = following.get(step)
    return found


@transaction.atomic
def sync_grants(users: Iterable[User], *, day: date) -> int:
    """Write and remove derived grants until they equal the postings; returns how many rows changed."""
    chosen = [user.pk for user in users]
    permissions = permission_ids()
    kinds = {kind: ContentType.objects.get_for_model(model).pk for kind, model in MODELS.items()}
    wanted = {
        (user_id, permissions[kind, verb], str(place)): kinds[kind]
        for user_id, verb, kind, place in expected_grants(chosen, day=day)
    }
    held: dict[Key, int] = {
        (grant.user_id, grant.permission_id, grant.object_pk): grant.pk
        for grant in Grant.objects.filter(user__in=chosen, is_special=False)
    }
    gone = [pk for key, pk in held.items() if key not in wanted]
    Grant.objects.filter(pk__in=gone).delete()
    new = [
        Grant(user_id=user_id, permission_id=permission_id, object_pk=place, content_type_id=kind)
        for (user_id, permission_id, place), kind in wanted.items()
        if (user_id, permission_id, place) not in held
    ]
    Grant.objects.bulk_create(new, batch_size=2000)
    return len(gone) + len(new)


def permission_ids() -> dict[tuple[str, str], int]:
    """Map (kind of place, verb) to guardian's permission row."""
    rows = Permission.objects.filter(content_type__model__in=MODELS).values_list(
        "content_type__model", "codename", "pk"
    )
    return {(kind, verb): pk for kind, verb, pk in rows}
