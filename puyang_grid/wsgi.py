"""The WSGI entry point for gunicorn. It does not start while an address has no declared door."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "puyang_grid.settings.production")

application = get_wsgi_application()

from common.web.doors import require_doors  # noqa: E402 - the apps must be loaded first

require_doors()
