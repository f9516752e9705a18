"""What the log says of a request and of a failed sign-in: never a search, a code, a name or an address."""

from __future__ import annotations

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware


class RequestLog(RequestMiddleware):
    """django-structlog's lines with the path alone: a query may hold a name."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Method and path; the log's own masking takes the code out of ``/r/<code>/``."""
        return f"{request.method} {request.path}"


def unnamed_client(*told: object) -> str:
    """What django-axes writes of somebody who failed to sign in; its table has the rest."""
    return "somebody"
