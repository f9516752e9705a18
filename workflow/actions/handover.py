"""Somebody leaves and nothing is orphaned: open cases go to a successor with the post's end (Art. 10, 18)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from common.errors import RuleViolation
from grids.models import Division, Grid
from personnel import policies
from personnel.actions import relieve, transfer
from personnel.models import Grant, GridPosting, OfficePosting
from sweeps.actions import sweep_rows
from workflow import notices
from workflow.models import Case
from workflow.querysets import CaseQuerySet
from workflow.stages import move_case, note_case
from worktime.clocks import day_of

BATCH = 1000
# Who goes on with what was left behind, the nearest first: (verb, kind of place, the case's column).
NEXT_OF_KIN = (
    ("report", "grid", "grid_id"),
    ("coordinate", "division", "village_id"),
    ("guide", "division", "village_id"),
    ("dispatch", "division", "township_id"),
    ("dispatch", "division", "county_id"),
)
CLUE_READERS = tuple(("view_clues", "division", f"{level}_id") for level in ("township", "county", "city"))


def kept_by(posting: GridPosting | OfficePosting) -> CaseQuerySet:
    """The open cases that the person takes care of because of this post, oldest first.

    Clues are not among them: that somebody has reported one is not told to who manages the staff (Art. 20).
    """
    return _kept(posting).filter(confidential=False)


def _kept(posting: GridPosting | OfficePosting) -> CaseQuerySet:
    mine = Case.objects.open().filter(caretaker=posting.user)
    if isinstance(posting, OfficePosting):
        own = {"grid__postings__user": posting.user, "grid__postings__ends_on": None}
        in_grids = Case.objects.filter(**own).values("pk")
        return mine.exclude(pk__in=in_grids).order_by("pk")
    here = mine.filter(grid=posting.grid) if posting.grid_id else mine.filter(village=posting.village)
    return here.order_by("pk")


def successors_of(posting: GridPosting | OfficePosting, *, day: date) -> list[User]:
    """Who may take over: colleagues of the same grid first, then of the village, or of the same body."""
    if isinstance(posting, OfficePosting):
        same = OfficePosting.objects.current(day).filter(organization=posting.organization_id)
        return list(User.objects.filter(office_postings__in=same).exclude(pk=posting.user_id).distinct())
    posts = GridPosting.objects.current(day).filter(village=posting.village_id).exclude(user=posting.user_id)
    found = list(posts.select_related("user").order_by("pk"))
    found.sort(key=lambda post: (post.grid_id != posting.grid_id, post.role))
    return list(dict.fromkeys(post.user for post in found if post.user.is_active))


@transaction.atomic
def relieve_and_hand_over(
    posting: GridPosting | OfficePosting, *, successor: User | None, on: date, at: datetime, by: User
) -> int:
    """End a post and hand over what is open; returns how many cases went. Nothing may stay behind."""
    count = _hand_over(posting, successor=successor, at=at, by=by)
    relieve(posting, on=on, at=at, by=by)
    return count


@transaction.atomic
def transfer_and_hand_over(
    posting: GridPosting,
    *,
    successor: User | None,
    village: Division,
    grid: Grid | None,
    on: date,
    source: str = "",
    document: str = "",
    at: datetime,
    by: User,
) -> GridPosting:
    """Move somebody to another grid; what is open in the old one stays there with a successor."""
    _hand_over(posting, successor=successor, at=at, by=by)
    return transfer(
        posting, village=village, grid=grid, on=on, at=at, by=by, source=source, document=document
    )


def _hand_over(
    posting: GridPosting | OfficePosting, *, successor: User | None, at: datetime, by: User
) -> int:
    place = posting.village if isinstance(posting, GridPosting) else posting.organization.division
    policies.require("relieve", by, place, posting.user)
    for clue in _locked(_kept(posting).filter(confidential=True)):
        if (reader := _first_holder(clue, CLUE_READERS, but=posting.user_id)) is not None:
            hand_over([clue], to=reader, by=None, at=at)
    cases = _locked(kept_by(posting))
    if not cases:
        return 0
    if successor is None:
        raise RuleViolation(
            f"{posting.user.name}还有 {len(cases)} 件在办事项，请选择由谁接手。", field="successor"
        )
    allowed = successors_of(posting, day=day_of(at))
    if successor not in allowed:
        raise RuleViolation("接手的人应是同一网格、同村（社区）或同单位的在任人员。", field="successor")
    hand_over(cases, to=successor, by=by, at=at)
    return len(cases)


def _locked(cases: CaseQuerySet) -> list[Case]:
    return list(cases.select_for_update(of=("self",)).select_related("matter", "unit"))


@transaction.atomic
def hand_over(cases: Iterable[Case], *, to: User, by: User | None, at: datetime) -> None:
    """Give locked open cases another caretaker; what the leaver was handling goes to the leader where needed."""
    note, handed = f"移交给{to.name}", list(cases)
    for case in handed:
        case.caretaker = to
        if case.status == "self_handling" and not _works_in_grid(to, case):
            move_case(case, "pass_to_leader", by=by, at=at, note=note)
            continue
        note_case(case, "hand_over", by=by, at=at, note=note, fields=("caretaker",))
    notices.tell_of_hand_over(handed, to, at=at)


def _works_in_grid(user: User, case: Case) -> bool:
    posts = GridPosting.objects.filter(user=user, grid=case.grid_id, role__in=("full_time", "part_time"))
    return posts.filter(ends_on=None).exists()


# --- What the clock finds left behind ----------------------------------------------------------------------------


def hand_over_left_behind(*, at: datetime, limit: int = BATCH) -> int:
    """Hand over open cases whose caretaker's post ended by itself: a stand-in's, one relieved for a later day."""
    day = day_of(at)
    left = Case.objects.left_behind(day).order_by("pk")
    return sweep_rows(
        "workflow.handover", left, lambda pk: _hand_on(pk, day=day, at=at), at=at, most=limit
    ).done


@transaction.atomic
def _hand_on(pk: int, *, day: date, at: datetime) -> bool:
    """Give one such case to the nearest who may go on with it; a clue to who is named to read it."""
    left = Case.objects.left_behind(day).select_for_update(of=("self",), skip_locked=True)
    case = left.select_related("matter", "unit").filter(pk=pk).first()
    if case is None:
        return False
    to = _first_holder(case, CLUE_READERS if case.confidential else NEXT_OF_KIN, but=case.caretaker_id)
    if to is not None:
        hand_over([case], to=to, by=None, at=at)
    return to is not None


def _first_holder(case: Case, asked: Iterable[tuple[str, str, str]], *, but: int) -> User | None:
    """The first open account that holds one of these verbs on a place of the case."""
    for verb, kind, column in asked:
        held = Grant.objects.in_effect().filter(
            permission__codename=verb,
            content_type__model=kind,
            object_pk=str(getattr(case, column)),
            user__is_active=True,
        )
        grant = held.exclude(user=but).select_related("user").order_by("pk").first()
        if grant is not None:
            return grant.user
    return None
