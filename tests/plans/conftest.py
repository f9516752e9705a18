"""The pages of plans are read on the town's Monday, whatever day it is outside."""

from __future__ import annotations

import pytest

from common import clock
from tests.town import MONDAY


@pytest.fixture
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every door read Monday, 16 November 2026, nine o'clock."""
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
