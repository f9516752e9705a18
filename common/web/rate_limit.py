"""Counts recent requests in Redis: fast, and lost if Redis is lost.

Attempts that protect codes, and texts from anonymous users, are counted in PostgreSQL (accounts/counting.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.core.cache import cache
from redis.exceptions import RedisError

from common.web.counting_cache import CountingCache


def uses_of(*names: str, seconds: int) -> Sequence[int] | None:
    """Count one use of each name and return the counts within ``seconds``; None without Redis."""
    try:
        return cast(CountingCache, cache).count([f"often:{name}" for name in names], seconds=seconds)
    except (RedisError, OSError):
        return None


def is_too_often(name: str, *, limit: int, seconds: int) -> bool:
    """Count one use of ``name`` and return whether it is above ``limit``; without Redis nobody is refused."""
    uses = uses_of(name, seconds=seconds)
    return uses is not None and uses[0] > limit
