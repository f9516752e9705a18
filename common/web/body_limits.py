"""The limits for the size of a request body, checked before the body is read.

A page accepts a form, the API a small JSON body, a public page less; an address that accepts files declares its own
limit in the doors of its app (``allow_body``). The proxy in front has the same limits (deploy/nginx/nginx.conf). The
server and Django's stream never read beyond the declared length of a body.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from common.web.doors import KILOBYTE, MEGABYTE, allowed_body, door_of, turned_away
from common.web.error_pages import API_PREFIX, error_page

API_BODY = 64 * KILOBYTE
STRANGERS_BODY = 64 * KILOBYTE
PAGE_BODY = MEGABYTE
LEAST = min(API_BODY, STRANGERS_BODY, PAGE_BODY)  # up to this size the limit does not depend on the address
NO_LENGTH = "请求没有说明内容的长度，没有读取。"


class BodyLimit:
    """Middleware: answers 413 to a body that is too long for its address, before the body is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or ""
        if not length and request.META.get("HTTP_TRANSFER_ENCODING"):
            return error_page(request, 400, sentence=NO_LENGTH)
        size = int(length) if length.isascii() and length.isdigit() and len(length) < 16 else 0
        if size <= LEAST:
            return self.get_response(request)
        name = view_name_at(request.path_info)
        door = door_of(name)
        if door and not door.is_public and settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return turned_away(request)  # strangers are turned away without reading the body
        limit = limit_at(request.path_info, name)
        if size <= limit:
            return self.get_response(request)
        return error_page(
            request,
            413,
            sentence=f"提交的内容有 {size_words(size)}，这里最多 {size_words(limit)}。请减少内容或换小一些的文件。",
        )


def view_name_at(path: str) -> str:
    """The name of the view for a path; empty if there is none."""
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""


def limit_at(path: str, name: str) -> int:
    """The largest body in bytes for a path that leads to the view ``name``."""
    if allowed := allowed_body(name):
        return allowed
    if path.startswith(API_PREFIX):
        return API_BODY
    door = door_of(name)
    return STRANGERS_BODY if door is None or door.is_public else PAGE_BODY


def size_words(size: int) -> str:
    """A size as people write it."""
    return f"{size / MEGABYTE:.1f} MB" if size >= MEGABYTE else f"{size / KILOBYTE:.0f} kB"
