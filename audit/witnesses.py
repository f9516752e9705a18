"""What the chain of a subject vouches for: the rows behind it, column by column.

An app registers a :class:`Witness` for each kind of subject in its ``witnesses.py``. Every link of such a subject
commits to the state of these rows right after the act, so `verify` finds a row that was changed without a verb. To
change what is vouched for, append a new edition; links name the edition under which they were written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from django.db import connection
from django.utils.module_loading import autodiscover_modules

from common.records.copying import as_array

AT_ONCE = 1000
# Rows that name their subject, or a row of another table that does.
KEYED = re.compile(r"t\.(\w+) = (?:s\.id|ANY\(ARRAY\(SELECT id FROM (\w+) WHERE (\w+) = s\.id\)\))")
_witnesses: dict[str, Witness] = {}


@dataclass(frozen=True)
class Rows:
    """Columns of one table. ``of`` finds the rows of subject ``s.id``; columns are names or SQL over ``t``.

    Rows that are found through another table are ``= ANY(ARRAY(SELECT …))``: unlike ``IN (SELECT …)``, it uses the
    index also while the planner has no statistics, as after many rows were written in one transaction.
    """

    table: str
    columns: tuple[str, ...]
    of: str = "t.id = s.id"

    def sql(self) -> str:
        """SQL for all rows as one text, in the order of their numbers."""
        return f"(SELECT coalesce({self._text}, '') FROM \"{self.table}\" t WHERE {self.of})"

    def joined_sql(self, name: str) -> tuple[str, str]:
        """As :meth:`sql`, and a join ``name`` that it needs: the rows of all ``%(numbers)s`` are read at once.

        For many subjects this costs half, because most have no row in most tables.
        """
        keyed = KEYED.fullmatch(self.of)
        if keyed is None:
            return self.sql(), ""
        column, via, column_of_via = keyed.groups()
        key, rows = f"t.{column}", f'"{self.table}" t'
        if via:
            key, rows = f"v.{column_of_via}", f'"{via}" v JOIN "{self.table}" t ON t.{column} = v.id'
        return f"coalesce({name}.rows, '')", (
            f" LEFT JOIN (SELECT {key} AS id, {self._text} AS rows FROM {rows}"
            f" WHERE {key} = ANY(%(numbers)s::bigint[]) GROUP BY {key}) {name} ON {name}.id = s.id"
        )

    @property
    def _text(self) -> str:
        values = ", ".join(f't."{column}"' if column.isidentifier() else column for column in self.columns)
        return f"string_agg(jsonb_build_array({values})::text, E'\\x1e' ORDER BY t.id)"


@dataclass(frozen=True)
class Witness:
    """One kind of subject (``case`` in ``case:7``) and the rows in each edition of its states.

    ``every`` selects the numbers that must have a chain, as SQL; empty if rows may exist without one. ``since`` is SQL
    over ``s.id``: only subjects that fulfil it are compared with their last state. ``is_founded`` marks settings
    written by migrations: ``manage.py begin_trace`` begins their chain, once.
    """

    kind: str
    editions: tuple[tuple[Rows, ...], ...]
    every: str = ""
    since: str = ""
    is_founded: bool = False

    def state_sql(self, edition: int) -> str:
        """The digest of a subject's rows as SQL over ``s.id``."""
        return _digest(part.sql() for part in self.editions[edition - 1])

    def states_sql(self, edition: int) -> tuple[str, str]:
        """The same digest for many subjects ``s.id``, and the joins that it needs; they read ``%(numbers)s``."""
        parts = [part.joined_sql(f"rows_{place}") for place, part in enumerate(self.editions[edition - 1])]
        return _digest(text for text, _ in parts), "".join(join for _, join in parts)

    def function(self, edition: int) -> str:
        """The name of the database function for this state; the database plans it once per connection."""
        return f"audit_state_{self.kind}_{edition}"


def _digest(parts: Iterable[str]) -> str:
    return f"encode(sha256(convert_to(concat_ws(E'\\x1d', {', '.join(parts)}), 'UTF8')), 'hex')"


def register(witness: Witness) -> None:
    """Register what the chains of a kind vouch for; each kind may be registered once."""
    assert witness.kind not in _witnesses, f"{witness.kind} has a witness already"
    _witnesses[witness.kind] = witness


@lru_cache(maxsize=1)
def _discover() -> None:
    autodiscover_modules("witnesses")


def witnesses() -> list[Witness]:
    """All registered witnesses, by kind."""
    _discover()
    return sorted(_witnesses.values(), key=lambda witness: witness.kind)


def witness_of(subject: str) -> Witness | None:
    """The witness for a subject such as ``case:7``."""
    _discover()
    return _witnesses.get(subject.partition(":")[0])


def number_of(subject: str) -> int:
    """The number in ``case:7``; 0 for a subject that is the only one of its kind (``code_rules``)."""
    return int(subject.partition(":")[2] or 0)


def states_of(
    witness: Witness, numbers: Iterable[int], *, edition: int = 0
) -> Iterator[tuple[int, str, bool]]:
    """For each subject its number, the digest of its current rows, and whether it must be compared."""
    edition = edition or len(witness.editions)
    compared = f"({witness.since})" if witness.since else "true"
    state, joins = witness.states_sql(edition)
    statement = f"SELECT s.id, {state}, {compared} FROM unnest(%(numbers)s::bigint[]) s(id){joins}"
    waiting = iter(numbers)
    while batch := list(islice(waiting, AT_ONCE)):
        with connection.cursor() as cursor:
            cursor.execute(statement, {"numbers": as_array(batch)})
            rows: Sequence[tuple[int, str, bool]] = cursor.fetchall()
        yield from rows


def make_state_functions(**_: object) -> None:
    """Create a function for each state, as the owner after each migration. `verify` does not need them."""
    with connection.cursor() as cursor:
        for witness in witnesses():
            for edition in range(1, len(witness.editions) + 1):
                state = f"SELECT {witness.state_sql(edition)} FROM (SELECT number AS id) s"
                cursor.execute(
                    f"CREATE OR REPLACE FUNCTION {witness.function(edition)}(number bigint) RETURNS text"
                    f" LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN ({state}); END $$"
                )


register(
    Witness(
        "look",
        (
            (
                Rows(
                    "audit_accessentry",
                    (
                        "subject",
                        "at",
                        "actor_id",
                        "person_id",
                        "fields",
                        "tier",
                        "purpose",
                        "network",
                        "ends_at",
                    ),
                ),
            ),
        ),
    )
)
