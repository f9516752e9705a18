"""What the application's role may do to a table; both the triggers and the rights are made from these markers.

By default rows are added and changed but never removed. A model can change this: ``AppendOnly`` (nothing is changed),
``rows_may_go = True`` (rows may be removed), ``may_change = (columns)`` (published content: only these change).
"""

from __future__ import annotations

import pgtrigger
from django.apps import apps
from django.db import models

KEEP_ROWS = pgtrigger.Protect(name="append_only_rows", operation=pgtrigger.Update | pgtrigger.Delete)
# pgtrigger.Protect does not support TRUNCATE, so this trigger is written by hand.
KEEP_TABLE = pgtrigger.Trigger(
    name="append_only_table",
    level=pgtrigger.Statement,
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
)


class AppendOnly(models.Model):
    """A row that is never changed or removed after it is written: the database refuses UPDATE, DELETE and TRUNCATE.

    A subclass with its own Meta must inherit ``AppendOnly.Meta``; a system check reports it otherwise.
    """

    class Meta:
        abstract = True
        triggers = [KEEP_ROWS, KEEP_TABLE]


def append_only_models() -> list[type[models.Model]]:
    """Return every concrete append-only model, in table order."""
    found = [model for model in apps.get_models(include_auto_created=True) if issubclass(model, AppendOnly)]
    return sorted(found, key=lambda model: model._meta.db_table)


def deletable_models() -> list[type[models.Model]]:
    """Return every model whose rows the application may remove, in table order, with their many-to-many tables."""
    found = [model for model in apps.get_models() if getattr(model, "rows_may_go", False)]
    links = (field.remote_field.through for model in found for field in model._meta.many_to_many)
    found += [link for link in links if link is not None and link._meta.auto_created]
    return sorted(found, key=lambda model: model._meta.db_table)


def published_columns() -> dict[str, tuple[str, ...]]:
    """Return, by table, the only columns that the application may change in published content."""
    found = {model._meta.db_table: model for model in apps.get_models() if hasattr(model, "may_change")}
    return {table: tuple(model.may_change) for table, model in sorted(found.items())}
