"""Check the plain vault that a sealed one was made from: its chain, its tree, its note, again."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from stalklog.core.hashing import sha256_hex
from stalklog.core.merkle import Frontier, leaf_hash
from stalklog.core.note import NoteFormatError, NoteSignatureError, Verifier
from stalklog.i18n import gettext as _
from stalklog.vault.layout import HeaderError, NewerFormatError, parse_header
from stalklog.vault.log import parse_line

if TYPE_CHECKING:
    from stalklog.core.entry import Entry, JsonObject
    from stalklog.core.note import Checkpoint


class CarriedError(ValueError):
    """What was carried over is not what the old vault was; the text says what differs."""


class CarriedCheck:
    """Follows the carried lines, fed in the order of the chain."""

    def __init__(self, continues: JsonObject) -> None:
        """Take what entry 0 says of the old vault.

        Raises:
            CarriedError: It is no vault, or its note is not signed by its key.
        """
        try:
            header = parse_header(str(continues.get("vault")).encode() + b"\n")
            verifier = Verifier.from_vkey(header.key)
            self._note: Checkpoint = verifier.open(str(continues.get("note")).encode())
        except (HeaderError, NewerFormatError, NoteFormatError, NoteSignatureError, ValueError):
            raise CarriedError(_("the old vault or its signed note is not good")) from None
        if header.sealed or self._note.origin != header.origin:
            raise CarriedError(_("the old note is of another vault"))
        self._head = str(continues.get("head"))
        self._before = header.line_sha256
        self._tree = Frontier()
        self._is_over = False

    def take(self, seq: int, log: str, body: JsonObject) -> Entry:
        """The old entry that is carried at this place.

        Raises:
            CarriedError: It does not follow the one before it, or does not belong here.
        """
        try:
            line = base64.b64decode(str(body.get("line_base64")), validate=True)
            entry, prev = parse_line(line)
        except ValueError:
            raise CarriedError(_("what is carried is no entry")) from None
        if self._is_over or entry.seq != seq - 1 or entry.log != log or prev != self._before:
            raise CarriedError(_("it does not follow the old entry before it"))
        self._before = sha256_hex(line)
        self._tree.add(leaf_hash(line))
        if self._tree.size == self._note.size and self._tree.root() != self._note.root:
            raise CarriedError(_("the old signed note vouches for other entries"))
        return entry

    def end(self) -> None:
        """Nothing more is carried from here on.

        Raises:
            CarriedError: Entries of the old vault are missing.
        """
        if self._is_over:
            return
        self._is_over = True
        if self._before != self._head or self._tree.size < self._note.size:
            raise CarriedError(_("entries of the old vault are missing"))
