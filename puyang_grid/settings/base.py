"""Settings for every environment; development, test and production import them and change what differs."""

from __future__ import annotations

import logging
from importlib.util import find_spec
from typing import Any

from csp.constants import NONE, SELF
from redis.backoff import NoBackoff
from redis.retry import Retry
from whitenoise.compress import Compressor

from puyang_grid.addresses import BASE_DIR, broker_url, var_dir
from puyang_grid.settings.secret_files import Env

env = Env()  # reads NAME from the file in NAME_FILE (/run/secrets/name) if that is set
VAR_DIR = var_dir(env.ENVIRON)

# --- The apps, lowest layer first -------------------------------------------------------------------------

INSTALLED_APPS = [
    "common",
    "sweeps",
    "audit",
    "notifications",
    "worktime",
    "accounts",
    "grids",
    "personnel",
    "retention",
    "access",
    "matters",
    "plans",
    "boards",
    "conduct",
    "duty",
    "channels",
    "registry",
    "supervision",
    "rechecks",
    "improvement",
    "workflow",
    "register",
    "public",
    "frame",
    "puyang_grid",
    *(["demo"] if find_spec("demo") else []),  # not part of the image
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "puyang_grid.assets.AssetsConfig",
    "csp",
    "guardian",
    "pgtrigger",
    "django_htmx",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "common.web.permissions_policy.PermissionsPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "common.web.body_limits.BodyLimit",
    "common.web.input_gate.InputGate",
    "common.web.no_store.NoStore",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "common.web.request_log.RequestLog",
    "django.contrib.messages.middleware.MessageMiddleware",
    "personnel.sessions.SessionLimits",
    "common.web.doors.Doorkeeper",
    "personnel.sessions.SignInSteps",
    "personnel.attempts.RefusedAttempts",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "common.web.error_pages.RefusalPages",
]
CSRF_FAILURE_VIEW = "common.web.error_pages.csrf_failed"

ROOT_URLCONF = "puyang_grid.urls"
WSGI_APPLICATION = "puyang_grid.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "common.web.context.house",
                "frame.shell.shell",
            ],
        },
    },
]

# --- People -----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.AccountBackend",
    "personnel.backends.AuthorityBackend",
]
GUARDIAN_USER_OBJ_PERMS_MODEL = "personnel.Grant"
GUARDIAN_MONKEY_PATCH_USER = GUARDIAN_MONKEY_PATCH_GROUP = False  # no second way to give or read a grant
SILENCED_SYSTEM_CHECKS = [
    "guardian.W001"
]  # its backend ignores expiry; ours uses the one reader of authority
ANONYMOUS_USER_NAME = None

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("username", "name", "phone")}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
] + [{"NAME": "accounts.passwords.LengthValidator"}]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "frame:home"
LOGOUT_REDIRECT_URL = "accounts:sign_in"

# How many of our own proxies stand before this process and may name the client; 0 trusts none.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
# Where residents reach the platform, https://grid.example.org, for codes on paper; staff may use another name.
PUBLIC_ADDRESS = env("PUBLIC_ADDRESS", default="").rstrip("/")

DEVICE_COOKIE_NAME = "device"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
# Minutes without a request after which a session ends, and hours after which it ends in any case.
SESSION_IDLE_MINUTES = {"office": 30, "administrator": 15}
SESSION_LONGEST_HOURS = 12
DEVICE_DAYS = 30  # how long a bound field phone stays signed in
# The page itself requests these, so they do not keep an idle session alive.
BACKGROUND_VIEWS = ("workflow:counts", "plans:import_progress")
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=True)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# --- Database ---------------------------------------------------------------------------------------------

DATABASE_APP_ROLE = "puyang_app"
# A page of one case joins ten tables by their keys, and with the usual limit of 8 PostgreSQL compares their orders for
# longer than the statement runs. Up to so many are still put into the best order (decision 0008).
JOINED_IN_ANY_ORDER = 6


def database(url: str, *, as_owner: bool = False) -> dict[str, Any]:
    """Return Django's settings for one address; every wait on the database has an end."""
    config: dict[str, Any] = env.db_url_config(url)
    options = config.setdefault("OPTIONS", {})
    config["HOST"] = options.pop("host", config.get("HOST", ""))
    config["PORT"] = options.pop("port", config.get("PORT", ""))
    config["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
    config["CONN_HEALTH_CHECKS"] = True
    options["connect_timeout"] = 5
    options["application_name"] = "puyang_grid"
    if env.bool("DATABASE_POOLED", default=False):
        # A transaction pooler accepts no start-up options and no cursors that outlive a transaction;
        # the same limits are set on the role there (deploy/postgres).
        config["DISABLE_SERVER_SIDE_CURSORS"] = True
        return config
    limits = {
        "statement_timeout": 0 if as_owner else env.int("DATABASE_STATEMENT_TIMEOUT_MS", default=15_000),
        "lock_timeout": 2_000 if as_owner else 5_000,
        "idle_in_transaction_session_timeout": 0 if as_owner else 30_000,
        "join_collapse_limit": JOINED_IN_ANY_ORDER,
    }
    options["options"] = " ".join(f"-c {name}={value}" for name, value in limits.items())
    return config


# --- Redis: wake-ups, caches and counters; losing it loses no important data ------------------------------


def caches(redis: str) -> dict[str, Any]:
    return {
        "default": {
            "BACKEND": "common.web.counting_cache.CountingCache",
            "LOCATION": redis,
            "KEY_PREFIX": "puyang",
            "TIMEOUT": 300,
            "OPTIONS": {
                "serializer": "common.web.cache_serializer.JsonSerializer",
                "socket_timeout": 1.0,
                "socket_connect_timeout": 1.0,
                "retry": Retry(NoBackoff(), retries=1),  # notice a lost Redis at once, not after seconds
            },
        }
    }


def celery_broker(redis: str) -> str:
    return broker_url(redis)


CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "puyang"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Clocks that ring in one transaction, their cases locked meanwhile: a tenth of a second.
SWEEP_AT_ONCE = env.int("SWEEP_AT_ONCE", 300)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,  # above the hard time limit; nothing is scheduled more than 60 s ahead
    "socket_timeout": 10.0,
    "socket_connect_timeout": 2.0,
    "socket_keepalive": True,
    "retry_on_timeout": True,
    "global_keyprefix": "puyang:",
}
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_ENABLE_UTC = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

# --- Language and time ------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True  # stored in UTC, shown in Puyang's time

# --- Files ------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]
STATIC_ROOT = env.str("STATIC_ROOT", default=str(VAR_DIR / "static"))
MEDIA_URL = "media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "puyang_grid.asset_storage.AssetStorage"},
}
# How attachments are sent: "" streams them from here, otherwise nginx sends them from this internal prefix.
MEDIA_ACCEL_PREFIX = env.str("MEDIA_ACCEL_PREFIX", default="")

PHOTO_SIZE_LIMIT = 8 * 1024 * 1024
PHOTOS_PER_REPORT_LIMIT = 9
DATA_UPLOAD_MAX_MEMORY_SIZE = (
    1024 * 1024
)  # fields of a form beside its files; common/web/body_limits.py limits the whole
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750

# --- What the browser may do ------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "frame-src": [SELF],
        "media-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# --- API --------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "common.web.parsers.ShallowJSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["accounts.throttles.MinuteThrottle"],
    "EXCEPTION_HANDLER": "common.web.api_errors.answer_error",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
# Requests per minute; a township's whole office may share one address.
API_RATES = {
    "read": {
        "account": env.int("API_READS_OF_ACCOUNT", 600),
        "network": env.int("API_READS_OF_NETWORK", 6000),
    },
    "write": {
        "account": env.int("API_WRITES_OF_ACCOUNT", 240),
        "network": env.int("API_WRITES_OF_NETWORK", 2400),
    },
}
SPECTACULAR_SETTINGS = {
    "TITLE": "濮阳网格 · 基层网格化服务管理平台",
    "DESCRIPTION": "The same verbs as the pages, for the phone and for other systems.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAdminUser"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "common.web.api_errors.describe_errors",
    ],
}

# --- Messages outside the platform; each is off until it is configured (decision 25) ------------------------

EMAIL_HOST = env.str("EMAIL_HOST", default="")  # empty: no e-mail is sent
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = 8
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="grid@localhost")
# Seconds for each wait on a gateway, and for the whole of one message.
GATEWAY_TIMEOUT, GATEWAY_LONGEST = 5.0, 8.0
# Whether a gateway may stand in this machine or in a private network, without TLS.
GATEWAYS_MAY_BE_PRIVATE = env.bool("GATEWAYS_MAY_BE_PRIVATE", default=False)

# --- Logs -------------------------------------------------------------------------------------------------

DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # the proxy's log has it; ours contains no personal data
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")

# --- The platform's own switches --------------------------------------------------------------------------

DEMO_MODE = env.bool("DEMO_MODE", default=False)
# While this file exists, /readyz answers that the process is not ready.
DRAINING_FILE = env.str("DRAINING_FILE", default=str(VAR_DIR / "draining"))

# --- Audit ------------------------------------------------------------------------------------------------

AUDIT_HASH = env.str("AUDIT_HASH", default="sha256")  # or sm3 (GB/T 32905-2016)
# The file for the roots of the trace outside the database: on another disk, or better another host.
AUDIT_ANCHOR_FILE = env.str("AUDIT_ANCHOR_FILE", default=str(VAR_DIR / "anchors" / "roots.jsonl"))

# --- Personal fields ----------------------------------------------------------------------------------------

SEALING_CIPHER = env.str("SEALING_CIPHER", default="aes-256-gcm")  # or sm4-gcm (GB/T 32907-2016), SM3 with it
