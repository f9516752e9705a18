"""A proposal passes all its steps (Art. 14, 16)."""

from __future__ import annotations

import pytest

from matters.states import PATHS
from tests.matters.conftest import proposal_in
from tests.town import Town


@pytest.mark.article(16)
@pytest.mark.parametrize("kind", list(PATHS))
def test_each_kind_walks_its_stations_in_order(town: Town, kind: str) -> None:
    found = proposal_in("listed", town, kind=kind)
    walked: list[str] = []
    for event in found.events.order_by("seq"):
        if not walked or walked[-1] != event.to_status:
            walked.append(event.to_status)
    assert tuple(walked) == PATHS[kind]
