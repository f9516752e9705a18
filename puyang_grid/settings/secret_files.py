"""Settings from the environment or from files: NAME is read from the file in NAME_FILE (/run/secrets/name)."""

from __future__ import annotations

from typing import Any

import environ
from environ.fileaware_mapping import FileAwareMapping


class SecretFiles(FileAwareMapping):  # type: ignore[misc]
    """Removes the last line break of a file, which editors and ``openssl rand`` add to the secret."""

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        return value.rstrip("\r\n") if self.env.get(f"{key}_FILE") else value


class Env(environ.Env):  # type: ignore[misc]
    ENVIRON = SecretFiles()
