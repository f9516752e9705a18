"""Appoint and relieve: the posting, the grants and the trace in one transaction (Art. 10, 11, 20)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from audit.actions import append_entry
from common.errors import RuleViolation
from grids.models import Division, Grid
from personnel.actions.grants import sync_grants
from personnel.models import GridPosting, OfficePosting, Organization
from personnel.posts import ORGANIZATION_KINDS
from personnel.scopes import forget_authority


@transaction.atomic
def appoint_to_grid(
    user: User, *, role: str, village: Division, grid: Grid | None, on: date, at: datetime, by: User | None
) -> GridPosting:
    """Post ``user`` to a village (leader, instructor) or to one grid (workers) from ``on`` (Art. 10)."""
    if village.level != Division.Level.VILLAGE:
        raise RuleViolation("网格岗位只能设在村或社区。", field="village")
    if role == GridPosting.Role.LEADER and _has_leader(village):
        raise RuleViolation(f"{village}已有在任网格长，请先办理离任。", field="role")
    if grid is not None and grid.village_id != village.pk:
        raise RuleViolation(f"{grid}不在{village}。", field="grid")
    posting = GridPosting.objects.create(user=user, role=role, village=village, grid=grid, starts_on=on)
    _settle(user, f"grid_posting:{posting.pk}", "appoint", role=role, on=on, at=at, by=by)
    return posting


def _has_leader(village: Division) -> bool:
    return GridPosting.objects.filter(
        village=village, role=GridPosting.Role.LEADER, ends_on__isnull=True
    ).exists()


@transaction.atomic
def appoint_to_office(
    user: User, *, role: str, organization: Organization, on: date, at: datetime, by: User | None
) -> OfficePosting:
    """Post ``user`` to an organization that may hold such a post (Art. 5)."""
    if organization.kind not in ORGANIZATION_KINDS[role]:
        raise RuleViolation(
            f"{organization.get_kind_display()}不设{OfficePosting.Role(role).label}：指挥调度与监督是两种职权。",
            field="role",
        )
    posting = OfficePosting.objects.create(user=user, role=role, organization=organization, starts_on=on)
    _settle(user, f"office_posting:{posting.pk}", "appoint", role=role, on=on, at=at, by=by)
    return posting


@transaction.atomic
def relieve(posting: GridPosting | OfficePosting, *, on: date, at: datetime, by: User | None) -> None:
    """End a posting; its last day is the day before ``on``, and authority ends with it."""
    if on <= posting.starts_on:
        raise RuleViolation("离岗日期须晚于到岗日期。", field="ends_on")
    posting.ends_on = date.fromordinal(on.toordinal() - 1)
    posting.save(update_fields=["ends_on"])
    kind = "grid_posting" if isinstance(posting, GridPosting) else "office_posting"
    _settle(posting.user, f"{kind}:{posting.pk}", "relieve", role=posting.role, on=on, at=at, by=by)


def _settle(
    user: User, subject: str, verb: str, *, role: str, on: date, at: datetime, by: User | None
) -> None:
    sync_grants([user], day=on)
    forget_authority(user)
    append_entry(
        subject,
        verb=verb,
        at=at,
        actor_id=by.pk if by else None,
        record={"user": user.pk, "role": role, "on": on.isoformat()},
    )
