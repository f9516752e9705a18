"""Gives the application's database role its rights; runs after every migration, as the owner."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction
from psycopg2 import sql

from common.records.append_only import append_only_models, deletable_models, published_columns

READ_ONLY_TABLES = ("django_migrations", "audit_ledger")
# Tables of libraries whose rows are added and removed.
LIBRARY_TABLES = ("django_session",)
# A session setting lets the owner bypass the triggers for migrations; for the application it has no effect.
KEEP_TRIGGERS = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT current_user = (SELECT tableowner FROM pg_tables WHERE schemaname = 'public' AND tablename = 'audit_entry')
     AND trigger_name::text = ANY (coalesce(nullif(current_setting('pgtrigger.ignore', true), ''), '{}')::text[])
$$
"""


class Command(BaseCommand):
    help = (
        "Grants the application role its rights: table by table, column by column where content is published."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", default=settings.DATABASE_APP_ROLE)

    def handle(self, *args: Any, **options: Any) -> None:
        role = sql.Identifier(options["role"])
        kept = [model._meta.db_table for model in append_only_models()]
        gone = [model._meta.db_table for model in deletable_models()]
        statements = [
            sql.SQL("GRANT USAGE ON SCHEMA public TO {role}").format(role=role),
            sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}").format(role=role),
            sql.SQL("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {role}").format(
                role=role
            ),
            sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}").format(role=role),
            sql.SQL(KEEP_TRIGGERS),
        ]
        statements += [
            self._statement("GRANT DELETE ON {table} TO {role}", table, role) for table in self._present(gone)
        ]
        statements += [self._statement("REVOKE UPDATE ON {table} FROM {role}", table, role) for table in kept]
        statements += [
            self._statement("REVOKE INSERT, UPDATE ON {table} FROM {role}", table, role)
            for table in READ_ONLY_TABLES
        ]
        for table, columns in published_columns().items():
            statements.append(self._statement("REVOKE UPDATE ON {table} FROM {role}", table, role))
            statements += [
                sql.SQL("GRANT UPDATE ({column}) ON {table} TO {role}").format(
                    column=sql.Identifier(column), table=sql.Identifier(table), role=role
                )
                for column in columns
            ]
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        if options["verbosity"] > 0:
            self.stdout.write(f"{options['role']}: rights granted; append-only: {', '.join(kept) or 'none'}")

    @staticmethod
    def _present(tables: list[str]) -> list[str]:
        found = connection.introspection.table_names()
        return [*tables, *(table for table in found if table.startswith(LIBRARY_TABLES))]

    @staticmethod
    def _statement(words: str, table: str, role: sql.Identifier) -> sql.Composed:
        return sql.SQL(words).format(table=sql.Identifier(table), role=role)
