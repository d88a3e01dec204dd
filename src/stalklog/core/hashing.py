"""SHA-256 (FIPS 180-4), the one hash of the vault."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

BLOCK_BYTES = 256 * 1024
"""How much is read and hashed at once: larger blocks were measured slower."""


def sha256_hex(data: bytes) -> str:
    """SHA-256 of these bytes in lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def sha256_of(blocks: Iterable[bytes]) -> tuple[str, int]:
    """SHA-256 in lower-case hex, and the length in bytes, of a stream of blocks."""
    digest = hashlib.sha256()
    size_bytes = 0
    for block in blocks:
        digest.update(block)
        size_bytes += len(block)
    return digest.hexdigest(), size_bytes
