"""From which address a request really comes, believing only the proxies that we run."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the client's address: the entry that our outermost proxy wrote, or the connection's own."""
    chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    count: int = settings.TRUSTED_PROXY_COUNT
    if 0 < count <= len(chain) and chain[-count]:
        return str(chain[-count])
    return str(request.META.get("REMOTE_ADDR", ""))
