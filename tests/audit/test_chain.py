"""The chain notices every way of bending the record (Art. 25)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.chain import GENESIS, Link, canonical, digest, first_broken


def chain(length: int, algorithm: str = "sha256") -> list[Link]:
    links: list[Link] = []
    prev = GENESIS
    for seq in range(1, length + 1):
        record = {"verb": "accept", "n": seq, "词": "受理"}
        seal = digest(prev_hash=prev, seq=seq, record=record, algorithm=algorithm)
        links.append(Link(seq, record, prev, seal, algorithm))
        prev = seal
    return links


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_an_honest_chain_is_whole(algorithm: str) -> None:
    assert first_broken(chain(9, algorithm)) is None


def test_sm3_is_the_national_standard_s_function() -> None:
    """GB/T 32905-2016, example 1: the digest of "abc"."""
    assert hashlib.new("sm3", b"abc").hexdigest() == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )


TAMPERINGS: dict[str, tuple[int, Callable[[list[Link]], list[Link]]]] = {
    "a field edited": (
        4,
        lambda links: [*links[:3], replace(links[3], record={"verb": "refuse"}), *links[4:]],
    ),
    "one deleted in the middle": (4, lambda links: links[:3] + links[4:]),
    "two swapped": (4, lambda links: [*links[:3], links[4], links[3], *links[5:]]),
    "one inserted": (5, lambda links: [*links[:4], links[0], *links[4:]]),
    "one replayed at the end": (10, lambda links: [*links, links[-1]]),
    "one edited and hashed again": (
        5,
        lambda links: [
            *links[:3],
            replace(
                links[3],
                record={"verb": "x"},
                hash=digest(prev_hash=links[3].prev_hash, seq=4, record={"verb": "x"}, algorithm="sha256"),
            ),
            *links[4:],
        ],
    ),
    "the head cut off": (1, lambda links: links[1:]),
    "the algorithm renamed": (1, lambda links: [replace(links[0], algorithm="sm3"), *links[1:]]),
}


@pytest.mark.article(25)
@pytest.mark.parametrize("way", TAMPERINGS)
def test_a_bent_record_is_found_at_its_place(way: str) -> None:
    place, bend = TAMPERINGS[way]
    assert first_broken(bend(chain(9))) == place


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none()))
def test_a_record_is_written_in_one_way_whatever_its_order(record: dict[str, object]) -> None:
    assert canonical(record) == canonical(dict(reversed(record.items())))
