"""Composition only: settings, addresses, the beat table and the servers that the platform runs on."""

from __future__ import annotations

import warnings

from puyang_grid.celery import app as celery_app

__all__ = ("celery_app",)

# The wheel of the embedded PostgreSQL asks on import for a runtime folder that we never use.
warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
