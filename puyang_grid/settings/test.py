"""Settings for tests: real servers of their own under var/test, with the application's own role."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import TextIO

from puyang_grid.addresses import BASE_DIR

_held_locks: list[TextIO] = []


def free_folder(parent: Path) -> Path:
    """Return the first folder that no other test run holds, and hold it until this process ends."""
    parent.mkdir(parents=True, exist_ok=True)
    for number in range(20):
        lock = (parent / f"{number}.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        _held_locks.append(lock)
        return parent / str(number)
    raise RuntimeError(f"Twenty test runs hold {parent} already.")


# Parallel workers of one run get the folder from the environment, so they share their parent's folder.
if "PUYANG_VAR" not in os.environ:
    os.environ["PUYANG_VAR"] = str(free_folder(BASE_DIR / "var" / "test"))
os.environ.setdefault("DEBUG", "0")
os.environ.setdefault("LOG_LEVEL", "WARNING")

from puyang_grid.settings.development import *  # noqa: E402, F403
from puyang_grid.settings.development import CACHES, STORAGES  # noqa: E402

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
CACHES["default"]["KEY_PREFIX"] = f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
# Argon2 is slow on purpose; tests about passwords set it themselves.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Signing in is quick in tests; tests about the second factor switch it on.
SECOND_FACTOR_REQUIRED = False
# Tests send requests faster than people do; tests about the API's rates set them.
API_RATES = {kind: dict.fromkeys(("account", "network"), 1_000_000) for kind in ("read", "write")}
