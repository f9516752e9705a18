"""What other apps show on the page of a case: each registers a template, and a function for what stands in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from common.shapes import Context, Shown
from workflow.models import Case

Contents = Callable[[User, Case], Context]
_panels: dict[str, Contents] = {}


@dataclass(frozen=True, slots=True)
class Panel(Shown):
    """A part of the page of a case: its template, and the context in it."""

    template: str
    contents: dict[str, Any]


def register_panel(template: str, contents: Contents) -> None:
    """Registers a part of the page of a case; it is left out where ``contents`` is empty."""
    _panels[template] = contents


def panels_of(user: User, case: Case) -> list[Panel]:
    """Returns the parts that other apps show to the user beside a case, in the order of their registration."""
    found = ((template, contents(user, case)) for template, contents in _panels.items())
    return [Panel(template, dict(contents)) for template, contents in found if contents]
