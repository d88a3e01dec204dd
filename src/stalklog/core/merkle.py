"""The Merkle tree over all lines of a vault: RFC 6962 section 2.1."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(line: bytes) -> bytes:
    """The leaf of a line, `SHA-256(00 ‖ line)`: 32 bytes."""
    return hashlib.sha256(b"\x00" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The parent of two nodes, `SHA-256(01 ‖ left ‖ right)`: 32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def perfect_root(leaves: Sequence[bytes]) -> bytes:
    """The root of a tree that has no gap: of 1, 2, 4, 8, ... leaves."""
    nodes, sha256 = leaves, hashlib.sha256
    while len(nodes) > 1:
        pairs = iter(nodes)
        nodes = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(pairs, pairs, strict=True)
        ]
    return nodes[0]


class Frontier:
    """The right edge of a growing tree: the roots of its perfect subtrees, largest first.

    A tree of n leaves has one such root for each bit that is set in n, so adding a leaf and telling
    the root cost O(log n), and nothing older needs to be read again.
    """

    __slots__ = ("_nodes", "_size")

    def __init__(self, size: int = 0, nodes: Iterable[bytes] = ()) -> None:
        self._size = size
        self._nodes = list(nodes)
        if len(self._nodes) != size.bit_count():
            raise ValueError("a tree of this size has another number of perfect subtrees")

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self._size

    @property
    def nodes(self) -> tuple[bytes, ...]:
        """The roots of the perfect subtrees, largest first, 32 bytes each."""
        return tuple(self._nodes)

    def add(self, leaf: bytes) -> None:
        """Let the tree grow by one leaf (its hash, 32 bytes)."""
        self._add_subtree(leaf, 0)

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Let the tree grow by many leaves: the same as to `add` them one by one, but sooner."""
        start = 0
        while start < len(leaves):
            level = (len(leaves) - start).bit_length() - 1
            if self._size:  # a perfect subtree begins only where its own size ends
                level = min(level, (self._size & -self._size).bit_length() - 1)
            self._add_subtree(perfect_root(leaves[start : start + (1 << level)]), level)
            start += 1 << level

    def _add_subtree(self, node: bytes, level: int) -> None:
        carried = self._size >> level
        while carried & 1:
            node = node_hash(self._nodes.pop(), node)
            carried >>= 1
        self._nodes.append(node)
        self._size += 1 << level

    def root(self) -> bytes:
        """The root of the tree as it is now: 32 bytes."""
        if not self._nodes:
            return EMPTY_ROOT
        node = self._nodes[-1]
        for left in reversed(self._nodes[:-1]):
            node = node_hash(left, node)
        return node

    def copy(self) -> Frontier:
        """The same tree, which may grow another way."""
        return Frontier(self._size, self._nodes)
