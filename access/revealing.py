"""Personal data of staff: private telephone and home (T2), identity number (T3)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from access.subjects import Piece, Subject, register
from accounts.models import User
from grids.models import Division
from personnel.models import ContactRecord, IdentityRecord
from personnel.scopes import Authority, authority_of, may_over

CONTACT_RULE = "私人电话和住址由管理这名人员的机构查看，用于履行管理职责。"
IDENTITY_RULE = "身份证号只有经专项授权的具名人员可以查看；需要时由县区管理员或安全管理员审批授权。"


def places_of(user_id: int) -> list[Division]:
    """Where a person is or was posted: the villages and the territories of the bodies."""
    deep = "parent__parent__parent"
    villages = Division.objects.filter(postings__user=user_id)
    bodies = Division.objects.filter(organizations__postings__user=user_id)
    return list((villages | bodies).distinct().select_related(deep).defer("outline"))


def holds_over_person(authority: Authority, verb: str, user_id: int) -> bool:
    """Whether ``verb`` is held over one of the places where the person is or was posted."""
    return any(may_over(authority, verb, place) for place in places_of(user_id))


def sees_person(user: User, row: Any) -> bool:
    """Oneself, who manages the person, and who is named to view personal data there."""
    if row.user_id == user.pk:
        return True
    authority = authority_of(user)
    return any(holds_over_person(authority, verb, row.user_id) for verb in ("manage_staff", "view_personal"))


def why_not_contact(user: User, row: Any, name: str) -> str:
    """Oneself and who manages the person."""
    own = row.user_id == user.pk
    return "" if own or holds_over_person(authority_of(user), "manage_staff", row.user_id) else CONTACT_RULE


def why_not_identity(user: User, row: Any, name: str) -> str:
    """Oneself, and named persons only."""
    own = row.user_id == user.pk
    return "" if own or holds_over_person(authority_of(user), "view_personal", row.user_id) else IDENTITY_RULE


def _page_of(row: Any) -> str:
    return f"{reverse('access:mine')}?{urlencode({'person': row.user_id})}"


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
