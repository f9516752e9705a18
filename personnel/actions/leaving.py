"""A person leaves or moves, and all that the person holds is handed over with the end of the post (Art. 10, 18)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from common.errors import RuleViolation
from grids.models import Division, Grid
from personnel import policies
from personnel.actions.appoint import relieve
from personnel.actions.transfers import transfer
from personnel.holdings import Posting, every_kind
from personnel.models import GridPosting, OfficePosting
from worktime.clocks import day_of


def successors_of(posting: Posting, *, day: date) -> list[User]:
    """Return who may take over: colleagues of the same grid first, then of the village, or of the same body."""
    if isinstance(posting, OfficePosting):
        same = OfficePosting.objects.current(day).filter(organization=posting.organization_id)
        return list(User.objects.filter(office_postings__in=same).exclude(pk=posting.user_id).distinct())
    posts = GridPosting.objects.current(day).filter(village=posting.village_id).exclude(user=posting.user_id)
    found = list(posts.select_related("user").order_by("pk"))
    found.sort(key=lambda post: (post.grid_id != posting.grid_id, post.role))
    return list(dict.fromkeys(post.user for post in found if post.user.is_active))


@transaction.atomic
def relieve_and_hand_over(
    posting: Posting, *, successor: User | None, on: date, at: datetime, by: User
) -> int:
    """End a post and hand over everything that is held; returns how many things went to the successor."""
    count = hand_over_all(posting, successor=successor, at=at, by=by)
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
    """Move a person to another grid; open matters of the old grid stay there with a successor."""
    hand_over_all(posting, successor=successor, at=at, by=by)
    return transfer(
        posting, village=village, grid=grid, on=on, at=at, by=by, source=source, document=document
    )


def hand_over_all(posting: Posting, *, successor: User | None, at: datetime, by: User) -> int:
    """Hand over everything that is held because of a post; returns how many things went to the successor.

    Raises :class:`NotPermitted` if ``by`` does not manage the post, :class:`RuleViolation` if a successor is missing
    or is not a colleague.
    """
    place = posting.village if isinstance(posting, GridPosting) else posting.organization.division
    policies.require("relieve", by, place, posting.user)
    went = 0
    for kind in every_kind():
        waiting = kind.of_post(posting).count() if kind.needs_successor else 0
        if waiting:
            _require_colleague(posting, successor, f"{waiting} 件{kind.word}", day=day_of(at))
        count = kind.pass_on(posting, to=successor, by=by, at=at)
        went += count if kind.needs_successor else 0
    return went


def _require_colleague(posting: Posting, successor: User | None, waiting: str, *, day: date) -> None:
    if successor is None:
        raise RuleViolation(f"{posting.user.name}还有 {waiting}，请选择由谁接手。", field="successor")
    if successor not in successors_of(posting, day=day):
        raise RuleViolation("接手的人应是同一网格、同村（社区）或同单位的在任人员。", field="successor")
