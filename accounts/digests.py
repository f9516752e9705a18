"""Keyed digests for texts that are only compared and counted and need not stay readable."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings


def keyed_digest(kind: str, text: str) -> str:
    """Return a digest of a text; it differs by kind of text and by installation."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{kind}:{text}".encode(), hashlib.sha256).hexdigest()
