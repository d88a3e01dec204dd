from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.core.merkle import EMPTY_ROOT, Frontier, leaf_hash, node_hash, perfect_root

# The leaves and roots that the RFC 6962 implementations test themselves with.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

LEAF_LISTS = st.lists(st.binary(max_size=40), max_size=70)


def root_as_defined(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    left, right = root_as_defined(leaves[:k]), root_as_defined(leaves[k:])
    return hashlib.sha256(b"\1" + left + right).digest()


def grown(leaves: list[bytes]) -> Frontier:
    tree = Frontier()
    for leaf in leaves:
        tree.add(leaf_hash(leaf))
    return tree


@pytest.mark.parametrize("size", range(9))
def test_the_root_is_the_published_one(size: int) -> None:
    assert grown(LEAVES[:size]).root().hex() == ROOTS[size]


def test_leaf_and_node_are_hashed_apart() -> None:
    assert leaf_hash(b"").hex() == ROOTS[1]
    assert node_hash(leaf_hash(LEAVES[0]), leaf_hash(LEAVES[1])).hex() == ROOTS[2]
    assert EMPTY_ROOT.hex() == ROOTS[0]


@given(LEAF_LISTS)
def test_the_root_is_the_one_of_the_definition(leaves: list[bytes]) -> None:
    assert grown(leaves).root() == root_as_defined(leaves)


@given(st.lists(st.integers(0, 40), max_size=6))
def test_many_leaves_at_once_are_the_same_as_one_by_one(counts: list[int]) -> None:
    leaves = [leaf_hash(b"%d" % number) for number in range(sum(counts))]
    tree, one_by_one = Frontier(), Frontier()
    for count in counts:
        more = leaves[tree.size : tree.size + count]
        tree.extend(more)
        for leaf in more:
            one_by_one.add(leaf)
        assert (tree.size, tree.nodes) == (one_by_one.size, one_by_one.nodes)
        assert tree.root() == one_by_one.root()


@pytest.mark.parametrize("level", range(7))
def test_a_perfect_tree_has_the_root_of_the_definition(level: int) -> None:
    lines = [b"%d" % number for number in range(1 << level)]
    assert perfect_root([leaf_hash(line) for line in lines]) == root_as_defined(lines)


@pytest.mark.parametrize("count", [3, 5, 6, 7])
def test_a_tree_with_a_gap_is_no_perfect_one(count: int) -> None:
    with pytest.raises(ValueError, match="zip"):
        perfect_root([leaf_hash(b"%d" % number) for number in range(count)])


@given(LEAF_LISTS)
def test_the_frontier_holds_the_perfect_subtrees_largest_first(leaves: list[bytes]) -> None:
    expected, start = [], 0
    for bit in reversed(range(len(leaves).bit_length())):
        if len(leaves) & 1 << bit:
            expected.append(root_as_defined(leaves[start : start + (1 << bit)]))
            start += 1 << bit
    assert list(grown(leaves).nodes) == expected


@given(LEAF_LISTS, LEAF_LISTS)
def test_a_tree_goes_on_from_its_frontier(before: list[bytes], after: list[bytes]) -> None:
    first = grown(before)
    second = Frontier(first.size, first.nodes)
    for leaf in after:
        second.add(leaf_hash(leaf))
    assert second.size == len(before) + len(after)
    assert second.root() == root_as_defined(before + after)


@given(LEAF_LISTS)
def test_a_copy_goes_its_own_way(leaves: list[bytes]) -> None:
    tree = grown(leaves)
    tree.copy().add(leaf_hash(b"another"))
    assert tree.root() == root_as_defined(leaves)


@given(st.integers(0, 2**40), st.integers(0, 45))
def test_a_frontier_of_another_length_is_refused(size: int, count: int) -> None:
    if count == size.bit_count():
        assert Frontier(size, [bytes(32)] * count).size == size
    else:
        with pytest.raises(
            ValueError, match=r"^a tree of this size has another number of perfect subtrees$"
        ):
            Frontier(size, [bytes(32)] * count)
