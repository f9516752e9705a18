"""What the application's role may do to a table: markers that both the triggers and the rights are made from.

By default rows are added and changed and never removed. A model says otherwise: ``AppendOnly`` (nothing is changed),
``rows_may_go = True`` (rows may be removed), ``may_change = (columns)`` (published content: only these are changed).
"""

from __future__ import annotations

import pgtrigger
from django.apps import apps
from django.db import models

KEEP_ROWS = pgtrigger.Protect(name="append_only_rows", operation=pgtrigger.Update | pgtrigger.Delete)
# pgtrigger.Protect knows no TRUNCATE, so this one is written out.
KEEP_TABLE = pgtrigger.Trigger(
    name="append_only_table",
    level=pgtrigger.Statement,
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
)


class AppendOnly(models.Model):
    """A row, once written, is never changed or removed: the database refuses UPDATE, DELETE and TRUNCATE.

    A subclass with a Meta of its own must inherit ``AppendOnly.Meta``; a system check says so otherwise.
    """

    class Meta:
        abstract = True
        triggers = [KEEP_ROWS, KEEP_TABLE]


def append_only_models() -> list[type[models.Model]]:
    """Return every concrete append-only model, in table order."""
    found = [model for model in apps.get_models(include_auto_created=True) if issubclass(model, AppendOnly)]
    return sorted(found, key=lambda model: model._meta.db_table)


def deletable_models() -> list[type[models.Model]]:
    """Return every model whose rows the application may remove, in table order; their links to others go with them."""
    found = [model for model in apps.get_models() if getattr(model, "rows_may_go", False)]
    links = (field.remote_field.through for model in found for field in model._meta.many_to_many)
    found += [link for link in links if link is not None and link._meta.auto_created]
    return sorted(found, key=lambda model: model._meta.db_table)


def published_columns() -> dict[str, tuple[str, ...]]:
    """By table, the only columns that the application may change in content that is published."""
    found = {model._meta.db_table: model for model in apps.get_models() if hasattr(model, "may_change")}
    return {table: tuple(model.may_change) for table, model in sorted(found.items())}
