"""Creates the tables of an empty database in one step, as all migrations together would leave them.

`migrate` builds the models of the whole project anew for each of some 450 operations, which takes half a minute. Here
each table is created once, in its last shape, and the migrations are recorded as applied. Those that write defaults are
run; those that only carry old rows over are ``elidable``. A test compares the result with that of `migrate`.
"""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, no_translations
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration, RunPython, RunSQL
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState


class Command(BaseCommand):
    help = "Creates all tables of an empty database at once; a database with tables is migrated."

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        if connection.introspection.table_names():
            call_command("migrate", interactive=False, verbosity=options["verbosity"])
            return
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        state = executor.loader.project_state()
        executor.recorder.ensure_schema()
        with connection.schema_editor() as editor:
            create_models(state, editor)
            for migration, _ in plan:
                write_defaults(migration, state, editor)
                executor.recorder.record_applied(migration.app_label, migration.name)
        emit_post_migrate_signal(options["verbosity"], False, connection.alias, apps=state.apps, plan=plan)
        if options["verbosity"] > 0:
            self.stdout.write(f"{len(plan)} migrations: tables created")


def create_models(state: ProjectState, editor: BaseDatabaseSchemaEditor) -> None:
    """Create every table with its triggers; indexes and foreign keys follow when the editor closes."""
    for model in state.apps.get_models():
        if model._meta.can_migrate(connection):
            editor.create_model(model)


def write_defaults(migration: Migration, state: ProjectState, editor: BaseDatabaseSchemaEditor) -> None:
    """Run what a migration does with rows and functions, unless it only concerns rows of before."""
    for operation in migration.operations:
        if isinstance(operation, RunPython | RunSQL) and not operation.elidable:
            operation.database_forwards(migration.app_label, editor, state, state)
