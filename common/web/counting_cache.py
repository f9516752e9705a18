"""Django's Redis cache with one addition: it counts several names in one round trip."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.cache.backends.redis import RedisCache


class CountingCache(RedisCache):
    """Makes the counters of every request cheap: ``add`` and ``incr`` of two names would take six round trips."""

    def count(self, names: Sequence[str], *, seconds: int) -> list[int]:
        """Count one use of each name and return the counts; each starts again ``seconds`` after its first use.

        Raises ``redis.exceptions.RedisError`` or ``OSError`` if Redis is not available.
        """
        pipeline = self._cache.get_client(None, write=True).pipeline(transaction=False)
        for name in names:
            key = self.make_and_validate_key(name)
            pipeline.incr(key)
            pipeline.expire(key, seconds, nx=True)
        return [int(uses) for uses in pipeline.execute()[::2]]
