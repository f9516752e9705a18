"""Public pages are rendered once and cached until a boundary or a published plan changes (Art. 7, 13).

The cache is in Redis, under the version of the content: the number of the last boundary change, the state of all plans
that were ever published, the last edition of any notice board, and how many lists are published. So a cached page costs
only the one statement that reads this version. Names of divisions and departments count as boundaries or are at most
``KEPT_SECONDS`` old here and as much again in a browser or a proxy. A page that names people is kept for
``PEOPLE_SECONDS`` in each of the two, so that who has left is gone from everywhere within a minute. Without Redis every
page is rendered again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from boards.models import BoardEdition
from common.shapes import Context
from common.web.client_address import client_network
from common.web.error_pages import error_page
from common.web.rate_limit import is_too_often
from grids.models import GeometryVersion
from matters.models import MatterList
from plans.models import GridPlan

KEPT_SECONDS = 300
PEOPLE_SECONDS = 25
DRAWN_A_MINUTE = (
    120  # for one address; cached pages are never refused, because a whole office may share an address
)
LONGEST_WORD = 120  # of a query; longer than any valid question or mark
WAIT = "查询太频繁，请一分钟后再试。"
NAMESPACE = "public"
VERSION = (
    f"SELECT (SELECT number FROM {GeometryVersion._meta.db_table}),"
    f" (SELECT sum(version) FROM {GridPlan._meta.db_table} WHERE published_at IS NOT NULL),"
    f" (SELECT max(id) FROM {BoardEdition._meta.db_table}),"
    f" (SELECT count(published_at) FROM {MatterList._meta.db_table})"
)


@dataclass(frozen=True)
class Asked:
    """The request for a public page: its own address, the site, and the words of the query."""

    path: str
    site: str
    query: dict[str, str] = field(default_factory=dict)
    text_size: str = ""

    @property
    def address(self) -> str:
        """The address of the page itself, to return to it."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    @property
    def key(self) -> str:
        """One key for everything that the page depends on, including the style of this installation."""
        parts = [self.site, self.address, self.text_size, static("css/public.css")]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Page:
    """A page to be rendered, without any data of the person who asks."""

    template: str
    context: Context
    names_people: bool = False


@dataclass(frozen=True)
class Elsewhere:
    """The page is at another address, permanently or temporarily."""

    location: str
    is_permanent: bool = False


@dataclass(frozen=True)
class Kept:
    """A rendered page, or its new address, as it is cached. ``etag`` changes whenever the body changes."""

    status: int
    body: str = ""
    etag: str = ""
    location: str = ""
    seconds: int = 0


KEPT_FIELDS = {part.name for part in fields(Kept)}


def public_page(read: Callable[..., Page | Elsewhere]) -> Callable[..., HttpResponse]:
    """Turns a reading function ``(asked, **where)`` into a view that caches what it has rendered."""

    @require_safe
    @wraps(read)
    def view(request: HttpRequest, **where: str) -> HttpResponse:
        asked = _asked(request)
        place = f"{NAMESPACE}:{connection.settings_dict['NAME']}:{public_version()}:{asked.key}"
        kept = _recall(place)
        if kept is None:
            if is_too_often(f"public:{client_network(request)}", limit=DRAWN_A_MINUTE, seconds=60):
                return error_page(request, 429, sentence=WAIT)
            kept = _drawn(read(asked, **where), asked)
            _keep(place, kept)
        return _answer(request, kept)

    return view


def public_version() -> str:
    """Returns the version of everything on public pages. One statement, in raw SQL because every page needs it."""
    with connection.cursor() as cursor:
        cursor.execute(VERSION)
        numbers = cursor.fetchone()
    return ".".join(str(number or 0) for number in numbers)


def _asked(request: HttpRequest) -> Asked:
    return Asked(
        path=request.path,
        site=f"{request.scheme}://{request.get_host()}",
        query={name: request.GET[name][:LONGEST_WORD] for name in ("q", "cursor") if name in request.GET},
        text_size="large" if request.COOKIES.get("text_size") == "large" else "",
    )


def _drawn(found: Page | Elsewhere, asked: Asked) -> Kept:
    if isinstance(found, Elsewhere):
        return Kept(301 if found.is_permanent else 302, location=found.location, seconds=KEPT_SECONDS)
    frame = {"asked": asked, "text_size": asked.text_size, "demo_mode": settings.DEMO_MODE}
    body = render_to_string(found.template, {**frame, **found.context})
    seconds = PEOPLE_SECONDS if found.names_people else KEPT_SECONDS
    return Kept(200, body=body, etag=f'"{hashlib.sha256(body.encode()).hexdigest()[:24]}"', seconds=seconds)


def _recall(place: str) -> Kept | None:
    try:
        found = cache.get(place)
    except (RedisError, OSError):
        return None
    return Kept(**found) if isinstance(found, dict) and set(found) == KEPT_FIELDS else None


def _keep(place: str, kept: Kept) -> None:
    try:
        cache.set(place, asdict(kept), kept.seconds)
    except (RedisError, OSError):
        return


def _answer(request: HttpRequest, kept: Kept) -> HttpResponse:
    answer = HttpResponse(kept.body, status=kept.status)
    answer["Cache-Control"] = f"public, max-age={kept.seconds}"
    patch_vary_headers(answer, ["Cookie"])
    if kept.location:
        answer["Location"] = kept.location
        return answer
    answer["ETag"] = kept.etag
    return get_conditional_response(request, etag=kept.etag, response=answer) or answer
