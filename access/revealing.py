"""Personal data of staff: private telephone and home (T2), identity number (T3)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse

from access.subjects import Piece, Subject, register
from accounts.models import User
from common import clock
from personnel.account_management import has_charge_of, holds_over_person, places_to_come
from personnel.models import ContactRecord, IdentityRecord
from personnel.scopes import Authority, authority_of, may_over
from worktime.clocks import day_of

CONTACT_RULE = "私人电话和住址由管理这名人员的机构查看，用于履行管理职责。"
IDENTITY_RULE = "身份证号只有经专项授权的具名人员可以查看；需要时由管理机构申请、安全管理员审批。"


def sees_person(user: User, row: Any) -> bool:
    """Whether the user is the person, manages the person, or may view personal data at one of the person's places."""
    if row.user_id == user.pk:
        return True
    authority = authority_of(user)
    verbs, today = ("manage_staff", "view_personal"), _today()
    return any(holds_over_person(authority, verb, row.user_id, day=today) for verb in verbs)


def why_not_contact(user: User, row: Any, name: str) -> str:
    """Return why not; empty for the person and for a manager of all the person's posts, not only of one."""
    own = row.user_id == user.pk
    return "" if own or has_charge_of(authority_of(user), row.user, day=_today()) else CONTACT_RULE


def why_not_identity(user: User, row: Any, name: str) -> str:
    """Return why not; empty for the person and for users named for every place where the person is posted."""
    if row.user_id == user.pk or is_named_for(authority_of(user), row.user_id, day=_today()):
        return ""
    return IDENTITY_RULE


def is_named_for(authority: Authority, user_id: int, *, day: date) -> bool:
    """Whether the account is named for all places of the person's posts, with or without those that came by request.

    A post that another place has applied for opens nothing there and takes nothing from the place of service.
    """
    held = (places_to_come(user_id, day=day), places_to_come(user_id, day=day, of_before=True))
    return any(
        bool(places) and all(may_over(authority, "view_personal", place) for place in places)
        for places in held
    )


def _today() -> date:
    return day_of(clock.now())


def _page_of(row: Any) -> str:
    return reverse("personnel:person", args=[row.user_id])


register(
    Subject(
        kind="contact",
        model=ContactRecord,
        pieces={"private_phone": Piece("私人电话", "T2"), "home_address": Piece("住址", "T2")},
        in_sight=sees_person,
        refusal=why_not_contact,
        person_id=lambda row: row.user_id,
        whose=lambda row: f"{row.user.name}（工作人员）",
        back=_page_of,
    )
)
register(
    Subject(
        kind="identity",
        model=IdentityRecord,
        pieces={"id_number": Piece("身份证号", "T3")},
        in_sight=sees_person,
        refusal=why_not_identity,
        person_id=lambda row: row.user_id,
        whose=lambda row: f"{row.user.name}（工作人员）",
        back=_page_of,
    )
)
