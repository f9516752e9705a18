"""When sessions end, and the required sign-in steps: own password, second factor (Art. 20)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode

from accounts import sessions
from accounts.actions.devices import device_of, note_seen
from accounts.actions.factor import has_second_factor
from accounts.models import User
from common import clock
from common.web.api_errors import error_body
from common.web.doors import door_of, led_to, page_in_hand, turned_away
from common.web.error_pages import API_PREFIX
from personnel.scopes import Authority, authority_of

ADMINISTERS = (
    *("publish_grids", "publish_matters", "administer_system", "administer_security", "administer_audit"),
)
# Verbs that open personal data of others (access: T2 to T4) or dispatch work.
REVEALS = (
    *("manage_staff", "view_personal", "view_clues", "supervise", "handle_conduct"),
    *("dispatch", "handle", "report", "coordinate", "guide"),
)
FIELD = frozenset(("report", "coordinate", "guide", "watch"))
# Pages that may be opened before the second factor or the first own password.
ON_THE_WAY = (
    *("accounts:sign_out", "accounts:set_password", "accounts:second_factor", "accounts:enrol"),
    *("accounts:confirm", "accounts:device"),
    *("frame:help", "frame:text_size"),
)


def needs_second_factor(authority: Authority) -> bool:
    """Whether the account needs a second factor: administrators, users who may open others' data, and dispatchers."""
    return authority.sees_all or authority.holds(*ADMINISTERS, *REVEALS)


def works_in_the_field(authority: Authority) -> bool:
    """Whether the account has only grid posts; then a bound phone is its second factor."""
    return bool(authority.grants) and {verb for verb, _, _ in authority.grants} <= FIELD


def kind_of(request: HttpRequest, user: User, *, at: datetime) -> str:
    """Return the kind of session: administrator, bound field phone, or office."""
    authority = authority_of(user)
    if authority.sees_all or authority.holds(*ADMINISTERS):
        return "administrator"
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    phone = device_of(user, token, at=at) if works_in_the_field(authority) else None
    if phone is None:
        return "office"
    note_seen(phone, at=at)
    return sessions.PHONE


class SessionLimits:
    """Middleware: ends sessions that were idle too long, lasted too long or were ended elsewhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, arguments: Any, names: Any
    ) -> HttpResponse | None:
        """Sign the user out if the session is over; a public page is then shown as to anybody."""
        if not isinstance(request.user, User):
            return None
        at = clock.machine_now()
        match = request.resolver_match
        name = match.view_name if match else ""
        if sessions.BEGAN not in request.session:
            sessions.begin(request, request.user, at=at)
        if sessions.needs_its_kind(request, at=at):
            sessions.become(request, kind_of(request, request.user, at=at))
        sentence = sessions.why_over(request, request.user, at=at)
        if not sentence:
            if name not in settings.BACKGROUND_VIEWS:
                sessions.note_use(request, at=at)
            return None
        if name in settings.BACKGROUND_VIEWS and not request.headers.get("HX-Request"):
            return _refusal_as_json(sentence)  # the page itself then sends a request and gets the reason
        logout(request)
        door = door_of(name)
        return None if door and door.is_public else _outside(request, sentence)


def _outside(request: HttpRequest, sentence: str) -> HttpResponse:
    if request.path.startswith(API_PREFIX):
        return _refusal_as_json(sentence)
    messages.info(request, sentence)
    return turned_away(request)


def _refusal_as_json(sentence: str) -> JsonResponse:
    return JsonResponse(error_body("not_authenticated", sentence), status=401)


class SignInSteps:
    """Middleware: first requires the user's own password and, if needed, the second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, arguments: Any, names: Any
    ) -> HttpResponse | None:
        """Redirect a user who is not fully signed in to the next step."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        door = door_of(name)
        if not isinstance(request.user, User) or name in ON_THE_WAY or (door and door.is_public):
            return None
        step = next_step(request, request.user)
        if not step:
            return None
        if request.path.startswith(API_PREFIX):
            return _refusal_as_json("请先在网页上完成登录。")
        page = page_in_hand(request)
        return led_to(request, reverse(step) + (f"?{urlencode({'next': page})}" if page != "/" else ""))


def next_step(request: HttpRequest, user: User) -> str:
    """Return the page that must come first, or empty. Demonstration accounts need none: their password is public."""
    if user.must_set_password:
        return "accounts:set_password"
    if not settings.SECOND_FACTOR_REQUIRED or user.is_demonstration or request.session.get(sessions.VERIFIED):
        return ""
    if sessions.HAS_FACTOR not in request.session:
        request.session[sessions.HAS_FACTOR] = has_second_factor(user)
    if request.session[sessions.HAS_FACTOR]:
        return "accounts:second_factor"
    authority = authority_of(user)
    if not needs_second_factor(authority) or request.session.get(sessions.KIND) == sessions.PHONE:
        return ""
    return "accounts:device" if works_in_the_field(authority) else "accounts:enrol"
