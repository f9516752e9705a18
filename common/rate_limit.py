"""How often something was asked for of late, counted in Redis: quick, and gone with it.

What protects codes and what strangers write is counted in PostgreSQL instead (accounts/counting.py).
"""

from __future__ import annotations

from django.core.cache import cache
from redis.exceptions import RedisError


def uses_of(name: str, *, seconds: int) -> int | None:
    """Count one more use of ``name`` and say how many there were within ``seconds``; None without Redis."""
    key = f"often:{name}"
    try:
        if cache.add(key, 1, timeout=seconds):
            return 1
        return int(cache.incr(key))
    except ValueError:  # it ended between the two
        return 1
    except (RedisError, OSError):
        return None


def is_too_often(name: str, *, limit: int, seconds: int) -> bool:
    """Count one more use of ``name`` and say whether it is above ``limit``; without Redis nobody is refused."""
    return (uses_of(name, seconds=seconds) or 0) > limit
