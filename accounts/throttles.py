"""How many requests of the API one account and one network may make in a minute."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.counting import seconds_to_wait
from common import clock
from common.web.client_address import client_network
from common.web.rate_limit import uses_of

if TYPE_CHECKING:
    from rest_framework.views import APIView

A_MINUTE = 60


class MinuteThrottle(BaseThrottle):
    """Counts in Redis, so that a report costs no extra statement; without Redis writes are counted in PostgreSQL."""

    waiting = 0

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request for its account and its network; returns whether it is within the limits."""
        kind = "read" if request.method in SAFE_METHODS else "write"
        names = {"network": client_network(request)}
        if request.user.pk:
            names["account"] = str(request.user.pk)
        limits = {
            f"api:{kind}:{whose}:{name}": settings.API_RATES[kind][whose] for whose, name in names.items()
        }
        self.waiting = _wait(limits, without_redis=kind == "write")
        return not self.waiting

    def wait(self) -> float:
        """The seconds until the next try."""
        return self.waiting


def _wait(limits: dict[str, int], *, without_redis: bool) -> int:
    """Count one more use of each name; return the seconds to wait when one is above its limit, else 0."""
    uses = uses_of(*limits, seconds=A_MINUTE)
    if uses is not None:
        return A_MINUTE if any(map(operator.gt, uses, limits.values())) else 0
    if not without_redis:
        return 0
    at = clock.machine_now()
    return max(seconds_to_wait(name, limit=limit, seconds=A_MINUTE, at=at) for name, limit in limits.items())
