"""What must always be true of draws: the seed that is kept draws the same cases again (Art. 12)."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.postgres.aggregates import ArrayAgg

from common.records.invariants import Invariant
from rechecks.models import Draw, drawn_from


def draws_that_draw_other_cases() -> Iterator[str]:
    """The cases of a draw are those that its seed draws from its population."""
    for draw in Draw.objects.annotate(chosen=ArrayAgg("rechecks__case_id")).iterator(chunk_size=200):
        chosen = draw.chosen  # type: ignore[attr-defined]
        if sorted(chosen) != sorted(drawn_from(draw.population, seed=draw.seed, size=draw.size)):
            yield f"{draw} 抽中的与种子不符"


INVARIANTS = (Invariant("抽查的种子抽得出同样的事项", draws_that_draw_other_cases),)
