"""System checks of the composition: who may open each address, and what must be closed in production."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from common.web.doors import undeclared

UNIX_SOCKETS = ("unix", "redis+socket")  # file permissions decide who may connect


@checks.register(checks.Tags.urls)
def check_doors(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Report addresses without a door, doors without an address, and rules that do not exist."""
    return [
        checks.Error(f"{fault}.", hint="Declare each address in its app's doors.py.", id="puyang_grid.E001")
        for fault in undeclared()
    ]


# --- Before going live: `check --deploy` ------------------------------------------------------------------------


@dataclass(frozen=True)
class Requirement:
    """One requirement for production; ``faults`` yields everything that does not fulfil it."""

    id: str
    faults: Callable[[], Iterator[str]]
    hint: str


def _debug_is_off() -> Iterator[str]:
    if settings.DEBUG:
        yield "DEBUG is on: errors show settings and local variables"


def _demo_is_off() -> Iterator[str]:
    if settings.DEMO_MODE:
        yield "DEMO_MODE is on: anybody enters any demonstration account with one click"


def _hosts_are_named() -> Iterator[str]:
    for host in settings.ALLOWED_HOSTS:
        if "*" in host or host.startswith("."):
            yield f"ALLOWED_HOSTS holds the wildcard {host!r}"
    for origin in settings.CSRF_TRUSTED_ORIGINS:
        if "*" in origin:
            yield f"CSRF_TRUSTED_ORIGINS holds the wildcard {origin!r}"


def _second_factor_is_asked_for() -> Iterator[str]:
    if not settings.SECOND_FACTOR_REQUIRED:
        yield "SECOND_FACTOR_REQUIRED is off: a password alone opens personal data"


def _anchors_lie_elsewhere() -> Iterator[str]:
    path = str(settings.AUDIT_ANCHOR_FILE)
    if not path:
        yield "AUDIT_ANCHOR_FILE is not set: a trace that was cut off or put back looks whole"
    elif not Path(path).is_absolute():
        yield f"AUDIT_ANCHOR_FILE {path!r} is no full path"
    elif Path(path).resolve().is_relative_to(Path(settings.VAR_DIR).resolve()):
        yield f"AUDIT_ANCHOR_FILE lies in {settings.VAR_DIR}, beside the data that it watches"


def _redis_asks_for_a_password() -> Iterator[str]:
    for name, address in (
        ("the cache", settings.CACHES["default"].get("LOCATION")),
        ("the broker", settings.CELERY_BROKER_URL),
    ):
        for url in address if isinstance(address, list | tuple) else [address]:
            parts = urlsplit(str(url or ""))
            if parts.scheme not in UNIX_SOCKETS and not unquote(parts.password or ""):
                yield f"Redis, {name}, is spoken to without a password"


def _public_address_is_one_of_ours() -> Iterator[str]:
    address = urlsplit(settings.PUBLIC_ADDRESS)
    if not settings.PUBLIC_ADDRESS:
        return
    if address.scheme != "https" or address.path or address.query or address.fragment or address.username:
        yield f"PUBLIC_ADDRESS {settings.PUBLIC_ADDRESS!r} is not of the form https://grid.example.org"
    elif "*" not in settings.ALLOWED_HOSTS and address.hostname not in settings.ALLOWED_HOSTS:
        yield f"PUBLIC_ADDRESS {settings.PUBLIC_ADDRESS!r} is not in ALLOWED_HOSTS: nobody who follows a code is let in"


BEFORE_GOING_LIVE = (
    Requirement("puyang_grid.E101", _debug_is_off, "Use puyang_grid.settings.production."),
    Requirement("puyang_grid.E102", _demo_is_off, "Leave DEMO_MODE unset where real data is."),
    Requirement("puyang_grid.E103", _hosts_are_named, "Name each host, without * and without a leading dot."),
    Requirement("puyang_grid.E104", _second_factor_is_asked_for, "Leave SECOND_FACTOR_REQUIRED unset."),
    Requirement(
        "puyang_grid.E105",
        _anchors_lie_elsewhere,
        "Give AUDIT_ANCHOR_FILE the full path of a file on another disk, better on another machine.",
    ),
    Requirement(
        "puyang_grid.E106",
        _redis_asks_for_a_password,
        "Set REDIS_PASSWORD or REDIS_PASSWORD_FILE, or write the password into REDIS_URL.",
    ),
    Requirement(
        "puyang_grid.E107",
        _public_address_is_one_of_ours,
        "Write https:// and one of ALLOWED_HOSTS, without a path.",
    ),
)


@checks.register(checks.Tags.security, deploy=True)
def check_deployment(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Report what is not safe enough for real people's data."""
    return [
        checks.Error(f"{fault}.", hint=requirement.hint, id=requirement.id)
        for requirement in BEFORE_GOING_LIVE
        for fault in requirement.faults()
    ]
