"""A phone may send the same write twice; it takes effect once and both get the same answer.

The key is stored in the same transaction as the effect, so that neither can exist without the other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django import forms
from django.db import connection, transaction
from django.http import QueryDict

from accounts.models import IdempotencyKey, User
from common.errors import KeyReused, Refusal
from common.web.form_fields import renew_key

Answer = tuple[int, Any]
APART = {"csrfmiddlewaretoken", "key"}
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


def form_once(form: forms.Form, user: User, act: Callable[[], Any], *, at: datetime) -> Any:
    """Run what a form asks for once, however often it is sent. Return what ``act`` returned the first time, as JSON.

    The form carries its number in ``key`` (:func:`common.web.form_fields.key_field`). If it comes again with other
    content, it gets a new number, and :class:`KeyReused` is raised.
    """
    data = cast(QueryDict, form.data)
    body = json.dumps([(name, data.getlist(name)) for name in sorted(data) if name not in APART]).encode()
    try:
        return answer_once(KeyedRequest(user, form.cleaned_data["key"], body), lambda: (201, act()), at=at)[1]
    except KeyReused:
        renew_key(form)
        raise


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
