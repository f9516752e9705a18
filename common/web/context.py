"""Context for every page: the request's number for support, and whether this is the demo."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.http import HttpRequest

from common.shapes import Context


def house(request: HttpRequest) -> Context:
    """Context processor with the request's number and the demo flag."""
    bound = structlog.contextvars.get_contextvars()
    return {"request_id": bound.get("request_id", ""), "demo_mode": settings.DEMO_MODE}
