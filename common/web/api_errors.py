"""One error shape for every API: ``{code, sentence, field, details, request_id}``."""

from __future__ import annotations

from typing import Any, TypedDict

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from common.errors import Refusal
from common.shapes import Json

SENTENCES = {
    400: "请求的格式不对。",
    401: "请先登录。",
    403: "没有权限。",
    404: "没有这一项，或您无权查看。",
    405: "这个地址不支持这种操作。",
    406: "不支持要求的格式。",
    415: "不支持提交的格式。",
    429: "操作太频繁，请稍后再试。",
}


class ErrorBody(TypedDict):
    """The one shape of every refusal of the API; ``details`` depend on the code."""

    code: str
    sentence: str
    field: str
    details: object
    request_id: str


def error_body(code: str, sentence: str, *, field: str = "", details: object = None) -> ErrorBody:
    """Build the error body."""
    bound = structlog.contextvars.get_contextvars()
    return {
        "code": code,
        "sentence": sentence,
        "field": field,
        "details": details or {},
        "request_id": bound.get("request_id", ""),
    }


def describe_errors(result: Json, generator: Any, request: Any, public: bool) -> Json:
    """Hook of drf-spectacular: adds the error shape to every operation."""
    texts = {name: {"type": "string"} for name in ("code", "sentence", "field", "request_id")}
    schema = {"type": "object", "properties": {**texts, "details": {}}, "required": [*texts, "details"]}
    result["components"].setdefault("schemas", {})["Error"] = schema
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = {"description": "A refusal.", "content": content}
    return result


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Exception handler of DRF: returns our refusals and DRF's own errors in the same shape."""
    if isinstance(error, Refusal):
        set_rollback()
        field = getattr(error, "field", "")
        return Response(
            error_body(error.code, error.sentence, field=field, details=dict(error.details)),
            status=error.status,
        )
    if isinstance(error, exceptions.ValidationError):
        set_rollback()
        field = next(iter(error.detail), "") if isinstance(error.detail, dict) else ""
        return Response(
            error_body("invalid", _first_sentence(error.detail), field=str(field), details=error.detail),
            status=422,
        )
    response = exception_handler(error, context)
    if response is None:
        return None
    code = getattr(error, "default_code", "error")
    if isinstance(error, Http404):
        code = "not_found"
    elif isinstance(error, PermissionDenied):
        code = "not_permitted"
    response.data = error_body(code, SENTENCES.get(response.status_code, "请求没有成功。"))
    return response


def _first_sentence(detail: Any) -> str:
    while isinstance(detail, dict | list):
        detail = next(iter(detail.values() if isinstance(detail, dict) else detail), "内容有误。")
    return str(detail)
