"""Special grants, one action for each verb: lock, authorize, move, save, notify (Art. 20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from access import notices, policies, states
from access.models import GrantRequest
from access.querysets import GrantRequestQuerySet
from accounts.models import User
from audit.versions import append_link
from common.errors import RuleViolation
from grids.models import Division
from personnel.actions.grants import permission_ids
from personnel.life import Life
from personnel.models import Grant, GridPosting, OfficePosting, Organization
from personnel.querysets import PostingQuerySet
from personnel.scopes import forget_authority
from sweeps.actions import sweep
from worktime.clocks import day_of

SHORTEST_PURPOSE = 6
LIFE = Life(GrantRequest.objects.all, policies.WHO_MAY, states.REQUEST_MOVES)
begin = LIFE.begin


@dataclass(frozen=True)
class GrantDraft:
    """An application: for whom, what, where, why and until when."""

    grantee: User
    verb: str
    place: Division | Organization
    purpose: str
    expires_at: datetime


@transaction.atomic
def ask_for_grant(draft: GrantDraft, *, by: User, at: datetime) -> GrantRequest:
    """Apply for a special grant; it takes effect when a second person approves."""
    request = GrantRequest(
        grantee=draft.grantee,
        verb=draft.verb,
        division=draft.place if isinstance(draft.place, Division) else None,
        organization=draft.place if isinstance(draft.place, Organization) else None,
        purpose=draft.purpose.strip(),
        asked_by=by,
        asked_at=at,
        expires_at=draft.expires_at,
    )
    policies.WHO_MAY.require("ask", by, request)
    User.objects.select_for_update().only("pk").get(
        pk=draft.grantee.pk
    )  # two applications at once are handled one after the other
    _require_sound(request, at=at)
    request.save()
    append_link(request, "ask", by=by, at=at, first=True)
    notices.asked(request, at=at)
    return request


def _require_sound(request: GrantRequest, *, at: datetime) -> None:
    """Raise :class:`RuleViolation` for a closed account, a bad end date, a short purpose or a duplicate."""
    if len(request.purpose) < SHORTEST_PURPOSE:
        raise RuleViolation(f"请写明用途，至少 {SHORTEST_PURPOSE} 个字。", field="purpose")
    if request.expires_at <= at:
        raise RuleViolation("到期日期已经过去；专项授权须有将来的到期日期。", field="expires_on")
    if request.expires_at > at + states.LONGEST:
        raise RuleViolation(f"专项授权最长 {states.LONGEST.days} 天，到期前可以再申请。", field="expires_on")
    _require_fit(request)
    if GrantRequest.objects.open().filter(
        grantee=request.grantee,
        verb=request.verb,
        division=request.division,
        organization=request.organization,
    ) or _held_already(request):
        raise RuleViolation("这个人在这个范围已有同样的申请或授权，不用再申请。", field="grantee")


def _held_already(request: GrantRequest) -> bool:
    held = Grant.objects.filter(user=request.grantee, object_pk=str(request.place.pk))
    kind = "division" if request.division is not None else "organization"
    return bool(held.filter(permission__codename=request.verb, content_type__model=kind).exists())


def _heads() -> PostingQuerySet:
    """Return the posts of department heads that have not ended."""
    not_over = Q(ends_on=None) | Q(ends_on__gte=Now())
    return OfficePosting.objects.filter(not_over, role="department_head")


def _require_fit(request: GrantRequest) -> None:
    """Raise :class:`RuleViolation` when the account is closed, the place does not fit, or it may never read clues."""
    if not request.grantee.is_active:
        raise RuleViolation(f"{request.grantee.name}的账号已停用，不能授权。", field="grantee")
    if request.organization is not None and request.verb != "view_clues":
        raise RuleViolation("这项权限只能授权到一个区划。", field="place")
    if request.verb == "view_clues" and _heads().filter(user=request.grantee).exists():
        raise RuleViolation("保密线索不授权给部门负责人；请指定具体经办人。", field="grantee")


@transaction.atomic
def approve_grant(request: GrantRequest, *, note: str = "", by: User, at: datetime) -> GrantRequest:
    """Put the grant in force until its end; it takes effect at the grantee's next request."""
    request = begin(request, "approve", by=by)
    if request.expires_at <= at:
        raise RuleViolation("申请的到期日期已经过去，请让申请人重新申请。")
    _require_fit(request)
    model = Division if request.division is not None else Organization
    kind = "division" if request.division is not None else "organization"
    request.grant = Grant.objects.create(
        user=request.grantee,
        permission_id=permission_ids()[kind, request.verb],
        content_type=ContentType.objects.get_for_model(model),
        object_pk=str(request.place.pk),
        purpose=request.purpose,
        is_special=True,
        expires_at=request.expires_at,
    )
    request.decided_by, request.decided_at, request.decision_note = by, at, note.strip()
    request.review_due_on = day_of(at + states.REVIEW_EVERY)
    forget_authority(request.grantee)
    return _end(request, "approve", by=by, at=at)


@transaction.atomic
def refuse_grant(request: GrantRequest, *, note: str, by: User, at: datetime) -> GrantRequest:
    """Refuse an application, with a reason."""
    request = begin(request, "refuse", by=by)
    if not note.strip():
        raise RuleViolation("请写明不批准的理由。", field="note")
    request.decided_by, request.decided_at, request.decision_note = by, at, note.strip()
    request.ended_at = at
    return _end(request, "refuse", by=by, at=at)


@transaction.atomic
def cancel_request(request: GrantRequest, *, by: User, at: datetime) -> GrantRequest:
    """Withdraw an application before it is decided."""
    request = begin(request, "cancel", by=by)
    request.ended_at = at
    return _end(request, "cancel", by=by, at=at)


@transaction.atomic
def review_grant(request: GrantRequest, *, note: str = "", by: User, at: datetime) -> GrantRequest:
    """Confirm that the grant is still needed; the next review is due in 90 days."""
    request = begin(request, "review", by=by)
    request.review_due_on = day_of(at + states.REVIEW_EVERY)
    return _end(request, "review", by=by, at=at, note=note.strip())


@transaction.atomic
def revoke_grant(request: GrantRequest, *, note: str, by: User, at: datetime) -> GrantRequest:
    """End a grant early, with a reason; it takes effect at the next request."""
    request = begin(request, "revoke", by=by)
    if not note.strip():
        raise RuleViolation("请写明收回的理由。", field="note")
    return _withdraw(request, "revoke", note=note.strip(), by=by, at=at)


def end_grants(*, at: datetime) -> int:
    """End grants and applications that expired, were not reviewed in time or lost their basis; may run repeatedly."""
    late = GrantRequest.objects.to_review(day_of(at - states.REVIEW_GRACE))
    closed = GrantRequest.objects.open().filter(grantee__is_active=False)
    heads = GrantRequest.objects.open().filter(verb="view_clues", grantee__in=_heads().values("user"))
    chosen = GrantRequest.objects.run_out(at) | late | closed | heads | _without_post(at)

    def end(pk: int) -> bool:
        row = GrantRequest.objects.select_for_update().get(pk=pk)
        if not chosen.filter(pk=pk).exists():
            return False  # decided in the meantime
        _withdraw(row, "expire", note=_why_over(row, at=at), by=None, at=at)
        return True

    numbers = list(chosen.order_by("pk").values_list("pk", flat=True))
    return sweep("access.grants", numbers, end, at=at).done


def _without_post(at: datetime) -> GrantRequestQuerySet:
    """Return open requests whose grantee has no post any more, so that the purpose is gone."""
    day = day_of(at)
    posted = Q(grid_postings__in=GridPosting.objects.current(day)) | Q(
        office_postings__in=OfficePosting.objects.current(day)
    )
    return GrantRequest.objects.open().exclude(grantee__in=User.objects.filter(posted))


def _why_over(request: GrantRequest, *, at: datetime) -> str:
    if request.expires_at <= at:
        return "到期"
    if not request.grantee.is_active:
        return "账号停用"
    late = request.review_due_on is not None and request.review_due_on <= day_of(at - states.REVIEW_GRACE)
    return "没有按时复核" if late else "岗位已变"


def _withdraw(request: GrantRequest, verb: str, *, note: str, by: User | None, at: datetime) -> GrantRequest:
    grant, request.grant = request.grant, None
    request.ended_at, request.end_note, request.review_due_on = at, note, None
    request = _end(request, verb, by=by, at=at, note=note)
    if grant is not None:
        grant.delete()
    forget_authority(request.grantee)
    return request


def _end(request: GrantRequest, verb: str, *, by: User | None, at: datetime, note: str = "") -> GrantRequest:
    LIFE.move(request, verb, by=by, at=at, note=note)
    notices.decided(request, verb, at=at)
    return request
