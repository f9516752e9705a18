"""Settings for a developer's machine and the demo: local servers, local secrets, no TLS."""

from __future__ import annotations

from common.privacy.ciphers import PURPOSES, written_key
from puyang_grid.addresses import addresses_from, local_secret
from puyang_grid.settings.base import *  # noqa: F403
from puyang_grid.settings.base import (
    LOG_LEVEL,
    STORAGES,
    VAR_DIR,
    caches,
    celery_broker,
    database,
    env,
)
from puyang_grid.settings.logs import configured_logging

DEBUG = env.bool("DEBUG", default=True)
SECRET_KEY = env.str("SECRET_KEY", default="") or local_secret("secret key", VAR_DIR)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])

SEALING_KEYS = [
    written_key(f"{purpose}.1", local_secret(f"{purpose} key", VAR_DIR).encode()) for purpose in PURPOSES
]

_addresses = addresses_from(env.ENVIRON, VAR_DIR)
_as_owner = env.str("DATABASE_ROLE", default="app") == "owner"
DATABASES = {
    "default": database(_addresses.owner if _as_owner else _addresses.app, as_owner=_as_owner),
}
CACHES = caches(_addresses.redis)
CELERY_BROKER_URL = celery_broker(_addresses.redis)
LOGGING = configured_logging(LOG_LEVEL)

if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = True
