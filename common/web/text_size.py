"""The text size chosen on a device, kept in a cookie: ``large`` or empty."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

YEAR_SECONDS = 365 * 24 * 60 * 60


def keep_text_size(request: HttpRequest, answer: HttpResponse, size: str) -> HttpResponse:
    """Store ``size`` in a cookie of the device for a year."""
    answer.set_cookie(
        "text_size", size, max_age=YEAR_SECONDS, samesite="Lax", httponly=True, secure=request.is_secure()
    )
    return answer
