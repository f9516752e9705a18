"""The scheduled tasks of complaints; they decide nothing themselves and may run twice."""

from __future__ import annotations

from celery import shared_task

from common import clock
from conduct.evidence import draw_waiting


@shared_task(name="conduct.tasks.draw_photos")
def draw_photos() -> int:
    """Decode the waiting photos of complaints."""
    return draw_waiting(at=clock.now())
