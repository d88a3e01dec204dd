"""A file that stands inside a text file as base64: counted and hashed on the way, never kept."""

from __future__ import annotations

import binascii
import re
from hashlib import sha256
from typing import Final

_SPACE: Final = b" \t\r\n"
_LINE_ENDS: Final = re.compile(rb"&#(?:10|13|x[aAdD]);")
_NULL: Final = sha256(b"null").digest()
"""What the app writes for nothing at all: it is base64 too, by accident."""
_GROUP: Final = 4
_REFERENCE_BYTES: Final = 5
"""Of `&#13;` without its end: a reference that is cut by a block waits for the rest of it."""


class Base64Value:
    """What is written as base64 from a place on.

    Args:
        start: Its first byte in the original.
    """

    def __init__(self, start: int) -> None:
        self.start = start
        """Its first byte in the original."""
        self.end = start
        """One past its last byte."""
        self.size_bytes = 0
        """How long it is when decoded."""
        self.is_sound = True
        """Whether all of it is base64, to its end."""
        self.is_null = False
        """Whether it says that there is none."""
        self._written = sha256()
        self._decoded = sha256()
        self._waiting = b""
        self._is_padded = False

    def add(self, piece: bytes) -> None:
        """The next bytes as they stand there."""
        self.end += len(piece)
        self._written.update(piece)
        piece = self._waiting + piece
        reference = piece.rfind(b"&", max(0, len(piece) - _REFERENCE_BYTES))
        cut = len(piece)
        if reference >= 0 and b";" not in piece[reference:]:
            cut = reference
        self._decode(piece[:cut], piece[cut:])

    def ended(self) -> Base64Value:
        """There is no more of it."""
        self.is_sound = self.is_sound and not self._waiting
        self.is_null = self._written.digest() == _NULL
        return self

    @property
    def sha256(self) -> str:
        """SHA-256 when decoded; empty if it cannot be."""
        return self._decoded.hexdigest() if self.is_sound else ""

    @property
    def written_sha256(self) -> str:
        """SHA-256 as it is written."""
        return self._written.hexdigest()

    def _decode(self, piece: bytes, rest: bytes) -> None:
        """Decode whole groups of four letters; those over wait for more."""
        if not self.is_sound:
            self._waiting = b""
            return
        letters = piece.translate(None, _SPACE)
        if b"&" in letters:
            letters = _LINE_ENDS.sub(b"", letters)
        whole = len(letters) - len(letters) % _GROUP
        self._waiting = letters[whole:] + rest
        try:
            if letters and self._is_padded:
                raise binascii.Error  # noqa: TRY301 - the same end as of what follows
            decoded = binascii.a2b_base64(letters[:whole], strict_mode=True)
        except binascii.Error:
            self.is_sound = False
            return
        self._is_padded = self._is_padded or letters[:whole].endswith(b"=")
        self.size_bytes += len(decoded)
        self._decoded.update(decoded)
