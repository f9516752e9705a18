"""The test run: servers of its own under var/test, real ones, the application's own role."""

from __future__ import annotations

import os

from puyang_grid.addresses import BASE_DIR

os.environ.setdefault("PUYANG_VAR", str(BASE_DIR / "var" / "test"))
os.environ.setdefault("DEBUG", "0")
os.environ.setdefault("LOG_LEVEL", "WARNING")

from puyang_grid.settings.development import *  # noqa: F403
from puyang_grid.settings.development import CACHES, STORAGES

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
CACHES["default"]["KEY_PREFIX"] = f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
# Argon2 is slow on purpose; the tests that are about passwords name it themselves.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
