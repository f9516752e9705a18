"""The tabs above the pages of one entrance: each is shown to the users who may open its page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from common.web.shapes import Link


def everybody(user: User) -> bool:
    """Open to every signed-in user."""
    return True


@dataclass(frozen=True)
class Tab:
    """A page, its name, and who may open it."""

    view: str
    name: str
    opens: Callable[[User], object] = everybody


def links_of(tabs: Sequence[Tab], user: User, here: str) -> list[Link]:
    """Return the tabs that the user may open, and the present page in any case."""
    return [
        Link(url=reverse(tab.view), name=tab.name, is_current=tab.view == here)
        for tab in tabs
        if tab.view == here or tab.opens(user)
    ]
