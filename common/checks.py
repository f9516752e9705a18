"""System checks for house rules that Django does not check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pgtrigger
from django.apps import AppConfig
from django.core import checks

from common.records.append_only import KEEP_ROWS, KEEP_TABLE, append_only_models


@checks.register(checks.Tags.models)
def check_append_only_triggers(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Every append-only model must have both triggers; a model whose Meta does not inherit loses them."""
    registered = {(str(model), trigger.name) for model, trigger in pgtrigger.registered()}
    return [
        checks.Error(
            f"{model._meta.label} is append-only but lacks the trigger {trigger.name}.",
            hint="Write `class Meta(AppendOnly.Meta)`.",
            id="common.E001",
        )
        for model in append_only_models()
        for trigger in (KEEP_ROWS, KEEP_TABLE)
        if (str(model), trigger.name) not in registered
    ]
