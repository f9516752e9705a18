"""Assets under names that change with their content, in the imports between modules too.

Else a module that a page names and another imports would be loaded twice, and listen twice.
"""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class AssetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's storage that also rewrites ``import … from "./other.js"``."""

    support_js_module_import_aggregation = True
