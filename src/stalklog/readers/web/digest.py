"""The checksums that a web archive keeps of what it holds, compared with what is there."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_ALGORITHMS: Final = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})


class Digest:
    """One checksum, over bytes that are given piece by piece.

    Args:
        written: As the archive has it: `sha1:` and base32 or hexadecimal digits.
    """

    def __init__(self, written: str) -> None:
        name, _colon, value = written.strip().partition(":")
        name = name.strip().lower().replace("-", "")
        self._value = value.strip()
        self._hash = hashlib.new(name, usedforsecurity=False) if name in _ALGORITHMS else None

    @property
    def is_known(self) -> bool:
        """Whether there is a checksum, and by an algorithm that is known."""
        return self._hash is not None

    def update(self, data: bytes) -> None:
        """So many further bytes."""
        if self._hash is not None:
            self._hash.update(data)

    def fits(self) -> bool:
        """Whether it is that of the bytes."""
        return self._hash is not None and self._value.lower() in _forms(self._hash.digest())


def _forms(digest: bytes) -> Iterable[str]:
    """How it may be written: base32, as crawlers do, or hexadecimal."""
    base32 = base64.b32encode(digest).decode().lower()
    return base32, base32.rstrip("="), digest.hex()
