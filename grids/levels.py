"""The level of a division never changes, so each process reads it once."""

from __future__ import annotations

from functools import lru_cache

from common.errors import RuleViolation
from grids.models import Division


@lru_cache(maxsize=8192)
def level_of(division_id: int) -> str:
    """Return ``city``, ``county``, ``township`` or ``village``; raises Division.DoesNotExist."""
    level: str = Division.objects.values_list("level", flat=True).get(pk=division_id)
    return level


def the_city() -> Division:
    """Return the one city of the register; raises :class:`RuleViolation` if there is none yet."""
    city = Division.objects.of_level("city").defer("outline").first()
    if city is None:
        raise RuleViolation("还没有登记市级区划，请先导入区划。")
    return city
