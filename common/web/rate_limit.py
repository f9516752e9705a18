"""How often something was asked for of late, counted in Redis: quick, and gone with it.

What protects codes and what strangers write is counted in PostgreSQL instead (accounts/counting.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.core.cache import cache
from redis.exceptions import RedisError

from common.web.counting_cache import CountingCache


def uses_of(*names: str, seconds: int) -> Sequence[int] | None:
    """Count one more use of each name and say how many there were within ``seconds``; None without Redis."""
    try:
        return cast(CountingCache, cache).count([f"often:{name}" for name in names], seconds=seconds)
    except (RedisError, OSError):
        return None


def is_too_often(name: str, *, limit: int, seconds: int) -> bool:
    """Count one more use of ``name`` and say whether it is above ``limit``; without Redis nobody is refused."""
    uses = uses_of(name, seconds=seconds)
    return uses is not None and uses[0] > limit
