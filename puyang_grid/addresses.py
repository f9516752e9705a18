"""The addresses of the database and the broker, and the roles that we use there. Does not import Django.

There are three ways to the same four addresses: nothing is set (embedded servers under ``var/``), ``DATABASE_URL``
alone (an administrator's address, with which our roles are created), or ``DATABASE_URL`` with ``DATABASE_OWNER_URL``
(both roles exist, nothing is created).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit, urlunsplit

BASE_DIR = Path(__file__).resolve().parent.parent
DATABASE_NAME = "puyang_grid"
OWNER_ROLE = "puyang_owner"
APP_ROLE = "puyang_app"
ADMIN_ROLE = "postgres"
SOCKET_PATH_LIMIT = 100  # the kernel allows 107 bytes


@dataclass(frozen=True)
class Addresses:
    """``admin`` is empty when the roles were given to us; ``embeds_…`` says which servers we run ourselves."""

    admin: str
    owner: str
    app: str
    redis: str
    embeds_postgres: bool
    embeds_valkey: bool

    def as_environment(self) -> dict[str, str]:
        """Return the variables that give both roles to a child process, which then uses them unchanged."""
        return {"DATABASE_URL": self.app, "DATABASE_OWNER_URL": self.owner, "REDIS_URL": self.redis}


def var_dir(environ: Mapping[str, str]) -> Path:
    """Return the folder for all local data (``PUYANG_VAR`` changes it)."""
    return Path(environ.get("PUYANG_VAR") or BASE_DIR / "var").resolve()


def addresses_from(environ: Mapping[str, str], var: Path) -> Addresses:
    """Return the four addresses; no server needs to run for that."""
    given, given_owner = environ.get("DATABASE_URL", ""), environ.get("DATABASE_OWNER_URL", "")
    redis = environ.get("REDIS_URL", "") or f"unix://{valkey_socket(var)}?db=0"
    embeds_valkey = not environ.get("REDIS_URL")
    if given and given_owner:
        return Addresses("", given_owner, given, redis, embeds_postgres=False, embeds_valkey=embeds_valkey)
    admin = given or f"postgresql://{ADMIN_ROLE}@/postgres?{urlencode({'host': postgres_socket_dir(var)})}"
    path = urlsplit(admin).path.strip("/")
    database = path if given and path and path != "postgres" else DATABASE_NAME
    owner, app = (
        _speaking_as(admin, role, local_secret(f"database password of {role}", var), database)
        for role in (OWNER_ROLE, APP_ROLE)
    )
    return Addresses(admin, owner, app, redis, embeds_postgres=not given, embeds_valkey=embeds_valkey)


def with_database(url: str, database: str) -> str:
    """Return the same address with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def database_of(url: str) -> str:
    """Return the name of the database in an address."""
    return urlsplit(url).path.strip("/")


def with_password(url: str, password: str) -> str:
    """Return the address with a password that was stored separately; without one, the address unchanged."""
    if not password:
        return url
    parts = urlsplit(url)
    login, _, place = parts.netloc.rpartition("@")
    user = login.partition(":")[0]
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{place}"))


def broker_url(redis: str) -> str:
    """Return the broker's address for a Redis address; Celery has its own form for unix sockets."""
    if not redis.startswith("unix://"):
        return redis
    parts = urlsplit(redis)
    number = parse_qs(parts.query).get("db", ["0"])[0]
    login = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    return f"redis+socket://{login}{parts.path}?{urlencode({'virtual_host': number})}"


def run_dir(var: Path) -> Path:
    """Return the folder for sockets: under ``var``, or a short one if the path is too long for a socket."""
    wanted = var / "run"
    if len(str(wanted / "postgres" / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
        return wanted
    mark = hashlib.sha256(str(var).encode()).hexdigest()[:10]
    return Path(tempfile.gettempdir()) / f"puyang-{os.getuid()}-{mark}"


def postgres_socket_dir(var: Path) -> Path:
    return run_dir(var) / "postgres"


def valkey_socket(var: Path) -> Path:
    return run_dir(var) / "valkey.sock"


def local_secret(name: str, var: Path) -> str:
    """Return a random secret of this installation, created once and stored in ``var``, readable by its owner only."""
    var.mkdir(parents=True, exist_ok=True)
    with _locked(var / ".secrets.lock"):
        kept_in = var / "secrets.json"
        known: dict[str, str] = json.loads(kept_in.read_text()) if kept_in.exists() else {}
        if name not in known:
            known[name] = secrets.token_urlsafe(36)
            fresh = kept_in.with_suffix(".new")
            fresh.touch(mode=0o600)
            fresh.write_text(json.dumps(known, indent=1))
            fresh.replace(kept_in)
        return known[name]


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _speaking_as(admin: str, role: str, password: str, database: str) -> str:
    parts = urlsplit(admin)
    place = parts.netloc.rpartition("@")[2]
    login = f"{quote(role)}:{quote(password, safe='')}"
    return urlunsplit(parts._replace(netloc=f"{login}@{place}", path=f"/{database}"))
