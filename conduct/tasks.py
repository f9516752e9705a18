"""Beat's shell over what happens by itself with complaints: thin, may run twice, takes no decision."""

from __future__ import annotations

from celery import shared_task

from common import clock
from conduct.evidence import draw_waiting


@shared_task(name="conduct.tasks.draw_photos")
def draw_photos() -> int:
    """Photos of complaints that wait to be decoded."""
    return draw_waiting(at=clock.now())
