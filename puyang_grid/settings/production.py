"""Settings for production: every secret is given, TLS everywhere, nothing has a guessed default."""

from __future__ import annotations

from puyang_grid.addresses import with_password
from puyang_grid.settings.base import *  # noqa: F403
from puyang_grid.settings.base import LOG_LEVEL, caches, celery_broker, database, env
from puyang_grid.settings.logs import configured_logging

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
SEALING_KEYS = env.list("SEALING_KEYS")  # personal.1:BASE64,sensitive.1:…,secret.1:…,index.1:…
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Passwords may be given separately from their addresses, each in its own file.
_as_owner = env.str("DATABASE_ROLE", default="app") == "owner"
_database = (
    with_password(env.str("DATABASE_OWNER_URL"), env.str("DATABASE_OWNER_PASSWORD", default=""))
    if _as_owner
    else with_password(env.str("DATABASE_URL"), env.str("DATABASE_APP_PASSWORD", default=""))
)
DATABASES = {"default": database(_database, as_owner=_as_owner)}
_redis = with_password(env.str("REDIS_URL"), env.str("REDIS_PASSWORD", default=""))
CACHES = caches(_redis)
CELERY_BROKER_URL = celery_broker(_redis)
# On the host that it protects the file would be worth little, so there is no default.
AUDIT_ANCHOR_FILE = env.str("AUDIT_ANCHOR_FILE", default="")
LOGGING = configured_logging(LOG_LEVEL)

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
DEVICE_COOKIE_NAME = "__Host-device"
