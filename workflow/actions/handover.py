"""Hand-over of open cases when a person or a body leaves, also by the clock (Art. 5, 10, 17, 18)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from personnel.holdings import Posting
from personnel.models import Grant, GridPosting, OfficePosting, Organization
from sweeps.actions import sweep_rows
from workflow import notices, shares
from workflow.models import Case
from workflow.querysets import CaseQuerySet, concerning
from workflow.stages import move_case, note_case
from worktime.clocks import day_of

BATCH = 1000
# Who takes over such a case, the nearest first: (verb, kind of place, the case's column).
NEXT_OF_KIN = (
    ("report", "grid", "grid_id"),
    ("coordinate", "division", "village_id"),
    ("guide", "division", "village_id"),
    ("dispatch", "division", "township_id"),
    ("dispatch", "division", "county_id"),
)
CLUE_READERS = tuple(("view_clues", "division", f"{level}_id") for level in ("township", "county", "city"))


def kept_by(posting: Posting) -> CaseQuerySet:
    """Returns the open cases that the person takes care of because of this post, and merged reports that go on.

    Clues are left out: the person who manages the staff must not learn that somebody reported one (Art. 20).
    """
    return _kept(posting).filter(confidential=False)


def _kept(posting: Posting) -> CaseQuerySet:
    mine = Case.objects.taken_care_of().filter(caretaker=posting.user)
    if isinstance(posting, OfficePosting):
        own = {"grid__postings__user": posting.user, "grid__postings__ends_on": None}
        in_grids = Case.objects.filter(**own).values("pk")
        return mine.exclude(pk__in=in_grids).order_by("pk")
    here = mine.filter(grid=posting.grid) if posting.grid_id else mine.filter(village=posting.village)
    return here.order_by("pk")


def hand_over_of_post(posting: Posting, *, to: User | None, by: User, at: datetime) -> int:
    """Hands the open cases of a post to ``to``, and its clues to a named reader of clues. Returns how many cases."""
    for clue in _locked(_kept(posting).filter(confidential=True)):
        if (reader := _first_holder(clue, CLUE_READERS, but=posting.user_id)) is not None:
            hand_over([clue], to=reader, by=None, at=at)
    cases = _locked(kept_by(posting))
    if cases and to is not None:
        hand_over(cases, to=to, by=by, at=at)
    return len(cases)


def pass_to_body(body: Organization, *, into: Organization, by: User | None, at: datetime) -> int:
    """Passes the open cases in which ``body`` has a part to ``into``. Returns how many (Art. 5, 17)."""
    cases = list(concerned(body).select_for_update(of=("self",)).order_by("pk"))
    shares.pass_parts_on(body, into, at=at)
    for case in cases:
        if case.unit_id == body.pk:
            case.unit = into
        note_case(case, "hand_over", by=by, at=at, note=f"{body}并入{into}", fields=("unit",))
    notices.tell_unit_of_merger(body, into, count=len(cases), at=at)
    return len(cases)


def concerned(body: Organization) -> CaseQuerySet:
    """Returns the open cases in which a body has a part."""
    return Case.objects.open().filter(concerning(frozenset({body.pk})))


def _locked(cases: CaseQuerySet) -> list[Case]:
    return list(cases.select_for_update(of=("self",)).select_related("matter", "unit"))


@transaction.atomic
def hand_over(cases: Iterable[Case], *, to: User, by: User | None, at: datetime) -> None:
    """Gives locked cases another caretaker. A case in self-handling goes to the leader where needed."""
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


# --- Cases whose caretaker is gone ----------------------------------------------------------------------------


def hand_over_left_behind(*, at: datetime, limit: int = BATCH) -> int:
    """Hands over open cases whose caretaker's post ended by its date, such as a stand-in's. Returns how many."""
    day = day_of(at)
    left = Case.objects.left_behind(day).order_by("pk")
    return sweep_rows(
        "workflow.handover", left, lambda pk: _hand_on(pk, day=day, at=at), at=at, most=limit
    ).done


@transaction.atomic
def _hand_on(pk: int, *, day: date, at: datetime) -> bool:
    """Gives one such case to the nearest person who may take it over; a clue goes to a named reader of clues."""
    left = Case.objects.left_behind(day).select_for_update(of=("self",), skip_locked=True)
    case = left.select_related("matter", "unit").filter(pk=pk).first()
    if case is None:
        return False
    to = next_caretaker(case, but=case.caretaker_id)
    if to is not None:
        hand_over([case], to=to, by=None, at=at)
    return to is not None


def next_caretaker(case: Case, *, but: int) -> User | None:
    """Returns the nearest person who may take care of the case, other than ``but``; for a clue a named reader."""
    return _first_holder(case, CLUE_READERS if case.confidential else NEXT_OF_KIN, but=but)


def _first_holder(case: Case, asked: Iterable[tuple[str, str, str]], *, but: int) -> User | None:
    """Returns the first active account that holds one of these verbs on a place of the case."""
    for verb, kind, column in asked:
        held = Grant.objects.in_effect().filter(
            permission__codename=verb,
            content_type__model=kind,
            object_pk=str(getattr(case, column)),
            user__is_active=True,
        )
        grant = held.exclude(user=but).select_related("user").order_by("pk").first()
        if grant is not None:
            holder: User = grant.user
            return holder
    return None
