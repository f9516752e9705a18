"""What must always be true of the data, as sentences that `manage.py verify` checks one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module

from django.apps import apps
from django.db import connection, transaction
from django.utils.module_loading import module_has_submodule

SHOWN = 5


@dataclass(frozen=True)
class Invariant:
    """A sentence and a function that yields every fault it finds, in words."""

    sentence: str
    faults: Callable[[], Iterable[str]]


@dataclass(frozen=True)
class Finding:
    """The result of one check."""

    sentence: str
    count: int
    shown: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the check found no fault."""
        return self.count == 0


def every_invariant() -> tuple[Invariant, ...]:
    """The ``INVARIANTS`` of every app with a module ``invariants``, lowest layer first."""
    found: list[Invariant] = []
    for app in apps.get_app_configs():
        if module_has_submodule(app.module, "invariants"):
            found.extend(getattr(import_module(f"{app.name}.invariants"), "INVARIANTS", ()))
    return tuple(found)


def examine(invariant: Invariant) -> Finding:
    """Run one check; keep the first few faults and count the rest."""
    count = 0
    shown: list[str] = []
    for fault in invariant.faults():
        count += 1
        if len(shown) < SHOWN:
            shown.append(fault)
    return Finding(invariant.sentence, count, tuple(shown))


@contextmanager
def one_moment() -> Iterator[None]:
    """Read the database in the state of this moment, even if the checks take long and users go on working.

    Inside another transaction, the moment is the one of that transaction.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield
