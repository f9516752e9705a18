"""The default step limits as the migration writes them (a module whose name starts with a digit)."""

from importlib import import_module

DEFAULTS: list[tuple[str, str, bool, str, int]] = import_module(
    "workflow.migrations.0002_step_limits"
).DEFAULTS
