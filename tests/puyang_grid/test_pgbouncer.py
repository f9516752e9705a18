"""Behind a real PgBouncer: whom it lets in, what survives a transaction there, and the platform at work."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import psycopg2
import pytest

from puyang_grid.addresses import BASE_DIR, with_password
from puyang_grid.roles import connect, role_of
from puyang_grid.settings.base import database
from tests.databases import run_addresses
from tests.live import LiveCity
from tests.pgbouncer import Pooler, pooler, why_not

real = [
    pytest.mark.real_pgbouncer,
    pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can be tried here"),
]


def with_real_pgbouncer(test: Callable[..., None]) -> Callable[..., None]:
    for mark in real:
        test = mark(test)
    return test


@pytest.fixture
def pool(own_database: str) -> Iterator[Pooler]:
    with pooler(own_database) as found:
        yield found


def one(connection: psycopg2.extensions.connection, statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


@with_real_pgbouncer
def test_it_lets_in_the_application_by_scram_and_nobody_else(pool: Pooler) -> None:
    with closing(pool.connect(require_auth="scram-sha-256")) as entered:
        assert one(entered, "SELECT current_user") == role_of(run_addresses().app)
        assert one(entered, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    with pytest.raises(psycopg2.OperationalError):  # it never asks for the password itself
        pool.connect(require_auth="password")
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(with_password(pool.url(), "wrong"), connect_timeout=5)
    for other in (run_addresses().owner, f"postgresql://postgres:x@/{pool.database}"):
        with pytest.raises(psycopg2.OperationalError):
            psycopg2.connect(pool.url(other), connect_timeout=5)


@with_real_pgbouncer
def test_many_clients_share_few_connections_by_transaction(pool: Pooler) -> None:
    with ExitStack() as open_ones:
        clients = [open_ones.enter_context(closing(pool.connect())) for _ in range(30)]
        backends = set()
        for client in clients:
            backends.add(one(client, "SELECT pg_backend_pid()"))
            client.commit()
        assert len(backends) == 1
        at_once = set()
        for client in clients[:3]:  # none of these ends its transaction
            at_once.add(one(client, "SELECT pg_backend_pid()"))
        assert len(at_once) == 3


@with_real_pgbouncer
def test_what_is_set_for_a_transaction_ends_with_it(pool: Pooler) -> None:
    """A setting of the session would reach the next client, so our code uses none."""
    with closing(pool.connect()) as first, closing(pool.connect()) as second:
        one(first, "SELECT set_config('work_mem', '5MB', true)")
        assert one(first, "SHOW work_mem") == "5MB"
        first.commit()
        assert one(second, "SHOW work_mem") != "5MB"
        second.commit()
        with first.cursor() as cursor:
            cursor.execute("SET work_mem = '6MB'")
        first.commit()
        assert one(second, "SHOW work_mem") == "6MB"


@with_real_pgbouncer
def test_the_limits_come_with_the_role(pool: Pooler) -> None:
    script = (BASE_DIR / "deploy/postgres/10-roles.sh").read_text()
    limits = re.findall(r"ALTER ROLE puyang_app SET (\w+) = '(\w+)';", script)
    assert {name for name, _ in limits} >= {
        "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout",
    }  # fmt: skip
    with closing(connect(run_addresses().admin)) as admin, admin.cursor() as cursor:
        for name, value in limits:  # in this test's database alone
            cursor.execute(f'ALTER ROLE puyang_app IN DATABASE "{pool.database}" SET {name} = %s', [value])
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [pool.database]
        )
    with closing(pool.connect()) as entered:
        assert {name: one(entered, f"SHOW {name}") for name, _ in limits} == dict(limits)


def browser(city: LiveCity, persona: str) -> OpenerDirector:
    """Somebody of the demonstration, signed in over HTTP."""
    jar = CookieJar()
    opener = build_opener(HTTPCookieProcessor(jar))
    page = opener.open(f"{city.url}/sign-in/", timeout=20).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    body = urlencode({"csrfmiddlewaretoken": token[1]}).encode()
    opener.open(Request(f"{city.url}/sign-in/demo/{persona}/", data=body), timeout=20)
    return opener


@pytest.mark.slow
@with_real_pgbouncer
def test_the_platform_serves_through_it(new_live_city: Callable[..., LiveCity]) -> None:
    city = new_live_city()
    with pooler(city.database) as pool:
        city.environ.update(DATABASE_URL=pool.url(), DATABASE_POOLED="1")
        city.start("web")
        for persona, path in (
            ("worker", "/"),
            ("dispatcher", "/desk/"),
            ("auditor", "/access/looks/"),
            ("city", "/overview/"),
        ):
            answer = browser(city, persona).open(f"{city.url}{path}", timeout=20)
            assert answer.status == 200 and answer.url == f"{city.url}{path}"
        assert city.sql("SELECT count(*) FROM django_session")[0][0] >= 4  # written through it
        came = city.sql(
            "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [city.database],
        )
        assert came == [(role_of(run_addresses().app),)]
        assert "prepared statement" not in city.log_of("web") and "Traceback" not in city.log_of("web")
        city.stop("web")


# --- What our own code may say there ----------------------------------------------------------------------------

FOR_THE_SESSION = re.compile(
    r"^\s*(SET\s+(?!LOCAL\b|CONSTRAINTS\b|TRANSACTION\b)\w+\s*(=|TO\b)|LISTEN\b|PREPARE\b|DECLARE\s.*WITH HOLD)"
    r"|pg_(try_)?advisory_lock(_shared)?\(|set_config\([^()]*,\s*false\s*\)",
    re.IGNORECASE | re.MULTILINE,
)
OUTSIDE = ("tests", "var", ".venv", "benches", "migrations", "frontend")
OUTSIDE += ("simulation", "simulate.py")  # on a scratch database of its own, never behind PgBouncer


def statements() -> Iterator[tuple[str, str]]:
    """Every text in our code that might be a statement."""
    folders = [each for each in BASE_DIR.iterdir() if each.is_dir() and each.name not in OUTSIDE]
    for path in (path for folder in folders for path in folder.glob("**/*.py")):
        place = path.relative_to(BASE_DIR)
        if not set(place.parts) & set(OUTSIDE):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield str(place), node.value


def test_nothing_of_ours_is_set_or_locked_for_longer_than_a_transaction() -> None:
    found = [(place, text) for place, text in statements() if FOR_THE_SESSION.search(text)]
    assert found == []
    for statement in (
        "SET work_mem = '6MB'",
        "select pg_advisory_lock(1)",
        "SELECT set_config('a', 'b', false)",
    ):
        assert FOR_THE_SESSION.search(statement)
    for statement in ("SET LOCAL work_mem = '6MB'", "SELECT pg_advisory_xact_lock(1)", "UPDATE t SET a = 1"):
        assert not FOR_THE_SESSION.search(statement)


def test_behind_it_django_opens_no_cursor_that_outlives_a_transaction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_POOLED", "1")
    config = database("postgresql://puyang_app:x@pgbouncer:6432/puyang_grid")
    assert config["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert "options" not in config["OPTIONS"]  # start-up options, which a pooler refuses
