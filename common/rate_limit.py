"""How often something may be asked from one place. Redis counts; without Redis nobody is refused."""

from __future__ import annotations

from django.core.cache import cache
from redis.exceptions import RedisError


def is_too_often(name: str, *, limit: int, seconds: int) -> bool:
    """Count one more use of ``name`` and say whether it is above ``limit`` within ``seconds``."""
    key = f"often:{name}"
    try:
        if cache.add(key, 1, timeout=seconds):
            return False
        return cache.incr(key) > limit
    except (RedisError, OSError, ValueError):
        return False
