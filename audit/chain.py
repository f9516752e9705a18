"""The arithmetic of the audit chain. Pure.

hash = HMAC(key, prev ‖ seq ‖ subject ‖ algorithm ‖ actor ‖ verb ‖ at ‖ record).

The key is outside the database, so the owner of the database can break a chain but cannot write a link.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from common.privacy.ciphers import Key

GENESIS = ""
FUNCTIONS = ("sha256", "sm3")  # FIPS 180-4, GB/T 32905-2016
SEPARATOR = "\x1f"
IN_ITS_ONLY_FORM = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
KEYLESS = "密钥不在钥匙串里"


@dataclass(frozen=True, slots=True)
class Link:
    """One record of a chain as it is stored; ``record`` is canonical JSON."""

    subject: str
    seq: int
    algorithm: str
    actor_id: int | None
    verb: str
    at: datetime
    record: str
    prev_hash: str
    hash: str


@dataclass(frozen=True)
class Break:
    """The place where a chain is broken: the sequence number expected there, and the fault."""

    seq: int
    why: str


def canonical(record: Mapping[str, Any]) -> str:
    """Return the JSON record in its only form: sorted keys, no spaces."""
    return IN_ITS_ONLY_FORM.encode(record)


def algorithm_name(function: str, key: Key) -> str:
    """Return the name of a link's function and key: ``sha256:trace.1``."""
    return f"{function}:{key.name}"


def seal_of(link: Link, key: Key) -> str:
    """Compute the hash of a link with the function that it names; its own ``hash`` is ignored."""
    parts = (
        link.prev_hash,
        str(link.seq),
        link.subject,
        link.algorithm,
        "" if link.actor_id is None else str(link.actor_id),
        link.verb,
        link.at.astimezone(UTC).isoformat(timespec="microseconds"),
        link.record,
    )
    message = SEPARATOR.join(parts).encode()
    return hmac.digest(key.material, message, link.algorithm.partition(":")[0]).hex()


def commitment(text: str, *, key: Key, function: str) -> str:
    """Return a keyed digest of a free text: erasing the text keeps the chain whole, and nobody can test guesses."""
    if not text:
        return ""
    return hmac.digest(key.material, f"text{SEPARATOR}{text}".encode(), function).hex()


def first_break(links: Iterable[Link], keys: Mapping[str, Key]) -> Break | None:
    """Return where the chain of one subject first breaks, or None if it is complete.

    ``keys`` are the keys of the ring by name; a link under a key that is not among them cannot be checked.
    """
    prev_hash, expected = GENESIS, 1
    for link in links:
        function, _, name = link.algorithm.partition(":")
        key = keys.get(name)
        if function not in FUNCTIONS or key is None:
            return Break(expected, f"“{link.algorithm}”的{KEYLESS}")
        if link.seq != expected or link.prev_hash != prev_hash or link.hash != seal_of(link, key):
            return Break(expected, "断开")
        prev_hash, expected = link.hash, expected + 1
    return None
