"""The arithmetic of the audit chain: hash = H(prev ‖ seq ‖ canonical record). Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

GENESIS = ""


@dataclass(frozen=True)
class Link:
    """One record of a chain as it is stored."""

    seq: int
    record: Mapping[str, Any]
    prev_hash: str
    hash: str
    algorithm: str


def canonical(record: Mapping[str, Any]) -> bytes:
    """Write a JSON record in one way only: sorted keys, no spaces, UTF-8."""
    return json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(*, prev_hash: str, seq: int, record: Mapping[str, Any], algorithm: str) -> str:
    """Hash one link; ``algorithm`` is ``sha256`` or ``sm3`` (GB/T 32905-2016)."""
    seal = hashlib.new(algorithm)
    seal.update(prev_hash.encode() + b"\x1f" + str(seq).encode() + b"\x1f" + canonical(record))
    return seal.hexdigest()


def first_broken(links: Iterable[Link]) -> int | None:
    """Return the ``seq`` of the first link that does not follow, or None when the chain is whole."""
    prev_hash, expected = GENESIS, 1
    for link in links:
        seal = digest(prev_hash=prev_hash, seq=link.seq, record=link.record, algorithm=link.algorithm)
        if link.seq != expected or link.prev_hash != prev_hash or link.hash != seal:
            return expected
        prev_hash, expected = link.hash, expected + 1
    return None
