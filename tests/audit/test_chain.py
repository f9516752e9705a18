"""The chain notices every change of the record, and without its key nobody can write a link (Art. 25)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.chain import GENESIS, Link, algorithm_name, canonical, commitment, first_break, seal_of
from common.privacy.ciphers import Key

KEY, OTHER = Key("trace.1", b"k" * 32), Key("trace.2", b"o" * 32)
KEYS = {KEY.name: KEY}
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def chain(length: int, function: str = "sha256", key: Key = KEY) -> list[Link]:
    links: list[Link] = []
    prev = GENESIS
    for seq in range(1, length + 1):
        record = canonical({"n": seq, "词": "受理"})
        link = Link("case:7", seq, algorithm_name(function, key), 3, "accept", NOON, record, prev, "")
        links.append(replace(link, hash=seal_of(link, key)))
        prev = links[-1].hash
    return links


def where(links: list[Link]) -> int | None:
    broken = first_break(links, KEYS)
    return broken.seq if broken else None


def resealed(link: Link, key: Key = KEY, **changes: object) -> Link:
    changed = replace(link, **changes)  # type: ignore[arg-type]
    return replace(changed, hash=seal_of(changed, key))


@pytest.mark.parametrize("function", ["sha256", "sm3"])
def test_an_honest_chain_is_whole(function: str) -> None:
    assert where(chain(9, function)) is None


def test_sm3_is_the_national_standard_s_function() -> None:
    """GB/T 32905-2016, example 1: the digest of "abc"."""
    assert hashlib.new("sm3", b"abc").hexdigest() == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )


TAMPERINGS: dict[str, tuple[int, Callable[[list[Link]], list[Link]]]] = {
    "the record edited": (4, lambda c: [*c[:3], replace(c[3], record="{}"), *c[4:]]),
    "another actor": (4, lambda c: [*c[:3], replace(c[3], actor_id=9), *c[4:]]),
    "the clock instead of a person": (4, lambda c: [*c[:3], replace(c[3], actor_id=None), *c[4:]]),
    "another verb": (4, lambda c: [*c[:3], replace(c[3], verb="refuse"), *c[4:]]),
    "another time": (4, lambda c: [*c[:3], replace(c[3], at=NOON + timedelta(microseconds=1)), *c[4:]]),
    "another subject": (1, lambda c: [replace(link, subject="case:8") for link in c]),
    "another function": (1, lambda c: [replace(c[0], algorithm="sm3:trace.1"), *c[1:]]),
    "one deleted in the middle": (4, lambda c: c[:3] + c[4:]),
    "two swapped": (4, lambda c: [*c[:3], c[4], c[3], *c[5:]]),
    "one inserted": (5, lambda c: [*c[:4], c[0], *c[4:]]),
    "one replayed at the end": (10, lambda c: [*c, c[-1]]),
    "one edited and hashed again": (5, lambda c: [*c[:3], resealed(c[3], record="{}"), *c[4:]]),
    "all written again under a key of one's own": (1, lambda c: chain(9, key=Key("trace.1", b"x" * 32))),
    "one added under a key of one's own": (
        10,
        lambda c: [
            *c,
            resealed(c[-1], Key("trace.1", b"x" * 32), seq=10, prev_hash=c[-1].hash),
        ],
    ),
    "the head cut off": (1, lambda c: c[1:]),
}


@pytest.mark.article(25)
@pytest.mark.parametrize("way", TAMPERINGS)
def test_a_bent_record_is_found_at_its_place(way: str) -> None:
    place, bend = TAMPERINGS[way]
    assert where(bend(chain(9))) == place


def test_a_link_under_an_unknown_key_is_reported() -> None:
    broken = first_break(chain(3, key=OTHER), KEYS)
    assert broken is not None
    assert (broken.seq, broken.why) == (1, "“sha256:trace.2”的密钥不在钥匙串里")


def test_a_retired_key_still_opens_its_own_links() -> None:
    old = chain(4)
    new = resealed(old[-1], OTHER, seq=5, prev_hash=old[-1].hash, algorithm="sha256:trace.2")
    assert first_break([*old, new], {KEY.name: KEY, OTHER.name: OTHER}) is None


def test_a_commitment_confirms_no_guess_without_the_key() -> None:
    committed = commitment("反映人王某", key=KEY, function="sha256")
    assert committed == commitment("反映人王某", key=KEY, function="sha256")
    assert committed not in {
        hashlib.sha256("反映人王某".encode()).hexdigest(),
        commitment("反映人王某", key=OTHER, function="sha256"),
    }
    assert commitment("", key=KEY, function="sha256") == ""


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none()))
def test_a_record_is_written_in_one_way_whatever_its_order(record: dict[str, object]) -> None:
    assert canonical(record) == canonical(dict(reversed(record.items())))
