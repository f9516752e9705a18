"""Give the application's database role its rights, after every migration, as the owner."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction
from psycopg2 import sql

from common.append_only import append_only_models

READ_ONLY_TABLES = ("django_migrations",)


class Command(BaseCommand):
    help = "Grants the application role its rights: append-only tables may only be read and added to."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", default=settings.DATABASE_APP_ROLE)

    def handle(self, *args: Any, **options: Any) -> None:
        role = sql.Identifier(options["role"])
        kept = [model._meta.db_table for model in append_only_models()]
        statements = [
            sql.SQL("GRANT USAGE ON SCHEMA public TO {role}").format(role=role),
            sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}").format(role=role),
            sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}").format(
                role=role
            ),
            sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}").format(role=role),
        ]
        statements += [self._revoke("UPDATE, DELETE", table, role) for table in kept]
        statements += [self._revoke("INSERT, UPDATE, DELETE", table, role) for table in READ_ONLY_TABLES]
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        if options["verbosity"] > 0:
            self.stdout.write(f"{options['role']}: rights granted; append-only: {', '.join(kept) or 'none'}")

    @staticmethod
    def _revoke(rights: str, table: str, role: sql.Identifier) -> sql.Composed:
        return sql.SQL("REVOKE {rights} ON {table} FROM {role}").format(
            rights=sql.SQL(rights), table=sql.Identifier(table), role=role
        )
