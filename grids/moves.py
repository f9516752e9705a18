"""What follows when a division gets another parent: apps say it in ``follows.py``, the act that moves it runs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from grids.models import Division


@dataclass(frozen=True)
class Moved:
    """A division that has got another parent: as it is now, the parent before, from which day, by which document."""

    division: Division
    before: Division
    on: date
    document: str

    @property
    def after(self) -> Division:
        """The present parent."""
        assert self.division.parent is not None  # only the city has none, and it does not move
        return self.division.parent


class Follower(Protocol):
    """Takes along what lies in a moved division, in the transaction of the move. Returns how many rows."""

    def __call__(self, moved: Moved, *, by_id: int | None, at: datetime) -> int: ...


_followers: list[Callable[..., int]] = []


def register(follower: Follower) -> None:
    """Register what follows a division."""
    _followers.append(follower)


def tell_followers(moved: Moved, *, by_id: int | None, at: datetime) -> None:
    """Run everything that follows the division."""
    for follow in _followers:
        follow(moved, by_id=by_id, at=at)
