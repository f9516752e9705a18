"""The level of a division never changes, so each process reads it once."""

from __future__ import annotations

from functools import lru_cache

from grids.models import Division


@lru_cache(maxsize=8192)
def level_of(division_id: int) -> str:
    """Return ``city``, ``county``, ``township`` or ``village``; raises Division.DoesNotExist."""
    level: str = Division.objects.values_list("level", flat=True).get(pk=division_id)
    return level
