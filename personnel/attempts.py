"""Middleware: refused attempts are recorded in the chain of the account (Art. 25, 26)."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from audit.attempts import Attempt, noting_attempts, write_attempts
from common import clock
from common.web.doors import door_of
from personnel.scopes import authority_of
from personnel.sessions import ADMINISTERS

log = structlog.get_logger(__name__)
GIVES_POWER = (*ADMINISTERS, "manage_staff", "approve_grants", "review_law")
TURNED_BACK = (403, 404)


class RefusedAttempts:
    """Writes refused attempts after the view, when its transaction has been rolled back.

    In addition to what the rules have noted, it records every page and verb that refused a user who can give power,
    such as the account of a person of another county. For other users such an answer is only a mistyped address.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with noting_attempts() as found:
            response = self.get_response(request)
        if not found and response.status_code in TURNED_BACK:
            found = _turned_back(request)
        if found:
            _write(found)
        return response


def _turned_back(request: HttpRequest) -> list[Attempt]:
    match, user = request.resolver_match, request.user
    door = door_of(match.view_name) if match else None
    if match is None or door is None or door.is_public or not match.kwargs or not isinstance(user, User):
        return []
    authority = authority_of(user)
    if not (authority.sees_all or authority.holds(*GIVES_POWER)):
        return []
    on = ":".join(str(value) for value in match.kwargs.values())
    verb = f"{request.method} {match.view_name}"
    return [Attempt(user.pk, verb[:40], on[:64])]


def _write(found: list[Attempt]) -> None:
    """Write the attempts; if that fails, log the error and leave the answer as it is."""
    actors = sorted({attempt.actor_id for attempt in found})
    try:
        with transaction.atomic():
            list(
                User.objects.select_for_update(no_key=True).filter(pk__in=actors).order_by("pk").values("pk")
            )
            write_attempts(found, at=clock.now())
    except DatabaseError:
        log.exception("refused_attempts_not_written", actors=actors)
