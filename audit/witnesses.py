"""What the chain of a subject vouches for: the rows behind it, column by column.

An app registers a :class:`Witness` for each kind of subject in its ``witnesses.py``. Every link of such a subject
commits to the state of these rows right after the act, so `verify` finds a row that was changed without a verb. To
change what is vouched for, append a new edition; links name the edition under which they were written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from django.db import connection
from django.utils.module_loading import autodiscover_modules

AT_ONCE = 1000
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
        values = ", ".join(f't."{column}"' if column.isidentifier() else column for column in self.columns)
        return (
            f"(SELECT coalesce(string_agg(jsonb_build_array({values})::text, E'\\x1e' ORDER BY t.id), '')"
            f' FROM "{self.table}" t WHERE {self.of})'
        )


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
        rows = ", ".join(part.sql() for part in self.editions[edition - 1])
        return f"encode(sha256(convert_to(concat_ws(E'\\x1d', {rows}), 'UTF8')), 'hex')"

    def function(self, edition: int) -> str:
        """The name of the database function for this state; the database plans it once per connection."""
        return f"audit_state_{self.kind}_{edition}"


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
    statement = f"SELECT s.id, {witness.state_sql(edition)}, {compared} FROM unnest(%s::bigint[]) s(id)"
    waiting = iter(numbers)
    while batch := list(islice(waiting, AT_ONCE)):
        with connection.cursor() as cursor:
            cursor.execute(statement, [batch])
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
