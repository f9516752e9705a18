"""Composition only: settings, addresses, the clock of the house and the servers it runs on."""

from __future__ import annotations

import warnings

from puyang_grid.celery import app as celery_app

__all__ = ("celery_app",)

# The wheel of the embedded PostgreSQL asks for a runtime folder on import that we never use.
warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
