"""What the chain of a subject vouches for: the rows behind it, column by column.

An app registers a :class:`Witness` for each kind of subject in its ``witnesses.py``. Every link of such a subject
commits to the state of these rows right after the act, so `verify` notices a row that was changed past the verbs. A
change of what is vouched for is a new edition at the end; links name the edition that they were written under.
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
    """Columns of one table. ``of`` finds the rows of subject ``s.id``; columns are names or SQL over ``t``."""

    table: str
    columns: tuple[str, ...]
    of: str = "t.id = s.id"

    def sql(self) -> str:
        """All rows as one text, in the order of their numbers."""
        values = ", ".join(f't."{column}"' if column.isidentifier() else column for column in self.columns)
        return (
            f"(SELECT coalesce(string_agg(jsonb_build_array({values})::text, E'\\x1e' ORDER BY t.id), '')"
            f' FROM "{self.table}" t WHERE {self.of})'
        )


@dataclass(frozen=True)
class Witness:
    """One kind of subject (``case`` in ``case:7``) and what each edition of its states is made of.

    ``every`` names the numbers that must have a chain, as SQL; empty where rows may stand without one.
    ``since`` is SQL over ``s.id``: only subjects for which it holds are compared with their last state.
    ``is_founded`` marks settings that migrations write: ``manage.py begin_trace`` begins their chain, once.
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
        """The name of the same as a function of the database, which plans it once for a connection."""
        return f"audit_state_{self.kind}_{edition}"


def register(witness: Witness) -> None:
    """Make known what the chains of a kind vouch for; each kind once."""
    assert witness.kind not in _witnesses, f"{witness.kind} has a witness already"
    _witnesses[witness.kind] = witness


@lru_cache(maxsize=1)
def _discover() -> None:
    autodiscover_modules("witnesses")


def witnesses() -> list[Witness]:
    """Every registered witness, by kind."""
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
    """For each subject its number, the digest of its rows as they are now, and whether it is to be compared."""
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
    """After each migration, as the owner: a function for each state. `verify` does without them."""
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
