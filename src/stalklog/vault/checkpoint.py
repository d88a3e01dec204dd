"""Signed tree heads of the vault: who signs them, where they lie, what they vouch for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.core.note import (
    Checkpoint,
    NoteFormatError,
    NoteSignatureError,
    Signer,
    Verifier,
)
from stalklog.vault.atomic import replace_file
from stalklog.vault.disk import ABSENT
from stalklog.vault.layout import LATEST_NOTE, SIGNER

if TYPE_CHECKING:
    from stalklog.core.merkle import Frontier
    from stalklog.vault.disk import Disk
    from stalklog.vault.layout import Header

MAX_NOTE_BYTES = 64 * 1024
"""A note with every signature that it may carry is far smaller."""


def load_signer(disk: Disk, header: Header) -> Signer | None:
    """The key that signs the vault's notes; None where it is lost or is another vault's.

    Raises:
        OSError: The disk cannot read it: that says nothing of whether it is lost.
    """
    try:
        signer = Signer.from_text(disk.read(SIGNER, 0, MAX_NOTE_BYTES).decode("ascii"))
    except (*ABSENT, PermissionError, ValueError):
        return None
    return signer if signer.vkey() == header.key else None


def load_note(disk: Disk, header: Header, name: str = LATEST_NOTE) -> Checkpoint:
    """The tree head that a note of the vault vouches for.

    Raises:
        NoteFormatError: It is no note, is missing, or is another tree's.
        NoteSignatureError: The vault's key did not sign it.
        OSError: The disk cannot read it: that says nothing of what it is.
    """
    try:
        note = disk.read(name, 0, MAX_NOTE_BYTES)
    except ABSENT:
        raise NoteFormatError("it is missing or no file") from None
    try:
        verifier = Verifier.from_vkey(header.key)
    except ValueError:
        raise NoteSignatureError("the vault's key in VAULT is none") from None
    checkpoint = verifier.open(note)
    if checkpoint.origin != header.origin:
        raise NoteFormatError("it names another tree")
    return checkpoint


def sign_note(signer: Signer, header: Header, tree: Frontier) -> bytes:
    """The signed note of the tree as it is now."""
    return signer.sign(Checkpoint(header.origin, tree.size, tree.root()))


def write_latest_note(disk: Disk, header: Header, signer: Signer, tree: Frontier) -> None:
    """Have the note of the tree as it is now on the disk before this returns."""
    replace_file(disk, LATEST_NOTE, sign_note(signer, header, tree))
