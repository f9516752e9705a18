"""Which assets of other packages are published: not those that none of our pages uses."""

from __future__ import annotations

from django.contrib.staticfiles.apps import StaticFilesConfig


class AssetsConfig(StaticFilesConfig):
    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "redoc",  # the second viewer of the API documentation
        "django_htmx",  # our own copy of htmx is in static/vendor
        "guardian",
        "rest_framework",  # the browsable API is off
    ]
