"""Merge or close a body, with people, grants and open cases; none closes with open work (Art. 5, 8, 17)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from audit.actions import append_entries
from audit.versions import append_link
from common.errors import RuleViolation
from personnel import policies
from personnel.actions.grants import sync_grants
from personnel.actions.organizations import ONE_EACH, close_organization, end_organization, lock_body
from personnel.actions.succession import share_management
from personnel.holdings import every_kind, waiting_in
from personnel.models import DualManagement, OfficePosting, Organization
from personnel.post_compatibility import require_compatible
from personnel.posts import ORGANIZATION_KINDS
from personnel.querysets import PostingQuerySet


@transaction.atomic
def merge_organizations(
    body: Organization, *, into: Organization, document: str = "", on: date, at: datetime, by: User | None
) -> int:
    """Move everything of ``body`` to ``into``, as of today; returns how many open cases moved."""
    if body.pk == into.pk:
        raise RuleViolation("不能并入自己。", field="into")
    locked = {one.pk: lock_body(one) for one in sorted((body, into), key=lambda one: one.pk)}
    body, into = locked[body.pk], locked[into.pk]
    for one in (body, into):
        policies.require("merge", by, one.division)
    if not (body.is_active and into.is_active):
        raise RuleViolation("已撤销的机构不能合并。", field="into")
    if body.division_id != into.division_id:
        raise RuleViolation("只能并入同一辖区的机构。", field="into")
    if {body.kind, into.kind} & set(ONE_EACH):
        raise RuleViolation("主管部门和网格化服务管理机构一级只有一个，不能并入别的机构。", field="into")
    _require_posts_fit(body, into, on=on)
    count = sum(kind.merge(body, into=into, by=by, at=at) for kind in every_kind())
    _move_people(body, into, on=on, at=at)
    for duty in DualManagement.objects.current(on).filter(organization=body).select_related("grid"):
        share_management(duty.grid, into, on=on, at=at)
    Organization.objects.filter(parent=body).update(parent=into)
    end_organization(body, on=on, into=into)
    for one, verb in ((body, "merge"), (into, "take_in")):
        record = {"from": body.pk, "into": into.pk, "cases": count, "document": document.strip()}
        append_link(one, verb, by=by, at=at, record=record)
    return count


@transaction.atomic
def close_body(body: Organization, *, on: date, at: datetime, by: User | None) -> Organization:
    """Close a body that has neither people nor open work; any other must first be merged into another body."""
    policies.require("close", by, body.division)
    if waiting := waiting_in(body):
        raise RuleViolation(f"{body}还有 {waiting} 件在办事项，请并入别的机构，由它接着办。")
    if DualManagement.objects.current(on).filter(organization=body).exists():
        raise RuleViolation(f"{body}还在双重管理专属网格，请先在网格方案里改由别的部门管理。")
    return close_organization(body, on=on, at=at, by=by)


def _require_posts_fit(body: Organization, into: Organization, *, on: date) -> None:
    """Raise :class:`RuleViolation` unless the other body has posts of the same kinds, so that nobody loses a post."""
    for role in _posts_left(body, on=on).values_list("role", flat=True).distinct():
        if into.kind not in ORGANIZATION_KINDS[role]:
            label = OfficePosting.Role(role).label
            raise RuleViolation(f"{into}不设{label}；请并入同类机构，或先办理{label}的离任。", field="into")


def _posts_left(body: Organization, *, on: date) -> PostingQuerySet:
    """Return the posts in a body that continue after ``on``, including those that begin later."""
    return OfficePosting.objects.filter(Q(ends_on=None) | Q(ends_on__gte=on), organization=body)


def _move_people(body: Organization, into: Organization, *, on: date, at: datetime) -> None:
    """End each post in the old body and begin the same in the new one, unless the person already holds it."""
    people: list[User] = []
    moved, new = [], []
    for post in _posts_left(body, on=on).select_related("user"):
        people.append(post.user)
        kept_until = post.ends_on
        moved.append(post)
        if post.starts_on >= on:
            post.organization = into
            post.save(update_fields=["organization"])
            continue
        post.ends_on = on - timedelta(days=1)
        post.save(update_fields=["ends_on"])
        if not _posts_left(into, on=on).filter(user=post.user, role=post.role).exists():
            require_compatible(post.user, post.role, into.division, on=on, until=kept_until, field="into")
            new.append(
                OfficePosting.objects.create(
                    user=post.user,
                    role=post.role,
                    organization=into,
                    posted_by_id=post.posted_by_id,
                    starts_on=on,
                    ends_on=kept_until,
                )
            )
    record = {"from": body.pk, "into": into.pk}
    for posts, verb, first in ((moved, "merge", False), (new, "appoint", True)):
        records = {f"office_posting:{post.pk}": record for post in posts}
        append_entries(records, verb=verb, at=at, actor_id=None, first=first)
    sync_grants(people, day=on)
