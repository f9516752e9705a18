"""The tree over all links equals that of RFC 6962, in whatever steps it was built."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.merkle import EMPTY_ROOT, Tree

# RFC 6962 test vectors of the reference implementation: eight leaves and the root after each.
LEAVES = (
    *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
    "606162636465666768696a6b6c6d6e6f",
)
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def test_the_reference_roots_come_out() -> None:
    tree = Tree()
    assert tree.root() == EMPTY_ROOT == hashlib.sha256().hexdigest()
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        tree.add(bytes.fromhex(leaf))
        assert tree.root() == root


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    left, right = by_definition(leaves[:split]), by_definition(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=70), st.integers(0, 70))
def test_a_tree_kept_as_its_frontier_goes_on_like_one_never_put_down(leaves: list[bytes], at: int) -> None:
    tree = Tree()
    for number, leaf in enumerate(leaves):
        if number == at:
            tree = Tree.at(tree.size, tree.stored())
        tree.add(leaf)
    assert tree.root() == by_definition(leaves).hex()


def test_a_frontier_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="does not belong"):
        Tree.at(3, ["00" * 32])
