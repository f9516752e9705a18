"""Refuses input that later code cannot read: NUL characters, and queries that are not UTF-8."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse

from common.web.error_pages import API_PREFIX, error_page

SENTENCE = "请求里有无法识别的字符，请检查地址和填写的内容。"


class InputGate:
    """Middleware: answers 400 to an unreadable address, cookie or form before any other code reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_readable = _is_text(unquote_to_bytes(request.META.get("QUERY_STRING", "")))
        if not is_readable or any("\0" in word for word in (request.path_info, *request.COOKIES.values())):
            return error_page(request, 400, sentence=SENTENCE)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, arguments: Any, names: Any
    ) -> HttpResponse | None:
        """Check the fields of a page's form; the API's serializers check their own input."""
        if request.method != "POST" or request.path.startswith(API_PREFIX):
            return None
        words: Iterable[str] = (
            word for name, values in request.POST.lists() for word in (name, *map(str, values))
        )
        return error_page(request, 400, sentence=SENTENCE) if any("\0" in word for word in words) else None


def _is_text(sent: bytes) -> bool:
    try:
        return "\0" not in sent.decode()
    except UnicodeDecodeError:
        return False
