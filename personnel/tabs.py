"""The tabs above the pages of one entrance: each is shown to the users who may open its page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User


def everybody(user: User) -> bool:
    """Open to every signed-in user."""
    return True


@dataclass(frozen=True)
class Tab:
    """A page, its name, and who may open it."""

    view: str
    name: str
    opens: Callable[[User], object] = everybody


@dataclass(frozen=True)
class TabLink:
    """A tab as the page shows it."""

    url: str
    name: str
    is_current: bool


def links_of(tabs: Sequence[Tab], user: User, here: str) -> list[TabLink]:
    """Return the tabs that the user may open, and the present page in any case."""
    return [
        TabLink(reverse(tab.view), tab.name, is_current=tab.view == here)
        for tab in tabs
        if tab.view == here or tab.opens(user)
    ]
