"""A phone hands in what it kept when the account of its owner was closed; nothing else is open to it (Art. 10, 18, 20).

A bound phone keeps its token after the closing has unbound it. For some days the token still proves whose phone it was,
and the addresses that name :class:`KeptPhone` take in what was written before the closing. A phone that was unbound
earlier, or whose owner was signed out everywhere, proves nothing. No session begins and nothing is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from accounts.actions.devices import token_digest
from accounts.models import Device, User
from common import clock
from common.errors import NotPermitted
from common.shapes import Json, Shown

HANDED_IN_FOR = timedelta(days=7)  # after the closing
OVER = (
    f"这部手机不能再交了：账号停用满 {HANDED_IN_FOR.days} 天，或手机在停用以前已解绑。"
    "写的内容还在手机上，请转告现任网格员。"
)


def writer_of(request: HttpRequest | Request) -> User | None:
    """Returns the owner of the phone if the closing of the account unbound it and was not too long ago.

    A request without such a phone asks the database nothing, not even for the time.
    """
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    if not token:
        return None
    at = clock.now()
    phones = Device.objects.filter(
        token_hash=token_digest(token),
        ends_at__gt=at,
        removed_at=F("user__closed_at"),
        user__is_active=False,
        user__closed_at__gt=at - HANDED_IN_FOR,
    )
    if not settings.DEMO_MODE:
        phones = phones.filter(user__is_demonstration=False)
    phone = phones.select_related("user").first()
    return phone.user if phone else None


@dataclass(frozen=True, slots=True)
class HandingIn(Shown):
    """What the page of signing in says to such a phone: whose it was, when the account was closed, until when."""

    account: int
    closed_at: datetime
    until: datetime


def handing_in(request: HttpRequest) -> HandingIn | None:
    """Returns what a phone that may still hand in is shown; None for any other. No statement without a bound phone."""
    writer = writer_of(request)
    if writer is None or writer.closed_at is None:
        return None
    return HandingIn(writer.pk, writer.closed_at, writer.closed_at + HANDED_IN_FOR)


class KeptPhone(BaseAuthentication):
    """Lets in a phone by :func:`writer_of`, whatever session it has. Raises :class:`NotPermitted` for any other."""

    def authenticate(self, request: Request) -> tuple[User, None]:
        """Returns the owner of the phone, before anything of the request is read."""
        writer = writer_of(request)
        if writer is None:
            raise NotPermitted(OVER, verb="hand_in")
        SessionAuthentication().enforce_csrf(request)
        return writer, None


class KeptPhoneScheme(OpenApiAuthenticationExtension):
    """How the description of the API names it."""

    target_class = "accounts.handing_in.KeptPhone"
    name = "keptPhone"

    def get_security_definition(self, auto_schema: object) -> Json:
        """Returns the cookie of the phone."""
        return {"type": "apiKey", "in": "cookie", "name": settings.DEVICE_COOKIE_NAME}
