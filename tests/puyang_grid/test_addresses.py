"""Three ways to say where the database is, one result."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from puyang_grid.addresses import (
    BASE_DIR,
    addresses_from,
    broker_url,
    local_secret,
    run_dir,
    valkey_socket,
    with_database,
    with_password,
)
from puyang_grid.settings.base import JOINED_IN_ANY_ORDER, database
from puyang_grid.settings.secret_files import SecretFiles


def test_nothing_given_leads_to_servers_of_our_own(tmp_path: Path) -> None:
    found = addresses_from({}, tmp_path)
    assert found.embeds_postgres
    assert found.embeds_valkey
    assert found.app.startswith("postgresql://puyang_app:")
    assert found.owner.startswith("postgresql://puyang_owner:")


def test_an_administrators_address_becomes_two_roles_on_its_server(tmp_path: Path) -> None:
    found = addresses_from({"DATABASE_URL": "postgresql://root:pw@db.example:6000/city"}, tmp_path)
    assert found.admin == "postgresql://root:pw@db.example:6000/city"
    assert found.app.endswith("@db.example:6000/city")
    assert "root:pw" not in found.app
    assert not found.embeds_postgres


def test_two_given_roles_are_taken_as_they_are(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgresql://a@h/d", "DATABASE_OWNER_URL": "postgresql://b@h/d"}
    found = addresses_from(given, tmp_path)
    assert (found.admin, found.app, found.owner) == ("", "postgresql://a@h/d", "postgresql://b@h/d")
    assert not (tmp_path / "secrets.json").exists()


def test_the_settings_of_a_child_process_lead_to_the_same_addresses(tmp_path: Path) -> None:
    first = addresses_from({}, tmp_path)
    again = addresses_from(first.as_environment(), tmp_path)
    assert (again.app, again.owner, again.redis) == (first.app, first.owner, first.redis)


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = local_secret("door", tmp_path)
    assert local_secret("window", tmp_path) != first == local_secret("door", tmp_path)
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_a_long_path_gets_its_sockets_in_a_short_folder(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 30)
    assert len(str(valkey_socket(deep))) < 100
    assert run_dir(deep) != run_dir(deep / "other")


@pytest.mark.parametrize(
    ("redis", "broker"),
    [
        ("redis://:pw@cache:6379/2", "redis://:pw@cache:6379/2"),
        ("unix:///run/valkey.sock?db=3", "redis+socket:///run/valkey.sock?virtual_host=3"),
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock?virtual_host=0"),
        ("unix://:p%2Fw@/run/valkey.sock", "redis+socket://:p%2Fw@/run/valkey.sock?virtual_host=0"),
    ],
)
def test_celery_gets_the_broker_in_its_own_form(redis: str, broker: str) -> None:
    assert broker_url(redis) == broker


def test_django_understands_a_unix_socket() -> None:
    config = database("postgresql://puyang_app:p%23w@/city?host=/run/postgresql")
    assert (config["HOST"], config["NAME"], config["PASSWORD"]) == ("/run/postgresql", "city", "p#w")
    assert "statement_timeout=15000" in config["OPTIONS"]["options"]


def test_a_pooled_role_has_every_setting_that_a_connection_brings() -> None:
    brought = re.findall(r"-c (\w+)=", database("postgresql://puyang_app@/city")["OPTIONS"]["options"])
    script = (BASE_DIR / "deploy/postgres/10-roles.sh").read_text()
    assert [name for name in brought if f"ALTER ROLE puyang_app SET {name} = " not in script] == []
    assert f"SET join_collapse_limit = '{JOINED_IN_ANY_ORDER}';" in script


def test_another_database_keeps_everything_else() -> None:
    url = "postgresql://puyang_app:pw@/city?host=/run/postgresql"
    assert with_database(url, "other") == "postgresql://puyang_app:pw@/other?host=/run/postgresql"


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        (
            "postgresql://puyang_app@pgbouncer:6432/city",
            "postgresql://puyang_app:p%2Fw%2B%40@pgbouncer:6432/city",
        ),
        ("redis://redis:6379/0", "redis://:p%2Fw%2B%40@redis:6379/0"),
        ("redis://:older@redis:6379/0", "redis://:p%2Fw%2B%40@redis:6379/0"),
        (
            "postgresql://puyang_app@/city?host=/run/pg",
            "postgresql://puyang_app:p%2Fw%2B%40@/city?host=/run/pg",
        ),
    ],
)
def test_a_password_kept_apart_joins_its_address_whatever_it_holds(url: str, whole: str) -> None:
    assert with_password(url, "p/w+@") == whole
    assert with_password(url, "") == url


def test_a_secret_in_a_file_is_read_without_its_line_break(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(" p/w+ \n")
    found = SecretFiles({"KEY_FILE": str(tmp_path / "key"), "OTHER": "as it is\n"})
    assert (found["KEY"], found["OTHER"]) == (" p/w+ ", "as it is\n")
    with pytest.raises(KeyError):
        found["NOTHING"]
    with pytest.raises(FileNotFoundError):
        SecretFiles({"KEY_FILE": str(tmp_path / "none")})["KEY"]
