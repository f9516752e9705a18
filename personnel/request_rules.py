"""Who decides whether a person who serves elsewhere is posted: the superior, or the county above both (Art. 11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from grids.models import Division
from personnel import states
from personnel.account_management import places_outside
from personnel.models import PostRequest
from personnel.post_compatibility import posts_of
from personnel.rules import Rule, Rules
from personnel.scopes import NOBODY, Authority, authorities_of, authority_of, may_over


@dataclass(frozen=True)
class Asked:
    """An application, as it is on a day."""

    request: PostRequest
    day: date
    outside: tuple[Division, ...]

    @property
    def key(self) -> str:
        """Return the application's name in the trace."""
        return f"post_request:{self.request.pk}"


def asked_today(request: PostRequest, *, day: date) -> Asked:
    """Return the application with the person's present places outside the applicant's territory."""
    applicant = authority_of(request.asked_by)
    return Asked(request, day, tuple(places_outside(applicant, request.user_id, day=day)))


def is_superior(authority: Authority, asked: Asked) -> bool:
    """Whether the user manages every place outside the applicant's territory where the person serves."""
    return bool(asked.outside) and all(may_over(authority, "manage_staff", place) for place in asked.outside)


def is_applicant(authority: Authority, asked: Asked) -> bool:
    """Whether the user is the applicant."""
    return authority.user_id == asked.request.asked_by_id


def parties(asked: Asked) -> tuple[int, int]:
    """Return the accounts of the applicant and of the person to be posted."""
    return asked.request.asked_by_id, asked.request.user_id


BY_SUPERIOR = "由这名人员现任岗位的上级，或同时管理两地的县区确认；申请人和本人不能确认（条例第十一条）。"
WHO_MAY: Rules[Asked] = Rules(
    {
        "confirm": Rule(is_superior, BY_SUPERIOR, parties, BY_SUPERIOR),
        "refuse": Rule(is_superior, BY_SUPERIOR, parties, BY_SUPERIOR),
        "withdraw": Rule(is_applicant, "由申请人收回。"),
    },
    is_time=lambda verb, asked: states.POST_REQUEST_MOVES.allows(verb, status=asked.request.status),
)


def verbs_of_rows(
    user: User, rows: list[PostRequest], *, day: date
) -> Iterator[tuple[PostRequest, list[str]]]:
    """Yield each application with the verbs that the user may run now; a fixed number of statements."""
    waiting = [row for row in rows if row.status == "waiting"]
    posts = posts_of({row.user_id for row in waiting}, since=day)
    applicants = authorities_of({row.asked_by_id for row in waiting})
    authority = authority_of(user)
    for row in rows:
        places = [post.place for post in posts.get(row.user_id, [])]
        held = applicants.get(row.asked_by_id, NOBODY)
        outside = tuple(place for place in places if not may_over(held, "manage_staff", place))
        yield row, WHO_MAY.open_under(authority, Asked(row, day, outside))
