"""Settings from the environment or from files: NAME_FILE=/run/secrets/name is read where NAME would be."""

from __future__ import annotations

from typing import Any

import environ
from environ.fileaware_mapping import FileAwareMapping


class SecretFiles(FileAwareMapping):  # type: ignore[misc]
    """A file's last line break is no part of the secret; editors and ``openssl rand`` write one."""

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        return value.rstrip("\r\n") if self.env.get(f"{key}_FILE") else value


class Env(environ.Env):  # type: ignore[misc]
    ENVIRON = SecretFiles()
