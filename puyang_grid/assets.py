"""Which assets of other packages are laid out: not those that no page of ours asks for."""

from __future__ import annotations

from django.contrib.staticfiles.apps import StaticFilesConfig


class AssetsConfig(StaticFilesConfig):
    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "redoc",  # the second viewer of the API's description
        "django_htmx",  # our own copy of htmx is pinned under static/vendor
        "guardian",
        "rest_framework",  # the browsable API is off
    ]
