"""The access log in words: who looked at whose data, at what and why; and whose looks a superior may read (Art. 26)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from access.subjects import subjects
from access.tiers import TIERS
from accounts.models import User
from audit.models import AccessEntry
from common import clock
from personnel.models import GridPosting, OfficePosting
from personnel.scopes import authority_of
from personnel.visibility import divisions_within
from worktime.clocks import day_of

OTHER_FIELDS = {
    "case": "保密事项",
    "photo": "保密事项的照片",
    "complaint": "行为投诉",
    "list": "导出的事项清单",
}
SECRET = ("case:", "complaint:")  # even their existence is secret
WHOSE = {"case_contact": "事项反映人", "case": "保密事项", "complaint": "投诉人"}
CLERKS = ("manage_staff",)
CITY_WIDE = ("administer_audit", "administer_security")


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One access in words."""

    at: datetime
    who: str
    name: str
    whom: str
    what: str
    tier: str
    purpose: str
    network: str


def described(entries: Iterable[AccessEntry]) -> list[AccessRow]:
    """Return the rows for a list; one statement for all names."""
    rows = list(entries)
    ids = {row.actor_id for row in rows} | {row.person_id for row in rows if row.person_id}
    people = User.objects.only("pk", "name", "username").in_bulk(ids)
    return [
        AccessRow(
            at=row.at,
            who=_name(people.get(row.actor_id)),
            name=people[row.actor_id].name if row.actor_id in people else "已注销的账号",
            whom=_whom(row, people),
            what="、".join(_label(row.subject, name) for name in row.fields),
            tier=TIERS[row.tier].name if row.tier in TIERS else "保密事项",
            purpose=row.purpose,
            network=row.network,
        )
        for row in rows
    ]


def _name(user: User | None) -> str:
    return f"{user.name}（{user.username}）" if user else "已注销的账号"


def _whom(row: AccessEntry, people: dict[int, User]) -> str:
    kind = row.subject.partition(":")[0]
    if row.person_id and kind != "complaint":
        return _name(people.get(row.person_id))
    return WHOSE.get(kind, "")


def _label(subject: str, name: str) -> str:
    known = subjects().get(subject.partition(":")[0])
    if known is not None and name in known.pieces:
        return known.pieces[name].label
    return OTHER_FIELDS.get(name, "其他资料")


def looks_in_charge_of(user: User) -> QuerySet[AccessEntry]:
    """Looks by people posted where ``user`` manages staff; for audit and security administrators, in their territory.

    The user's own looks are not among them: the user's superior reads those.
    """
    authority = authority_of(user)
    looks = AccessEntry.objects.exclude(actor_id=user.pk)
    if authority.sees_all:
        return looks
    held = authority.places("division", *CLERKS, *CITY_WIDE)
    if not held:
        return looks.none()
    within, day = divisions_within(held).values("pk"), day_of(clock.now())
    in_grids = GridPosting.objects.current(day).filter(village__in=within).values("user")
    in_offices = OfficePosting.objects.current(day).filter(organization__division__in=within).values("user")
    found = looks.filter(Q(actor_id__in=in_grids) | Q(actor_id__in=in_offices))
    if not authority.holds(*CITY_WIDE):
        found = found.exclude(tier="T4")
        for subject in SECRET:
            found = found.exclude(subject__startswith=subject)
    return found
