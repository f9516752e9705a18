"""How much may be sent to an address, looked at before anything of it is read.

A page takes a form, the API a small JSON, a page for anybody less; an address that takes files says so in its app's
doors (``allow_body``). The proxy in front holds the same figures (deploy/nginx/nginx.conf). Of what is longer than it
was said to be nothing is read beyond that: so the server and Django's own stream see to it.
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
LEAST = min(API_BODY, STRANGERS_BODY, PAGE_BODY)  # up to here nobody asks which address it is
NO_LENGTH = "请求没有说明内容的长度，没有读取。"


class BodyLimit:
    """Middleware: a body that is too long for its address is answered with 413 before anybody reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.META.get("CONTENT_LENGTH") or ""
        if not said and request.META.get("HTTP_TRANSFER_ENCODING"):
            return error_page(request, 400, sentence=NO_LENGTH)
        size = int(said) if said.isascii() and said.isdigit() and len(said) < 16 else 0
        if size <= LEAST:
            return self.get_response(request)
        name = view_name_at(request.path_info)
        door = door_of(name)
        if door and not door.is_public and settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return turned_away(request)  # a stranger's long body is not read to find out who he is
        limit = limit_at(request.path_info, name)
        if size <= limit:
            return self.get_response(request)
        return error_page(
            request,
            413,
            sentence=f"提交的内容有 {told(size)}，这里最多 {told(limit)}。请减少内容或换小一些的文件。",
        )


def view_name_at(path: str) -> str:
    """The view that a path leads to; empty where it leads nowhere."""
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""


def limit_at(path: str, name: str) -> int:
    """How many bytes may be sent to a path, which leads to a view of that name."""
    if allowed := allowed_body(name):
        return allowed
    if path.startswith(API_PREFIX):
        return API_BODY
    door = door_of(name)
    return STRANGERS_BODY if door is None or door.is_public else PAGE_BODY


def told(size: int) -> str:
    """A size as people say it."""
    return f"{size / MEGABYTE:.1f} MB" if size >= MEGABYTE else f"{size / KILOBYTE:.0f} kB"
