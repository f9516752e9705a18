"""People whom the sign-in page lets in with one click: those whom the demonstration registers, in demo mode only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Persona:
    """One login of the demo: what it is called and what to try first."""

    username: str
    name: str
    post: str
    try_first: str


_registered: list[Persona] = []


def offer(personas: Iterable[Persona]) -> None:
    """Register the people of a demonstration."""
    _registered.extend(personas)


def personas_on_offer() -> tuple[Persona, ...]:
    """Everybody who may be entered with one click now; nobody outside demo mode."""
    return tuple(_registered) if settings.DEMO_MODE else ()
