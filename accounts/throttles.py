"""How many requests of the API one account and one network may make in a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.counting import seconds_to_wait
from common import clock
from common.client_address import client_network
from common.rate_limit import uses_of

if TYPE_CHECKING:
    from rest_framework.views import APIView

A_MINUTE = 60


class MinuteThrottle(BaseThrottle):
    """Counted in Redis, which costs a report no statement; without Redis the writes are counted in PostgreSQL."""

    waiting = 0

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request for its account and its network."""
        kind = "read" if request.method in SAFE_METHODS else "write"
        names = {"network": client_network(request)}
        if request.user.pk:
            names["account"] = str(request.user.pk)
        for whose, name in names.items():
            limit = settings.API_RATES[kind][whose]
            self.waiting = max(self.waiting, _wait(kind, f"api:{kind}:{whose}:{name}", limit=limit))
        return not self.waiting

    def wait(self) -> float:
        """In so many seconds it may be tried again."""
        return self.waiting


def _wait(kind: str, name: str, *, limit: int) -> int:
    uses = uses_of(name, seconds=A_MINUTE)
    if uses is None and kind == "write":
        return seconds_to_wait(name, limit=limit, seconds=A_MINUTE, at=clock.machine_now())
    return A_MINUTE if (uses or 0) > limit else 0
