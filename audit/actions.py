"""Writes the trace. Code above calls these functions; nothing else writes the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from audit.chain import FUNCTIONS, GENESIS, Link, algorithm_name, canonical, commitment, seal_of
from audit.models import AccessEntry, Entry
from audit.witnesses import Witness, number_of, states_of, witness_of
from common.privacy.ciphers import Key
from common.privacy.sealing import ring
from common.records.copying import as_array, as_lines, copy_text
from common.records.many import FEW
from common.shapes import Columns

AT_ONCE = 1000
COLUMNS = tuple(Link.__dataclass_fields__)
_values_of = attrgetter(*COLUMNS)
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
Head = tuple[int, str]
BEFORE_ALL: Head = (0, GENESIS)
HEAD = "SELECT seq, hash FROM audit_entry WHERE subject = %s ORDER BY seq DESC LIMIT 1"
HEAD_OF_EACH = HEAD.replace("%s", "s.subject")


def append_entry(
    subject: str,
    *,
    verb: str,
    at: datetime,
    actor_id: int | None,
    record: Mapping[str, Any],
    first: bool = False,
    witnessed: str = "",
) -> Entry:
    """Append one link to the chain of ``subject`` (``case:7``), with the state of the rows that the chain vouches for.

    Call it after everything else of the act is saved. The caller holds the row lock of the subject; the unique
    constraint on (subject, seq) refuses a fork. ``first`` says that the subject is new, so that its chain is not looked
    up. ``witnessed`` names another subject whose rows count instead. Free text enters ``record`` only through
    :func:`committed`.
    """
    of = witnessed or subject
    head, state = _head_and_state(subject, of, first=first)
    key = ring("trace")[-1]
    whole = _with_state(record, of, state, key)
    link = _link(subject, head, key=key, verb=verb, at=at, actor_id=actor_id, record=whole)
    return Entry.objects.create(**_columns(link))


def append_entries(
    records: Mapping[str, Mapping[str, Any]],
    *,
    verb: str,
    at: datetime,
    actor_id: int | None,
    first: bool = False,
) -> int:
    """Append one link to each of many chains at once, each with its own record; returns how many."""
    found = _heads_and_states(list(records), first=first)
    links, key = [], ring("trace")[-1]
    for subject, record in records.items():
        head, state = found[subject]
        whole = _with_state(record, subject, state, key)
        links.append(_link(subject, head, key=key, verb=verb, at=at, actor_id=actor_id, record=whole))
    if len(links) > FEW:
        return _copy(links)
    return len(Entry.objects.bulk_create(Entry(**_columns(link)) for link in links))


@dataclass(frozen=True, slots=True)
class PastAct:
    """One act in the past of a subject: what its link says."""

    verb: str
    at: datetime
    actor_id: int | None
    record: Mapping[str, Any]


def append_pasts(pasts: Mapping[str, Sequence[PastAct]]) -> int:
    """Append the whole past of many new subjects by COPY, in the order of time; returns how many links.

    The rows of an earlier moment no longer exist, so only the last link of a subject vouches for its rows.
    """
    states = _states_of(pasts)
    links, key = list[Link](), ring("trace")[-1]
    for subject, acts in pasts.items():
        head = BEFORE_ALL
        for act in acts:
            record = (
                act.record
                if act is not acts[-1]
                else _with_state(act.record, subject, states.get(subject), key)
            )
            links.append(
                _link(subject, head, key=key, verb=act.verb, at=act.at, actor_id=act.actor_id, record=record)
            )
            head = (links[-1].seq, links[-1].hash)
    links.sort(key=attrgetter("at"))  # stable: within one subject the order stays
    return _copy(links) if links else 0


def hold(subject: str) -> None:
    """Lock ``subject`` against other writers until this transaction ends; for settings, which have no row to lock."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [subject])


def committed(text: str) -> str:
    """Return the keyed digest that a link stores for a free text, so that the text can be erased later (Art. 20)."""
    return commitment(text, key=ring("trace")[-1], function=settings.AUDIT_HASH)


def committed_under(algorithm: str, text: str, keys: Mapping[str, Key]) -> str:
    """Return the digest of a text under ``algorithm`` of a link; empty if its key is not available."""
    function, _, name = algorithm.partition(":")
    key = keys.get(name)
    return commitment(text, key=key, function=function) if key and function in FUNCTIONS else ""


@transaction.atomic
def record_access(
    subject: str,
    *,
    at: datetime,
    actor_id: int,
    fields: Sequence[str],
    purpose: str,
    person_id: int | None = None,
    tier: str = "",
    network: str = "",
    ends_at: datetime | None = None,
) -> AccessEntry:
    """Record that ``actor_id`` saw personal ``fields`` of ``subject`` and why (Art. 12, 20, 26).

    ``person_id`` is the account whose data it was, if there is one; ``ends_at`` is when the data is masked again. All
    accesses by one account form one chain, ``looks:7``.
    """
    chain = f"looks:{actor_id}"
    hold(chain)  # two tabs of one user are written one after the other
    look = AccessEntry.objects.create(
        subject=subject,
        at=at,
        actor_id=actor_id,
        person_id=person_id,
        fields=list(fields),
        tier=tier,
        purpose=purpose,
        network=network,
        ends_at=ends_at,
    )
    append_entry(chain, verb="look", at=at, actor_id=actor_id, record={}, witnessed=f"look:{look.pk}")
    return look


# --- Links ----------------------------------------------------------------------------------------------------


def _link(
    subject: str,
    head: Head,
    *,
    key: Key,
    verb: str,
    at: datetime,
    actor_id: int | None,
    record: Mapping[str, Any],
) -> Link:
    algorithm = algorithm_name(settings.AUDIT_HASH, key)
    parts = (subject, head[0] + 1, algorithm, actor_id, verb, at, canonical(record), head[1])
    return Link(*parts, seal_of(Link(*parts, ""), key))


def _columns(link: Link) -> Columns:
    return dict(zip(COLUMNS, _values_of(link), strict=True))


def _copy(links: Sequence[Link]) -> int:
    copy_text(Entry, COLUMNS, as_lines(zip(*map(_values_of, links), strict=True)))
    return len(links)


def _with_state(record: Mapping[str, Any], of: str, state: str | None, key: Key) -> Mapping[str, Any]:
    """Add the state as ``[subject, edition, digest]``; the digest is keyed, so nobody can test guesses with it."""
    witness = witness_of(of)
    if witness is None or state is None:
        return dict(record)
    digest = commitment(state, key=key, function=settings.AUDIT_HASH)
    return {**record, "state": [of, len(witness.editions), digest]}


def _head_and_state(subject: str, of: str, *, first: bool) -> tuple[Head, str | None]:
    """Return the head of the chain and the digest of the rows, with at most one statement."""
    witness = witness_of(of)
    if witness is None and first:
        return BEFORE_ALL, None
    state = f"{witness.function(len(witness.editions))}(s.id)" if witness else "NULL"
    statement = f"SELECT h.seq, h.hash, {state} FROM (SELECT %s::bigint AS id) s"
    words: list[int | str] = [number_of(of) if witness else 0]
    if first:
        statement = statement.replace("h.seq, h.hash", "0, ''")
    else:
        statement += f" LEFT JOIN ({HEAD}) h ON true"
        words.append(subject)
    if witness and witness.is_founded:
        hold(subject)
    with connection.cursor() as cursor:
        cursor.execute(statement, words)
        seq, digest, found = cursor.fetchone()
    return (seq or 0, digest or GENESIS), found


def _heads_and_states(subjects: Sequence[str], *, first: bool) -> dict[str, tuple[Head, str | None]]:
    """Return the head of each chain and the digest of its rows, with one statement for each kind and ``AT_ONCE``."""
    found: dict[str, tuple[Head, str | None]] = {}
    for together in _by_kind(subjects):
        witness = witness_of(together[0])
        if witness is None and first:
            found.update(dict.fromkeys(together, (BEFORE_ALL, None)))
            continue
        statement = _statement_of_many(witness, few=len(together) <= FEW, first=first)
        for start in range(0, len(together), AT_ONCE):
            asked = list(together[start : start + AT_ONCE])
            with connection.cursor() as cursor:
                numbers = [number_of(subject) if witness else 0 for subject in asked]
                # pgtrigger puts a statement with %s before this one while guards are off: names cannot stand beside it.
                text = statement.replace("%(numbers)s", f"'{as_array(numbers)}'")
                cursor.execute(text.replace("%(subjects)s", "%s"), [as_array(asked)])
                rows = cursor.fetchall()
            found.update(
                {subject: ((seq or 0, digest or GENESIS), state) for subject, seq, digest, state in rows}
            )
    return found


def _statement_of_many(witness: Witness | None, *, few: bool, first: bool) -> str:
    """The function has its plan ready, which pays for a few subjects; the rows of many are read together."""
    edition = len(witness.editions) if witness else 0
    state, joins = "NULL", ""
    if witness is not None and few:
        state = f"{witness.function(edition)}(s.id)"
    elif witness is not None:
        state, joins = witness.states_sql(edition)
    heads = "" if first else f" LEFT JOIN LATERAL ({HEAD_OF_EACH}) h ON true"
    head = "0, ''" if first else "h.seq, h.hash"
    return (
        f"SELECT s.subject, {head}, {state}"
        f" FROM unnest(%(subjects)s::text[], %(numbers)s::bigint[]) s(subject, id){heads}{joins}"
    )


def _states_of(subjects: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for together in _by_kind(subjects):
        witness: Witness | None = witness_of(together[0])
        if witness is not None:
            by_number = {number_of(subject): subject for subject in together}
            found.update({by_number[number]: state for number, state, _ in states_of(witness, by_number)})
    return found


def _by_kind(subjects: Iterable[str]) -> Collection[Sequence[str]]:
    kinds: dict[str, list[str]] = defaultdict(list)
    for subject in subjects:
        kinds[subject.partition(":")[0]].append(subject)
    return kinds.values()
