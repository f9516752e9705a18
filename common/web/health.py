"""Health checks for the proxy and `make demo`: whether this process runs, and whether it can take work."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.cache import cache as redis_cache
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from redis.exceptions import RedisError

_findings: dict[str, Callable[[], str]] = {}


def register_finding(name: str, find: Callable[[], str]) -> None:
    """Add a check to /readyz; any result but ``ok`` means that the process works but something is late."""
    _findings[name] = find


@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """Answer if the process runs; checks nothing else."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Check the database, its tables and draining. A lost Redis or a late sweep only degrades the result."""
    findings = {"database": _database_finding(), "draining": "yes" if _is_draining() else "no"}
    ready = findings["database"] == "ok" and findings["draining"] == "no"
    findings["redis"] = _redis_finding()
    if ready:
        findings |= {name: find() for name, find in _findings.items()}
    status = "ready" if ready else "not ready"
    if ready and any(findings[name] != "ok" for name in ("redis", *_findings)):
        status = "degraded"
    response = JsonResponse({"status": status, **findings}, status=200 if ready else 503)
    if not ready:
        response["Retry-After"] = "5"
    return response


def _database_finding() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        missing = _migrations_of_this_code() - set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError:
        return "down"
    return f"{len(missing)} migrations missing" if missing else "ok"


def _redis_finding() -> str:
    try:
        redis_cache.get("readyz")
    except (RedisError, OSError):
        return "down"
    return "ok"


def _is_draining() -> bool:
    return Path(settings.DRAINING_FILE).exists()


@cache
def _migrations_of_this_code() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
