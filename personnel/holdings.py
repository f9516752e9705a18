"""The registry of what people and bodies hold, and how it is handed over when they go (Art. 5, 10, 17, 18).

An app registers each kind in its module ``leaving``. When a person leaves, the page lists every kind, the user chooses
a successor if one is needed, and everything is handed over in the transaction that ends the post.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from personnel.models import GridPosting, OfficePosting, Organization

Posting = GridPosting | OfficePosting


def nothing_of_bodies(body: Organization, *, into: Organization, **_: Any) -> int:
    """Return 0; for a kind that no body holds."""
    return 0


@dataclass(frozen=True)
class Holding:
    """One kind of thing that a person holds because of a post, or that a body holds itself.

    ``of_post`` returns the rows that a manager of the staff may know of. ``pass_on(post, to=, by=, at=)`` and
    ``merge(body, into=, by=, at=)`` hand over all of it and return how many; ``to`` is the successor if
    ``needs_successor`` is set.
    """

    word: str
    of_post: Callable[[Posting], QuerySet[Any]]
    pass_on: Callable[..., int]
    needs_successor: bool = False
    becomes: str = ""  # the page's words for what happens to it without a successor
    of_body: Callable[[Organization], QuerySet[Any]] | None = None
    merge: Callable[..., int] = nothing_of_bodies


_kinds: list[Holding] = []


def register(kind: Holding) -> None:
    """Register a kind."""
    _kinds.append(kind)


def every_kind() -> tuple[Holding, ...]:
    """Return all kinds that apps have registered."""
    return tuple(_kinds)


def held_by(post: Posting) -> list[tuple[Holding, int]]:
    """Return the kinds that a person holds because of a post, with their counts; empty kinds are left out."""
    counted = [(kind, kind.of_post(post).count()) for kind in _kinds]
    return [(kind, count) for kind, count in counted if count]


def waiting_in(body: Organization) -> int:
    """Return how many things a body holds."""
    return sum(kind.of_body(body).count() for kind in _kinds if kind.of_body)
