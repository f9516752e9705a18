"""Error pages: what happened, in Chinese, with a number for support. They need no database."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from common.errors import Refusal
from common.web.api_errors import SENTENCES, error_body

API_PREFIX = "/api/"
CODES = {
    400: "invalid", 403: "not_permitted", 404: "not_found", 413: "too_large", 429: "too_often", 500: "broken",
}  # fmt: skip


class RefusalPages:
    """Middleware: turns a typed refusal raised by a page view into a page with its sentence."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer refusals; Django handles all other errors."""
        if isinstance(error, Refusal):
            return error_page(request, error.status, sentence=error.sentence)
        return None


def error_page(
    request: HttpRequest, status: int, *, sentence: str = "", retry_after: int = 0
) -> HttpResponse:
    """Render the page of ``status``; an htmx request gets only the sentence, an API call gets JSON.

    ``retry_after`` is the number of seconds after which the user may try again.
    """
    answer = _error_page(request, status, sentence)
    if retry_after:
        answer["Retry-After"] = str(retry_after)
    return answer


def _error_page(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if request.path.startswith(API_PREFIX):
        shown = sentence or SENTENCES.get(status, "请求没有成功。")
        return JsonResponse(error_body(CODES.get(status, "error"), shown), status=status)
    context = {
        "sentence": sentence,
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
        "text_size": request.COOKIES.get("text_size", ""),
    }
    template = "parts/refusal.html" if request.headers.get("HX-Request") else f"{status}.html"
    return HttpResponse(render_to_string(template, context), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 (handler400)."""
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 (handler403)."""
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 (handler404): the same for a missing object and for one that the user may not see."""
    return error_page(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer 500 (handler500)."""
    return error_page(request, 500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a failed CSRF check: the page was open too long, or the request came from another site."""
    if request.path.startswith(API_PREFIX):
        return error_page(request, 403, sentence="页面已过期，请刷新后再提交。")
    context = {
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
        "text_size": request.COOKIES.get("text_size", ""),
    }
    return HttpResponse(render_to_string("403_csrf.html", context), status=403)
