"""System checks over the composition: every address has declared who may knock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks

from common.doors import undeclared


@checks.register(checks.Tags.urls)
def check_doors(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """An address without a door, a door without an address, a rule that does not exist."""
    return [
        checks.Error(f"{fault}.", hint="Declare each address in its app's doors.py.", id="puyang_grid.E001")
        for fault in undeclared()
    ]
