"""The door for gunicorn. It does not open while an address has not declared who may knock."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "puyang_grid.settings.production")

application = get_wsgi_application()

from common.web.doors import require_doors  # noqa: E402 - the apps must be loaded first

require_doors()
