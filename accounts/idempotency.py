"""A phone may send the same write twice; it takes effect once and both get the same answer.

The key is stored in the same transaction as the effect, so that neither can exist without the other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.models import IdempotencyKey, User
from common.errors import KeyReused, Refusal

Answer = tuple[int, Any]
KEEP = """
INSERT INTO accounts_idempotencykey (user_id, key, request_hash, status, answer, created_at)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (user_id, key) DO NOTHING
"""


@dataclass(frozen=True)
class KeyedRequest:
    """One write with its key; ``body`` must be equal when the key is sent again."""

    user: User
    key: UUID
    body: bytes

    @property
    def body_hash(self) -> str:
        """A digest of the request."""
        return hashlib.sha256(self.body).hexdigest()


def answer_once(request: KeyedRequest, act: Callable[[], Answer], *, at: datetime) -> Answer:
    """Run ``act`` and store its answer under the key, or return the answer stored before.

    ``act`` returns (HTTP status, JSON body). A refusal is not stored: nothing happened, and the key may be used
    again. Raises :class:`KeyReused` when the key was used before with another body.
    """
    try:
        with transaction.atomic():
            status, body = act()
            _keep(request, status, body, at=at)
    except (_CameBefore, Refusal):
        earlier = earlier_answer(request)
        if earlier is None:
            raise
        return earlier
    return status, body


class _CameBefore(Exception):
    """The key is already used: the act is rolled back and the first answer is returned."""


def _keep(request: KeyedRequest, status: int, body: Any, *, at: datetime) -> None:
    """Store the answer in one statement that cannot fail: the database log would show a failed one with its body."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [request.user.pk, request.key, request.body_hash, status, json.dumps(body), at])
        if cursor.rowcount == 0:
            raise _CameBefore


def earlier_answer(request: KeyedRequest) -> Answer | None:
    """Return the stored answer of this key, or None; raises :class:`KeyReused` when the body differs."""
    kept = IdempotencyKey.objects.filter(user=request.user, key=request.key).first()
    if kept is None:
        return None
    if kept.request_hash != request.body_hash:
        raise KeyReused(kept.answer)
    return kept.status, kept.answer
