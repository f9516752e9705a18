"""People who can sign in with one click on the sign-in page; the demonstration registers them, in demo mode only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Persona:
    """One login of the demo: its name and what to try first."""

    username: str
    name: str
    post: str
    try_first: str


_registered: list[Persona] = []


def offer(personas: Iterable[Persona]) -> None:
    """Register the people of a demonstration."""
    _registered.extend(personas)


def personas_on_offer() -> tuple[Persona, ...]:
    """Return everybody who can sign in with one click now; empty outside demo mode."""
    return tuple(_registered) if settings.DEMO_MODE else ()
