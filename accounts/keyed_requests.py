"""Read the idempotency key that every API write must carry."""

from __future__ import annotations

import hashlib
import json
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from accounts.idempotency import KeyedRequest
from accounts.requests import SignedInCall
from common.errors import RuleViolation

NO_KEY = "这次提交没有带防止重复的编号，没有生效。请刷新页面再提交。"
KEY_HEADER = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.UUID,
    OpenApiParameter.HEADER,
    required=True,
    description="A UUID made by the client; the same key gives the first answer again.",
)


def keyed(request: SignedInCall, *, address: str = "") -> KeyedRequest:
    """Return the request with its key; raises :class:`RuleViolation` when there is none.

    The same key must be sent with the same address and body; uploaded files are compared by content. ``address`` is
    given where a write may come by two addresses and is one all the same.
    """
    try:
        key = UUID(request.headers.get("Idempotency-Key", ""))
    except ValueError as error:
        raise RuleViolation(NO_KEY, field="Idempotency-Key") from error
    body = json.dumps(request.data, sort_keys=True, default=_plain).encode()
    return KeyedRequest(request.user, key, (address or request.path).encode() + b"\n" + body)


def _plain(value: object) -> str:
    if not isinstance(value, UploadedFile):
        return str(value)
    digest = hashlib.sha256(b"".join(value.chunks())).hexdigest()
    value.seek(0)
    return digest
