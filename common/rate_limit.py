"""How often something may be asked from one place. Redis counts; without Redis nobody is refused."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest
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


def address_of(request: HttpRequest) -> str:
    """Where a request comes from, for counting only."""
    return str(request.META.get("REMOTE_ADDR", ""))
