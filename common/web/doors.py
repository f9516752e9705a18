"""Who may knock at which address. Every address is declared, or the platform does not start (Art. 20; deny by default).

Each app keeps a table ``DOORS`` in its room ``doors.py``: view name → :class:`Door`. The door turns strangers away
before any view runs; what a signed-in person then sees is decided by the rule that the door names.
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
    """One address: open to anybody (and why), or to signed-in people (and by which rule they see what)."""

    is_public: bool
    why: str
    rule: str = ""


def public(why: str) -> Door:
    """Anybody may enter; ``why`` is the reason a reviewer reads."""
    return Door(is_public=True, why=why)


def by_rule(rule: str, why: str = "") -> Door:
    """Signed-in people only; ``rule`` is the dotted path of the function that decides what each may do or see."""
    return Door(is_public=False, why=why, rule=rule)


def own() -> Door:
    """Signed-in people only, and nothing but what is their own."""
    return Door(is_public=False, why="one's own")


KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
_doors: dict[str, Door] = {}
_bodies: dict[str, int] = {}


def declare(namespace: str, doors: Mapping[str, Door]) -> None:
    """Add the doors of a namespace; the same name twice is a mistake."""
    for name, door in doors.items():
        full = f"{namespace}:{name}" if namespace else name
        if full in _doors:
            raise ImproperlyConfigured(f"The door {full} is declared twice.")
        _doors[full] = door


def allow_body(namespace: str, sizes: Mapping[str, int]) -> None:
    """Say that addresses take more bytes than others of their kind (``body_limits``): those that take files."""
    _bodies.update({f"{namespace}:{name}" if namespace else name: size for name, size in sizes.items()})


def allowed_body(view_name: str) -> int:
    """How many bytes the address of a view takes, where it says so itself; else 0."""
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
    """Every (view name, route) of the URL map."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            space = f"{names}{pattern.namespace}:" if pattern.namespace else names
            yield from addresses(pattern.url_patterns, space, route)
        elif isinstance(pattern, URLPattern):
            yield f"{names}{pattern.name or ''}", route


def undeclared() -> list[str]:
    """What is wrong with the doors: addresses without one, doors without an address, rules that do not exist."""
    _discover()
    known = dict(addresses())
    faults = [f"{name} (/{route}) has no door" for name, route in known.items() if name not in _doors]
    faults += [f"the door {name} leads nowhere" for name in _doors if name not in known]
    faults += [f"a body is allowed at {name}, which has no door" for name in _bodies if name not in _doors]
    for name, door in _doors.items():
        try:
            if door.rule:
                import_string(door.rule)
        except ImportError:
            faults.append(f"the door {name} names the rule {door.rule}, which does not exist")
    return faults


def require_doors() -> None:
    """Raise :class:`ImproperlyConfigured` unless every address has declared who may knock."""
    if faults := undeclared():
        raise ImproperlyConfigured("Declare each address in its app's doors.py: " + "; ".join(faults))


class Doorkeeper:
    """Middleware: asks the door before the view. An address without a door answers nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, arguments: Any, names: Any
    ) -> HttpResponse | None:
        """Turn a stranger away from every door that is not public."""
        match = request.resolver_match
        door = door_of(match.view_name) if match else None
        if door is None:
            raise ImproperlyConfigured(
                f"{match and match.view_name} has no door: declare it in its app's doors.py (common/web/doors.py)."
            )
        if door.is_public or request.user.is_authenticated:
            return None
        return turned_away(request)


def turned_away(request: HttpRequest) -> HttpResponse:
    """Send a stranger to sign in: a page by redirection, a piece of a page by htmx's, the API by 401."""
    if request.path.startswith(API_PREFIX):
        return JsonResponse(error_body("not_authenticated", SENTENCES[401]), status=401)
    return led_to(request, redirect_to_login(page_in_hand(request)).url)


def led_to(request: HttpRequest, address: str) -> HttpResponse:
    """Lead the whole page to ``address``, also where htmx asked for a piece of it."""
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)


def page_in_hand(request: HttpRequest) -> str:
    """The page to come back to: never a piece of one, never an address that only takes forms."""
    if not request.headers.get("HX-Request") and request.method in ("GET", "HEAD"):
        return request.get_full_path()
    before = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not own_address(request, before):
        return "/"
    page = urlsplit(before)
    return f"{page.path or '/'}{'?' if page.query else ''}{page.query}"
