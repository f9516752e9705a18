"""Whether anything was written since it was last asked, so that walks check the whole database only when it changed."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any

from django.db import connection

READS = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT")


class Writes:
    """Listens to the statements of this process's connection, from ``with`` on.

    What is rolled back counts as written, and a function that is called by ``SELECT`` must not write.
    """

    def __init__(self) -> None:
        self._any = True  # what was there before it listened was not checked either
        self._listening = connection.execute_wrapper(self._hear)

    def __enter__(self) -> Writes:
        self._listening.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening.__exit__(kind, error, trace)

    def any_since(self) -> bool:
        """Return whether anything was written since the last time that this was asked."""
        found, self._any = self._any, False
        return found

    def _hear(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        self._any |= not str(sql).startswith(READS) and context["cursor"].rowcount != 0
        return answer
