"""A condition for thousands of keys that costs one parameter, where ``__in`` costs one for each key."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import F, Lookup

from common.records.copying import as_array


class _Among(Lookup):
    """``key = ANY(keys)``; ``rhs`` is the text of the array."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        """The condition and its parameters."""
        left, values = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s::bigint[])", (*values, self.rhs)


def among(name: str, keys: Collection[int]) -> _Among:
    """Return the condition that the number ``name`` of a row is among ``keys``."""
    return _Among(F(name), as_array(list(keys)))
