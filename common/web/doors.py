"""Who may open each address. The platform does not start if an address is not declared (Art. 20; deny by default).

Each app has a table ``DOORS`` in its module ``doors.py``: view name → :class:`Door`. The door turns away anonymous
users before any view runs; for signed-in users, the rule named by the door decides what they see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import autodiscover_modules, import_string
from django_htmx.http import HttpResponseClientRedirect

from common.web.api_errors import SENTENCES, error_body
from common.web.error_pages import API_PREFIX
from common.web.next_page import own_address


@dataclass(frozen=True)
class Door:
    """One address: open to everyone (and why), or to signed-in users (with the rule that decides what they see).

    ``greets_strangers`` is true if strangers get a page of their own there, while a user must have taken every step
    of signing in.
    """

    is_public: bool
    why: str
    rules: tuple[str, ...] = ()
    greets_strangers: bool = False


def public(why: str) -> Door:
    """A door for everyone; ``why`` is the reason, for reviewers."""
    return Door(is_public=True, why=why)


def by_rule(*rules: str, why: str = "") -> Door:
    """A door for signed-in users; ``rules`` are the dotted paths of what decides what each may see and do there."""
    return Door(is_public=False, why=why, rules=rules)


def own() -> Door:
    """A door for signed-in users, who see only what is their own."""
    return Door(is_public=False, why="one's own")


def own_or_public(why: str) -> Door:
    """A door for signed-in users, as :func:`own`; a stranger gets a public page there, and ``why`` says which."""
    return Door(is_public=False, why=why, greets_strangers=True)


KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
_doors: dict[str, Door] = {}
_bodies: dict[str, int] = {}


def declare(namespace: str, doors: Mapping[str, Door]) -> None:
    """Add the doors of a namespace; raises if a name is declared twice."""
    for name, door in doors.items():
        full = f"{namespace}:{name}" if namespace else name
        if full in _doors:
            raise ImproperlyConfigured(f"The door {full} is declared twice.")
        _doors[full] = door


def allow_body(namespace: str, sizes: Mapping[str, int]) -> None:
    """Declare larger body limits for some addresses (``body_limits``), such as those that accept files."""
    _bodies.update({f"{namespace}:{name}" if namespace else name: size for name, size in sizes.items()})


def allowed_body(view_name: str) -> int:
    """The declared body limit of a view's address in bytes; 0 if it declares none."""
    _discover()
    return _bodies.get(view_name, 0)


def door_of(view_name: str) -> Door | None:
    """The door of a view name such as ``workflow:case``."""
    _discover()
    return _doors.get(view_name)


@lru_cache(maxsize=1)
def _discover() -> None:
    autodiscover_modules("doors")


def addresses(
    patterns: list[Any] | None = None, names: str = "", prefix: str = ""
) -> Iterator[tuple[str, str]]:
    """Every (view name, route) in the URL configuration."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            space = f"{names}{pattern.namespace}:" if pattern.namespace else names
            yield from addresses(pattern.url_patterns, space, route)
        elif isinstance(pattern, URLPattern):
            yield f"{names}{pattern.name or ''}", route


def undeclared() -> list[str]:
    """The faults of the doors: addresses without a door, doors without an address, rules that do not exist."""
    _discover()
    known = dict(addresses())
    faults = [f"{name} (/{route}) has no door" for name, route in known.items() if name not in _doors]
    faults += [f"the door {name} leads nowhere" for name in _doors if name not in known]
    faults += [f"a body is allowed at {name}, which has no door" for name in _bodies if name not in _doors]
    for name, door in _doors.items():
        for rule in door.rules:
            try:
                import_string(rule)
            except ImportError:
                faults.append(f"the door {name} names the rule {rule}, which does not exist")
    return faults


def require_doors() -> None:
    """Raise :class:`ImproperlyConfigured` unless every address has a declared door."""
    if faults := undeclared():
        raise ImproperlyConfigured("Declare each address in its app's doors.py: " + "; ".join(faults))


class Doorkeeper:
    """Middleware: checks the door before the view. An address without a door is closed to everyone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, arguments: Any, names: Any
    ) -> HttpResponse | None:
        """Turn an anonymous user away from every door that is not public."""
        match = request.resolver_match
        door = door_of(match.view_name) if match else None
        if door is None:
            raise ImproperlyConfigured(
                f"{match and match.view_name} has no door: declare it in its app's doors.py (common/web/doors.py)."
            )
        if door.is_public or door.greets_strangers or request.user.is_authenticated:
            return None
        return turned_away(request)


def turned_away(request: HttpRequest) -> HttpResponse:
    """Send an anonymous user to sign in: a redirect for a page, an htmx redirect for a fragment, 401 for the API."""
    if request.path.startswith(API_PREFIX):
        return JsonResponse(error_body("not_authenticated", SENTENCES[401]), status=401)
    return led_to(request, redirect_to_login(page_in_hand(request)).url)


def led_to(request: HttpRequest, address: str) -> HttpResponse:
    """Redirect the whole page to ``address``, even if htmx asked for a fragment."""
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)


def page_in_hand(request: HttpRequest) -> str:
    """The page to return to: never a fragment, never an address that only accepts forms."""
    if not request.headers.get("HX-Request") and request.method in ("GET", "HEAD"):
        return request.get_full_path()
    before = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not own_address(request, before):
        return "/"
    page = urlsplit(before)
    return f"{page.path or '/'}{'?' if page.query else ''}{page.query}"
