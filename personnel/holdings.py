"""What people and bodies hold, and what becomes of it when they go: one registry for all apps (Art. 5, 10, 17, 18).

An app registers each kind in its module ``leaving``. Whoever lets somebody leave is told of every kind, chooses a
successor where one is needed, and all of it goes over in the transaction that ends the post.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from personnel.models import GridPosting, OfficePosting, Organization

Posting = GridPosting | OfficePosting


def nothing_of_bodies(body: Organization, *, into: Organization, **_: Any) -> int:
    """For a kind that no body holds."""
    return 0


@dataclass(frozen=True)
class Holding:
    """One kind of thing that somebody holds because of a post, or a body by itself.

    ``of_post`` gives what whoever manages the staff may know of. ``pass_on(post, to=, by=, at=)`` and
    ``merge(body, into=, by=, at=)`` give all of it to somebody else and return how many went; ``to`` is the successor
    where ``needs_successor``.
    """

    word: str
    of_post: Callable[[Posting], QuerySet[Any]]
    pass_on: Callable[..., int]
    needs_successor: bool = False
    becomes: str = ""  # what the page says becomes of it where nobody is chosen
    of_body: Callable[[Organization], QuerySet[Any]] | None = None
    merge: Callable[..., int] = nothing_of_bodies


_kinds: list[Holding] = []


def register(kind: Holding) -> None:
    """Make a kind known."""
    _kinds.append(kind)


def every_kind() -> tuple[Holding, ...]:
    """All kinds that apps have registered."""
    return tuple(_kinds)


def held_by(post: Posting) -> list[tuple[Holding, int]]:
    """What somebody holds because of a post, and how many of each; kinds of which there is nothing are left out."""
    counted = [(kind, kind.of_post(post).count()) for kind in _kinds]
    return [(kind, count) for kind, count in counted if count]


def waiting_in(body: Organization) -> int:
    """How many things a body has in hand."""
    return sum(kind.of_body(body).count() for kind in _kinds if kind.of_body)
