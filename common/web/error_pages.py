"""Error answers of pages: what happened, in Chinese, with a number for support. They need no database."""

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
    """Middleware: a typed refusal that a page view lets through becomes a page with its own sentence."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer refusals; everything else goes on to Django's own handling."""
        if isinstance(error, Refusal):
            return error_page(request, error.status, sentence=error.sentence)
        return None


def error_page(
    request: HttpRequest, status: int, *, sentence: str = "", retry_after: int = 0
) -> HttpResponse:
    """Render the page of ``status``; a request made by htmx gets the sentence alone, an API call JSON.

    ``retry_after`` says in how many seconds it may be tried again.
    """
    answer = _error_page(request, status, sentence)
    if retry_after:
        answer["Retry-After"] = str(retry_after)
    return answer


def _error_page(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if request.path.startswith(API_PREFIX):
        said = sentence or SENTENCES.get(status, "请求没有成功。")
        return JsonResponse(error_body(CODES.get(status, "error"), said), status=status)
    context = {
        "sentence": sentence,
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
        "text_size": request.COOKIES.get("text_size", ""),
    }
    template = "parts/refusal.html" if request.headers.get("HX-Request") else f"{status}.html"
    return HttpResponse(render_to_string(template, context), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400."""
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403."""
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404: what is missing and what is out of sight look alike."""
    return error_page(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """handler500."""
    return error_page(request, 500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long, or came from elsewhere."""
    if request.path.startswith(API_PREFIX):
        return error_page(request, 403, sentence="页面已过期，请刷新后再提交。")
    context = {
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
        "text_size": request.COOKIES.get("text_size", ""),
    }
    return HttpResponse(render_to_string("403_csrf.html", context), status=403)
