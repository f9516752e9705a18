"""Creates the two database roles and their common database, with an administrator's address."""

from __future__ import annotations

from contextlib import closing
from urllib.parse import unquote, urlsplit

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, connection

from puyang_grid.addresses import Addresses, database_of


def prepare_roles(addresses: Addresses) -> bool:
    """Create the owner, the application's role and the database; return whether the database is new.

    Repeating it changes nothing. If the roles were given to us, they are used unchanged.
    """
    if not addresses.admin:
        return False
    with closing(connect(addresses.admin)) as admin, admin.cursor() as cursor:
        for url in (addresses.owner, addresses.app):
            make_role(cursor, url)
        is_new = make_database(cursor, database_of(addresses.app), owner=role_of(addresses.owner))
        cursor.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                sql.Identifier(database_of(addresses.app)), sql.Identifier(role_of(addresses.app))
            )
        )
    return is_new


def make_role(cursor: psycopg2.extensions.cursor, url: str) -> None:
    """Create the login in an address: it is no superuser and may not create roles or databases."""
    role, password = sql.Identifier(role_of(url)), sql.Literal(unquote(urlsplit(url).password or ""))
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role_of(url)])
    if cursor.fetchone() is None:
        cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
    cursor.execute(
        sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS PASSWORD {}").format(
            role, password
        )
    )


def make_database(cursor: psycopg2.extensions.cursor, name: str, *, owner: str, template: str = "") -> bool:
    """Create a database that ``owner`` owns and other roles may not enter; return whether it is new."""
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    is_new = cursor.fetchone() is None
    if is_new:
        cursor.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(owner), sql.Identifier(template or "template1")
            )
        )
    cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    return is_new


def drop_database(cursor: psycopg2.extensions.cursor, name: str) -> None:
    """Drop a database and end all its connections."""
    cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def connect(url: str) -> connection:
    """Open a connection that commits each statement, as CREATE DATABASE requires."""
    opened = psycopg2.connect(url, connect_timeout=5)
    opened.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    return opened


def role_of(url: str) -> str:
    return unquote(urlsplit(url).username or "")
