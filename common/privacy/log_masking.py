"""Keeps telephone and identity numbers and residents' codes out of the logs, in every kind of message."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

PERSONAL = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")
RESIDENT_CODE = re.compile(r"/r/[^/\s?#\"']+")
NESTING_LIMIT = 6


def mask_personal(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask every string of an event (a structlog processor)."""
    for key, value in event.items():
        event[key] = masked(value)
    return event


def masked(value: Any, *, depth: int = 0) -> Any:
    """Return the same value with personal numbers masked and residents' codes left out."""
    if isinstance(value, str):
        shortened = PERSONAL.sub(lambda found: f"{found[0][:3]}****{found[0][-2:]}", value)
        return RESIDENT_CODE.sub("/r/***", shortened)
    if depth < NESTING_LIMIT and isinstance(value, dict):
        return {key: masked(part, depth=depth + 1) for key, part in value.items()}
    if depth < NESTING_LIMIT and isinstance(value, list | tuple):
        return [masked(part, depth=depth + 1) for part in value]
    return value
