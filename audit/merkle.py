"""A Merkle tree over all links in the order in which they were sealed (RFC 6962, section 2.1). Pure.

The root at a size fixes every link up to that size, and so the head and length of every chain. The tree keeps only its
frontier: the roots of the full subtrees, at most one per level, so adding a link costs the same at any size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

EMPTY_ROOT = hashlib.sha256().hexdigest()


@dataclass
class Tree:
    """The number of leaves, and the roots of the full subtrees, the largest first."""

    size: int = 0
    frontier: list[bytes] = field(default_factory=list)

    @classmethod
    def at(cls, size: int, frontier: Sequence[str]) -> Tree:
        """Return the tree of a stored frontier; raises :class:`ValueError` when it does not fit ``size``."""
        if size.bit_count() != len(frontier):
            raise ValueError("The frontier does not belong to this size.")
        return cls(size, [bytes.fromhex(node) for node in frontier])

    def add(self, leaf: bytes) -> None:
        """Append a leaf; it joins as many subtrees as there are trailing ones in the binary size."""
        node = hashlib.sha256(b"\x00" + leaf).digest()
        joining = self.size
        while joining & 1:
            node = hashlib.sha256(b"\x01" + self.frontier.pop() + node).digest()
            joining >>= 1
        self.frontier.append(node)
        self.size += 1

    def root(self) -> str:
        """The root over all leaves so far, in hexadecimal."""
        if not self.frontier:
            return EMPTY_ROOT
        node = self.frontier[-1]
        for left in reversed(self.frontier[:-1]):
            node = hashlib.sha256(b"\x01" + left + node).digest()
        return node.hex()

    def stored(self) -> list[str]:
        """The frontier as it is stored beside a root."""
        return [node.hex() for node in self.frontier]
