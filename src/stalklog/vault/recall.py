"""Hash small copies as the disk has them, several of them on their way at once."""

from __future__ import annotations

from collections import deque
from contextlib import closing
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from stalklog.core.hashing import BLOCK_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stalklog.vault.disk import Disk, Reading

_AHEAD: Final = 64
"""How many copies the disk is asked for before the first of them is read back."""


def hash_copies(disk: Disk, names: Iterable[str]) -> Iterator[bytes]:
    """SHA-256 of each copy, 32 bytes, in their order; the disk is asked for it, not memory.

    Args:
        disk: The vault.
        names: Copies that were written and synced.

    Raises:
        OSError: One cannot be read.
    """
    buffer = memoryview(bytearray(BLOCK_BYTES))
    asked: deque[Reading] = deque()
    try:
        for name in names:
            asked.append(disk.recall(name))
            if len(asked) > _AHEAD:
                yield _hash(asked.popleft(), buffer)
        while asked:
            yield _hash(asked.popleft(), buffer)
    finally:
        for reading in asked:
            reading.close()


def _hash(reading: Reading, buffer: memoryview) -> bytes:
    digest = sha256()
    with closing(reading):
        while count := reading.read_into(buffer):
            digest.update(buffer[:count])
            if count < len(buffer):
                break  # more was asked for, and there was no more
    return digest.digest()
