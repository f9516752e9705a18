"""Checks that the trace is complete: links are in order, have their place in the tree, match their rows (Art. 25)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.db import connection

from audit.actions import committed_under
from audit.anchoring import faults_of_tree
from audit.chain import Link, first_break
from audit.resealing import retired_keys_in_use
from audit.witnesses import Witness, number_of, states_of, witness_of, witnesses
from common import clock
from common.privacy.ciphers import Key
from common.privacy.sealing import ring
from common.records.invariants import Invariant

AT_ONCE = 20_000
COMPARED_AT_ONCE = 1000
SEALED_WITHIN = timedelta(minutes=5)
LINKS = (
    "SELECT subject, seq, algorithm, actor_id, verb, at, record, prev_hash, hash FROM audit_entry"
    " WHERE (subject, seq) > (%s, %s) ORDER BY subject, seq LIMIT %s"
)
# The last link of each subject, and every link of accesses to personal data: each of them describes other rows.
LINKS_OF_STATES = (
    "SELECT subject, seq, algorithm, record FROM audit_entry e WHERE (subject, seq) > (%s, %s)"
    " AND (subject LIKE 'looks:%%' OR NOT EXISTS"
    " (SELECT FROM audit_entry later WHERE later.subject = e.subject AND later.seq > e.seq))"
    " ORDER BY subject, seq LIMIT %s"
)
UNSEALED = (
    "SELECT subject, seq FROM audit_entry e WHERE at < %s"
    " AND NOT EXISTS (SELECT FROM audit_seal s WHERE s.entry_id = e.id) ORDER BY id LIMIT 1000"
)
UNCHAINED = (
    "SELECT n.id FROM ({every}) n WHERE NOT EXISTS"
    " (SELECT FROM audit_entry e WHERE e.subject = %s || n.id AND e.seq = 1) ORDER BY n.id LIMIT 1000"
)
LOOKS_AND_LINKS = (
    "SELECT coalesce(l.actor_id, e.actor_id), coalesce(l.n, 0), coalesce(e.n, 0)"
    " FROM (SELECT actor_id, count(*) n FROM audit_accessentry GROUP BY 1) l FULL JOIN"
    " (SELECT actor_id, count(*) n FROM audit_entry WHERE subject LIKE 'looks:%' GROUP BY 1) e USING (actor_id)"
    " WHERE l.n IS DISTINCT FROM e.n ORDER BY 1 LIMIT 1000"
)


def keys_of_the_trace() -> dict[str, Key]:
    """The keys of the ring by name, including retired keys, which old links still use."""
    return {key.name: key for key in ring("trace")}


def broken_chains() -> Iterator[str]:
    """Check the chains of all subjects in one pass, with some thousand links in memory at a time."""
    keys = keys_of_the_trace()
    for subject, links in groupby(all_links(), key=lambda link: link.subject):
        broken = first_break(links, keys)
        if broken is not None:
            yield f"{subject} 的审计链在第 {broken.seq} 环{broken.why}"


def all_links() -> Iterator[Link]:
    """All links by subject and number."""
    return (Link(*row) for row in _paged(LINKS))


def _paged(statement: str) -> Iterator[tuple[Any, ...]]:
    """Rows that begin with subject and number, page by page, because a pooled connection has no lasting cursors."""
    after: tuple[str, int] = ("", 0)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [*after, AT_ONCE])
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        after = rows[-1][:2]


def links_without_a_place() -> Iterator[str]:
    """Find links that are older than a few minutes and have no place in the tree."""
    with connection.cursor() as cursor:
        cursor.execute(UNSEALED, [clock.now() - SEALED_WITHIN])
        late = cursor.fetchall()
    for subject, seq in late:
        yield f"{subject} 第 {seq} 环还没有封存"


# --- Links and the rows they describe -------------------------------------------------------------------------


@dataclass(frozen=True)
class State:
    """The state of a subject's rows according to a link."""

    of: str
    edition: int
    digest: str
    algorithm: str


def rows_that_their_chain_does_not_know() -> Iterator[str]:
    """Find subjects whose rows differ from the state in their last link, and rows that have no chain."""
    keys = keys_of_the_trace()
    for kind, states in groupby(_last_states(), key=lambda state: state.of.partition(":")[0]):
        if (witness := witness_of(kind)) is not None:
            yield from _compared(witness, states, keys)
    for witness in witnesses():
        yield from _without_chain(witness)


def _last_states() -> Iterator[State]:
    """For each subject the state in its last link; for accesses to personal data the state in every link."""
    for _, _, algorithm, record in _paged(LINKS_OF_STATES):
        of, edition, digest = json.loads(record).get("state", ("", 0, ""))
        if of:
            yield State(of, edition, digest, algorithm)


def _compared(witness: Witness, states: Iterable[State], keys: dict[str, Key]) -> Iterator[str]:
    waiting: dict[int, dict[int, State]] = defaultdict(dict)  # by edition and number
    for state in states:
        batch = waiting[state.edition]
        batch[number_of(state.of)] = state
        if len(batch) >= COMPARED_AT_ONCE:
            yield from _differing(witness, waiting.pop(state.edition), keys)
    for batch in waiting.values():
        yield from _differing(witness, batch, keys)


def _differing(witness: Witness, batch: dict[int, State], keys: dict[str, Key]) -> Iterator[str]:
    edition = next(iter(batch.values())).edition
    for number, now, is_compared in states_of(witness, batch, edition=edition):
        before = batch[number]
        if is_compared and committed_under(before.algorithm, now, keys) != before.digest:
            yield f"{before.of} 的现状与审计链最后所记不符"


def _without_chain(witness: Witness) -> Iterator[str]:
    if not witness.every:
        return
    with connection.cursor() as cursor:
        cursor.execute(UNCHAINED.format(every=witness.every), [f"{witness.kind}:"])
        numbers = cursor.fetchall()
    for (number,) in numbers:
        yield f"{witness.kind}:{number} 没有审计链"


def looks_without_a_link() -> Iterator[str]:
    """Find accounts whose accesses to personal data and links differ in number (Art. 12, 26)."""
    with connection.cursor() as cursor:
        cursor.execute(LOOKS_AND_LINKS)
        differing = cursor.fetchall()
    for actor_id, looks, links in differing:
        yield f"账号 {actor_id} 有 {looks} 条查阅记录，审计链有 {links} 环"


INVARIANTS = (
    Invariant("审计链完整", broken_chains),
    Invariant("审计记录都已封存", links_without_a_place),
    Invariant("封存的审计记录与锚定相符", faults_of_tree),
    Invariant("现状等于审计链最后所记", rows_that_their_chain_does_not_know),
    Invariant("查阅记录与其审计链一样长", looks_without_a_link),
    Invariant("没有停用或缺失的密钥之下的内容", retired_keys_in_use),
)
