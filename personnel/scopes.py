"""What an account's grants allow: the single reader of authority.

``authority_of`` costs one statement; the result is kept on the user object, which lives for one request, so a
change of grants takes effect at the next request.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser

from common.records.statements import Statement, compiled, rows_of
from personnel.models import Grant

if TYPE_CHECKING:
    from accounts.models import User
    from grids.models import Division

KEPT_AS = "_authority"


@dataclass(frozen=True)
class Authority:
    """Everything one account may do, as (verb, kind of place, number of the place)."""

    user_id: int | None
    grants: frozenset[tuple[str, str, int]]
    sees_all: bool = False

    def may(self, verb: str, kind: str, place_id: int | None) -> bool:
        """Whether the account holds ``verb`` on exactly this place."""
        return (verb, kind, place_id) in self.grants

    def places(self, kind: str, *verbs: str) -> frozenset[int]:
        """Return the numbers of the places of ``kind`` on which any of ``verbs`` is held."""
        return frozenset(place for verb, found, place in self.grants if found == kind and verb in verbs)

    def holds(self, *verbs: str) -> bool:
        """Whether any of ``verbs`` is held anywhere; this decides which entrances a user sees."""
        return any(verb in verbs for verb, _, _ in self.grants)

    def audiences(self) -> list[str]:
        """Return the audience names whose notices reach this account."""
        return [
            f"user:{self.user_id}",
            *(audience(verb, kind, place) for verb, kind, place in sorted(self.grants)),
        ]


NOBODY = Authority(None, frozenset())


def audience(verb: str, kind: str, place_id: int) -> str:
    """Return the name for everybody who holds ``verb`` on a place: ``dispatch:division:5``."""
    return f"{verb}:{kind}:{place_id}"


def authority_of(user: User | AnonymousUser) -> Authority:
    """Return what ``user`` may do now. Anonymous and disabled accounts may do nothing."""
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    kept: Authority | None = getattr(user, KEPT_AS, None)
    if kept is None:
        kept = Authority(user.pk, _triples(user.pk), user.is_superuser)
        setattr(user, KEPT_AS, kept)
    return kept


def grants_held(user: User) -> list[tuple[str, str, int]]:
    """Return what a user may do now as (verb, kind of place, its number), in order."""
    return sorted(authority_of(user).grants)


def authorities_of(user_ids: Iterable[int]) -> dict[int, Authority]:
    """Return what several accounts may do now; one statement. Closed accounts may do nothing and are left out."""
    held: dict[int, set[tuple[str, str, int]]] = {}
    rows = Grant.objects.filter(user__in=list(user_ids), user__is_active=True).in_effect()
    named = rows.values_list("user", "permission__codename", "content_type__model", "object_pk")
    for user_id, verb, kind, place in named:
        held.setdefault(user_id, set()).add((verb, kind, int(place)))
    return {user_id: Authority(user_id, frozenset(triples)) for user_id, triples in held.items()}


def _triples(user_id: int) -> frozenset[tuple[str, str, int]]:
    sql, _ = _grants_of_one()
    return frozenset((verb, kind, int(place)) for verb, kind, place in rows_of((sql, (user_id,))))


@cache
def _grants_of_one() -> Statement:
    """Returns the statement that reads the grants of one user, whose number is its only value."""
    rows = Grant.objects.filter(user=0).in_effect()
    statement = compiled(rows.values_list("permission__codename", "content_type__model", "object_pk"))
    assert statement[1] == (0,)
    return statement


def forget_authority(user: User) -> None:
    """Drop the kept authority after this request has changed the person's posts."""
    if hasattr(user, KEPT_AS):
        delattr(user, KEPT_AS)


def may_over(authority: Authority, verb: str, place: Division) -> bool:
    """Whether ``verb`` is held on ``place`` or on a place above it: a county covers its townships and villages."""
    held = authority.places("division", verb)
    step: Division | None = place
    while held and step is not None:
        if step.pk in held:
            return True
        step = step.parent
    return False


def anybody_holds(verb: str, kind: str, place_id: int) -> bool:
    """Whether any open account holds ``verb`` on a place now."""
    held = Grant.objects.in_effect().filter(
        permission__codename=verb, content_type__model=kind, object_pk=str(place_id), user__is_active=True
    )
    return bool(held.exists())
