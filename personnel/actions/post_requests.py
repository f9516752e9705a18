"""Post a person who serves elsewhere: by an application that the superior confirms (Art. 10, 11, 20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from audit.versions import append_link, lock
from common.errors import IllegalMove, RuleViolation
from grids.models import Division, Grid
from personnel import notices, policies
from personnel.account_management import places_outside
from personnel.actions.appoint import post_stand_in, post_to_grid, post_to_office, post_while_vacant
from personnel.life import write_step
from personnel.models import GridPosting, OfficePosting, Organization, PostRequest
from personnel.posts import ADMINISTRATORS
from personnel.request_rules import WHO_MAY, asked_today
from personnel.scopes import authority_of
from personnel.states import POST_REQUEST_MOVES
from worktime.clocks import day_of

Posting = GridPosting | OfficePosting
NOTE_LIMIT = 200


@dataclass(frozen=True)
class PostDraft:
    """A person and the wanted post: in a village or one of its grids, in a body, or as a stand-in."""

    user: User
    role: str
    on: date
    village: Division | None = None
    grid: Grid | None = None
    organization: Organization | None = None
    covers: GridPosting | None = None
    until: date | None = None
    source: str = ""
    appointed_by: Organization | None = None
    document: str = ""


@transaction.atomic
def post_or_ask(draft: PostDraft, *, by: User, at: datetime) -> Posting | PostRequest:
    """Post a person of the user's own territory at once; for anybody else send an application to the superior."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=draft.user.pk)
    verb = "administer_security" if draft.role in ADMINISTRATORS else "manage_staff"
    if places_outside(authority_of(by), draft.user.pk, day=day_of(at), verb=verb):
        return ask_for_post(draft, by=by, at=at)
    return _post(draft, by=by, at=at)


@transaction.atomic
def ask_for_post(draft: PostDraft, *, by: User, at: datetime) -> PostRequest:
    """Apply for a post for a person who serves elsewhere; the post is given only after the superior has confirmed.

    A fault of the post itself is reported at once: the posting is tried and rolled back.
    """
    tried = transaction.savepoint()
    _post(draft, by=by, at=at)
    transaction.savepoint_rollback(tried)
    request = PostRequest(
        user=draft.user,
        role=draft.role,
        village=draft.village,
        grid=draft.grid,
        organization=draft.organization,
        covers=draft.covers,
        starts_on=draft.on,
        until=draft.until,
        source=draft.source,
        appointed_by=draft.appointed_by,
        document=draft.document.strip(),
        asked_by=by,
        asked_at=at,
    )
    outside = places_outside(authority_of(by), draft.user.pk, day=day_of(at))
    if not outside:
        raise RuleViolation(f"{draft.user.name}的岗位都由您管理，可以直接任命。", field="user")
    if _waiting(draft).exists():
        raise RuleViolation(f"已为{draft.user.name}申请过这个岗位，正在等上级确认。", field="user")
    request.save()
    append_link(request, "ask", by=by, at=at, first=True)
    notices.asked_for(request, outside, at=at)
    return request


@transaction.atomic
def confirm_post(request: PostRequest, *, note: str = "", by: User, at: datetime) -> PostRequest:
    """Confirm as the present superior and give the post; everything that may have changed is checked again."""
    request = _begin(request, "confirm", by=by, at=at)
    if not policies.may("appoint", request.asked_by, request.place, request.user):
        raise RuleViolation(f"{request.asked_by.name}已不管理那里的人员，请写明理由不同意。")
    posting = _post(_draft_of(request, today=day_of(at)), by=request.asked_by, at=at)
    if isinstance(posting, GridPosting):
        request.grid_posting = posting
    else:
        request.office_posting = posting
    request.decided_by, request.decided_at, request.note = by, at, _short(note)
    return _end(request, "confirm", by=by, at=at)


@transaction.atomic
def refuse_post(request: PostRequest, *, note: str, by: User, at: datetime) -> PostRequest:
    """Refuse as the present superior, with a reason."""
    request = _begin(request, "refuse", by=by, at=at)
    if not note.strip():
        raise RuleViolation("请写明不同意的理由。", field="note")
    request.decided_by, request.decided_at, request.note = by, at, _short(note)
    return _end(request, "refuse", by=by, at=at)


@transaction.atomic
def withdraw_post(request: PostRequest, *, by: User, at: datetime) -> PostRequest:
    """Withdraw the application, as the applicant, before it is decided."""
    return _end(_begin(request, "withdraw", by=by, at=at), "withdraw", by=by, at=at)


def _post(draft: PostDraft, *, by: User, at: datetime) -> Posting:
    """Give the post in the name of the applicant, whose authority over the place is checked again."""
    if draft.covers is not None:
        assert draft.until is not None  # a stand-in has a last day
        return post_stand_in(draft.covers, draft.user, on=draft.on, until=draft.until, at=at, by=by)
    if draft.organization is not None:
        return post_to_office(
            draft.user, role=draft.role, organization=draft.organization, on=draft.on, at=at, by=by
        )
    assert draft.village is not None
    if draft.until is not None:  # nobody holds the post
        return post_while_vacant(
            draft.user, role=draft.role, village=draft.village, on=draft.on, until=draft.until, at=at, by=by
        )
    return post_to_grid(
        draft.user,
        role=draft.role,
        village=draft.village,
        grid=draft.grid,
        on=draft.on,
        source=draft.source,
        appointed_by=draft.appointed_by,
        document=draft.document,
        at=at,
        by=by,
    )


def _draft_of(request: PostRequest, *, today: date) -> PostDraft:
    """Return the draft of the application; a first day that has already passed becomes today."""
    if request.until is not None and request.until < today:
        raise IllegalMove("替岗的最后一天已经过去，请写明理由不同意，或请申请人收回。")
    return PostDraft(
        user=request.user,
        role=request.role,
        on=max(request.starts_on, today),
        village=request.village,
        grid=request.grid,
        organization=request.organization,
        covers=request.covers,
        until=request.until,
        source=request.source,
        appointed_by=request.appointed_by,
        document=request.document,
    )


def _waiting(draft: PostDraft):  # type: ignore[no-untyped-def]
    return PostRequest.objects.filter(
        status="waiting",
        user=draft.user,
        role=draft.role,
        village=draft.village,
        grid=draft.grid,
        organization=draft.organization,
        covers=draft.covers,
    )


def _short(note: str) -> str:
    words = note.strip()
    if len(words) > NOTE_LIMIT:
        raise RuleViolation(f"最多 {NOTE_LIMIT} 字，您写了 {len(words)} 字。", field="note")
    return words


def _begin(request: PostRequest, verb: str, *, by: User, at: datetime) -> PostRequest:
    """Lock the application in the version that was read and the account; check the state, then authorize."""
    locked = lock(
        PostRequest.objects.select_related(
            "user", "asked_by", "village__parent__parent__parent", "grid", "organization__division", "covers"
        ),
        request,
    )
    User.objects.select_for_update(no_key=True).only("pk").get(pk=locked.user_id)
    POST_REQUEST_MOVES.require(verb, status=locked.status)
    WHO_MAY.require(verb, by, asked_today(locked, day=day_of(at)))
    return locked


def _end(request: PostRequest, verb: str, *, by: User, at: datetime) -> PostRequest:
    request.status = POST_REQUEST_MOVES.target_of(verb, status=request.status)
    write_step(request, verb, by=by, at=at)
    notices.answered(request, at=at)
    return request
