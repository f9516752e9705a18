"""Two bodies become one: people, grants and open cases move in one transaction (Art. 5, 17)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from audit.actions import append_entry
from common.errors import RuleViolation
from personnel import policies
from personnel.actions import sync_grants
from personnel.actions.organizations import ONE_EACH, end_organization, lock
from personnel.models import OfficePosting, Organization
from personnel.posts import ORGANIZATION_KINDS
from workflow.history import write_event
from workflow.models import Assignment, Case


@transaction.atomic
def merge_organizations(
    body: Organization, *, into: Organization, document: str = "", on: date, at: datetime, by: User | None
) -> int:
    """Let ``into`` go on with everything ``body`` had, as of today; returns how many open cases moved."""
    if body.pk == into.pk:
        raise RuleViolation("不能并入自己。", field="into")
    locked = {one.pk: lock(one) for one in sorted((body, into), key=lambda one: one.pk)}
    body, into = locked[body.pk], locked[into.pk]
    for one in (body, into):
        policies.require("merge", by, one.division)
    if not (body.is_active and into.is_active):
        raise RuleViolation("已撤销的机构不能合并。", field="into")
    if body.division_id != into.division_id:
        raise RuleViolation("只能并入同一辖区的机构。", field="into")
    if {body.kind, into.kind} & set(ONE_EACH):
        raise RuleViolation("主管部门和网格化服务管理机构一级只有一个，不能并入别的机构。", field="into")
    count = _move_cases(body, into, by=by, at=at)
    _move_people(body, into, on=on, at=at)
    Organization.objects.filter(parent=body).update(parent=into)
    end_organization(body, on=on, into=into)
    for one, verb in ((body, "merge"), (into, "take_in")):
        append_entry(
            f"organization:{one.pk}",
            verb=verb,
            at=at,
            actor_id=by.pk if by else None,
            record={"from": body.pk, "into": into.pk, "cases": count, "document": document.strip()},
        )
    return count


def _move_cases(body: Organization, into: Organization, *, by: User | None, at: datetime) -> int:
    cases = list(Case.objects.open().filter(unit=body).select_for_update(of=("self",)).order_by("pk"))
    for case in cases:
        case.unit = into
        case.version += 1
        case.event_count += 1
        case.save(update_fields=["unit", "version", "event_count"])
        case.stages.running().filter(organization=body).update(organization=into)
        write_event(case, "hand_over", by=by, at=at, from_status=case.status, note=f"{body}并入{into}")
    Assignment.objects.filter(unit=body, ended_at=None).update(unit=into)
    return len(cases)


def _move_people(body: Organization, into: Organization, *, on: date, at: datetime) -> None:
    """End each post in the old body and begin the same in the new one, unless it is held there already."""
    people: list[User] = []
    for post in OfficePosting.objects.current(on).filter(organization=body).select_related("user"):
        people.append(post.user)
        if post.starts_on >= on:
            post.organization = into
            post.save(update_fields=["organization"])
            continue
        post.ends_on = on - timedelta(days=1)
        post.save(update_fields=["ends_on"])
        held = OfficePosting.objects.current(on).filter(user=post.user, organization=into, role=post.role)
        if into.kind in ORGANIZATION_KINDS[post.role] and not held.exists():
            OfficePosting.objects.create(user=post.user, role=post.role, organization=into, starts_on=on)
    sync_grants(people, day=on)
