"""Django's Redis cache, and one thing more: it counts several names in one round trip."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.cache.backends.redis import RedisCache


class CountingCache(RedisCache):
    """What every request is counted with must cost it little: ``add`` and ``incr`` of two names are six round trips."""

    def count(self, names: Sequence[str], *, seconds: int) -> list[int]:
        """Count one more use of each name; how many there were since the first one, which ends after ``seconds``.

        Raises ``redis.exceptions.RedisError`` or ``OSError`` without Redis.
        """
        pipeline = self._cache.get_client(None, write=True).pipeline(transaction=False)
        for name in names:
            key = self.make_and_validate_key(name)
            pipeline.incr(key)
            pipeline.expire(key, seconds, nx=True)
        return [int(uses) for uses in pipeline.execute()[::2]]
