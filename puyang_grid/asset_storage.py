"""Stores assets under names that change with their content, also in the imports between modules.

Otherwise a module that both a page and another module load would run twice and listen twice.
"""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class AssetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's storage that also rewrites ``import … from "./other.js"``."""

    support_js_module_import_aggregation = True
