"""What the log contains about a request: never a search, a code, a name or an address."""

from __future__ import annotations

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware


class RequestLog(RequestMiddleware):
    """The log lines of django-structlog with the path only, because a query may contain a name."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Method and path; log masking removes the code from ``/r/<code>/``."""
        return f"{request.method} {request.path}"
