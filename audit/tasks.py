"""The Celery task for sealing and anchoring."""

from __future__ import annotations

from celery import shared_task

from audit.anchoring import seal_and_anchor
from common import clock


@shared_task(name="audit.tasks.anchor")
def anchor() -> int:
    """Seal the links that were written since the last minute."""
    return seal_and_anchor(at=clock.now())
