"""Found, rename and close a body; its former names and superiors stay on record (Art. 5, 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from audit.versions import append_link, lock
from common.errors import IllegalMove, RuleViolation
from common.phones import normal_phone, why_not_desk_phone
from common.privacy.publishing import require_no_number
from grids.models import Division
from personnel import policies
from personnel.life import write_step
from personnel.models import FormerOrganization, OfficePosting, Organization

ONE_EACH = ("institution", "authority")
LEVELS = {
    "authority": ("city", "county"),
    "institution": ("city", "county", "township"),
    "linkage_department": ("city", "county"),
    "committee": ("village",),
}
LEVEL_WORDS = {"city": "市", "county": "县区", "township": "乡镇街道", "village": "村（社区）"}


@dataclass(frozen=True)
class BodyDraft:
    """The input for a new body."""

    name: str
    kind: str
    function: str
    division: Division
    parent: Organization | None = None
    duty_phone: str = ""
    office_hours: str = ""


@transaction.atomic
def found_organization(draft: BodyDraft, *, on: date, at: datetime, by: User | None) -> Organization:
    """Register a body with its territory; a division can have only one institution and one authority."""
    policies.require("found", by, draft.division)
    name = _sound_name(draft.name)
    kind = Organization.Kind(draft.kind).label
    levels = LEVELS.get(draft.kind)
    if levels and draft.division.level not in levels:
        raise RuleViolation(
            f"{kind}设在{'、'.join(LEVEL_WORDS[level] for level in levels)}一级。", field="kind"
        )
    here = Organization.objects.filter(division=draft.division, is_active=True)
    if draft.kind in ONE_EACH and here.filter(kind=draft.kind).exists():
        raise RuleViolation(f"{draft.division}已有{kind}，一级只有一个。", field="kind")
    if here.filter(name=name).exists():
        raise RuleViolation(f"{draft.division}已有名为“{name}”的机构。", field="name")
    body = Organization.objects.create(
        code=_next_code(draft.division),
        name=name,
        kind=draft.kind,
        function=draft.function.strip() or kind,
        division=draft.division,
        parent=draft.parent,
        duty_phone=_sound_phone(draft.duty_phone),
        office_hours=draft.office_hours.strip(),
        founded_on=on,
    )
    append_link(body, "found", by=by, at=at, record={"name": body.name, "kind": body.kind}, first=True)
    return body


@transaction.atomic
def change_organization(
    body: Organization,
    *,
    name: str,
    duty_phone: str,
    office_hours: str,
    document: str = "",
    on: date,
    at: datetime,
    by: User | None,
) -> Organization:
    """Rename a body or change its telephone and hours; the former name stays on record."""
    body = lock_body(body)
    policies.require("rename", by, body.division)
    require_active(body)
    new, phone = _sound_name(name), _sound_phone(duty_phone, before=body.duty_phone)
    if new != body.name:
        _keep_former(body, on=on, document=document)
    body.name, body.duty_phone, body.office_hours = new, phone, office_hours.strip()
    return write_step(body, "rename", by=by, at=at, record={"name": new, "document": document.strip()})


@transaction.atomic
def close_organization(body: Organization, *, on: date, at: datetime, by: User | None) -> Organization:
    """Close a body without any posts; its open work must first go to another body by a merger."""
    body = lock_body(body)
    policies.require("close", by, body.division)
    require_active(body)
    if OfficePosting.objects.current(on).filter(organization=body).exists():
        raise RuleViolation(f"{body}还有在任人员，请先办理离任，或并入别的机构。")
    end_organization(body, on=on, into=None)
    append_link(body, "close", by=by, at=at, record={"on": on.isoformat()})
    return body


def end_organization(body: Organization, *, on: date, into: Organization | None) -> None:
    """Mark a locked body as ended, and record the body that replaces it, if any."""
    _keep_former(body, on=on, document=f"并入{into}" if into else "撤销")
    body.is_active, body.ended_on, body.merged_into = False, on, into
    body.version += 1
    body.save()


def lock_body(body: Organization) -> Organization:
    """Lock a body in the version that was read. Raises :class:`StaleVersion`."""
    return lock(Organization.objects.select_related("division"), body)


def require_active(body: Organization) -> None:
    """Raise :class:`IllegalMove` for a body that has ended."""
    if not body.is_active:
        raise IllegalMove(f"{body}已撤销，不能再改。")


def _keep_former(body: Organization, *, on: date, document: str) -> None:
    FormerOrganization.objects.create(
        organization=body, name=body.name, parent=body.parent, until=on, document=document.strip()
    )


def _sound_name(name: str) -> str:
    tidy = " ".join(name.split())
    if not 2 <= len(tidy) <= 80:
        raise RuleViolation("机构名称应为 2–80 个字。", field="name")
    require_no_number(tidy, field="name")
    return tidy


def _sound_phone(typed: str, *, before: str = "") -> str:
    """Return a duty telephone in its one spelling; what is on record stays as it is."""
    phone = normal_phone(typed)
    if phone in ("", before):
        return phone
    if fault := why_not_desk_phone(phone):
        raise RuleViolation(fault, field="duty_phone")
    return phone


def _next_code(division: Division) -> str:
    """Return the next free code of a division: its own code and a running number."""
    prefix = f"{division.code}-N"
    taken = Organization.objects.filter(code__startswith=prefix).values_list("code", flat=True)
    numbers = [int(code.removeprefix(prefix)) for code in taken if code.removeprefix(prefix).isdecimal()]
    return f"{prefix}{max(numbers, default=0) + 1:02d}"
