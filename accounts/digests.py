"""Keyed digests: what is only compared and counted is not kept readable."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings


def keyed_digest(kind: str, text: str) -> str:
    """A digest of a text, another one for each kind of text and each installation."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{kind}:{text}".encode(), hashlib.sha256).hexdigest()
