"""What every page may show: the request's number to quote to support, and whether this is the demo."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, object]:
    """A context processor."""
    bound = structlog.contextvars.get_contextvars()
    return {"request_id": bound.get("request_id", ""), "demo_mode": settings.DEMO_MODE}
