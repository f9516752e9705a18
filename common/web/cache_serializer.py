"""What is kept in Redis is JSON: whoever can write there makes us show something, and never makes us run something."""

from __future__ import annotations

import json
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class JsonSerializer:
    """For Django's Redis cache, in place of pickle. Whole numbers stay bare, so that Redis can count them up."""

    def dumps(self, value: Any) -> bytes | int:
        if type(value) is int:
            return value
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()

    def loads(self, kept: bytes) -> Any:
        """What was kept; what is no JSON counts as never kept."""
        try:
            return json.loads(kept)
        except (ValueError, RecursionError):  # UnicodeDecodeError is one too
            log.warning("cache_unreadable", size=len(kept))
            return None
