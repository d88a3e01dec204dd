"""What happened to the vault itself: a record for each thing that its custody log tells."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from stalklog.records.base import Base64, Many, Record, Ref, Sha256, Size, Word

VaultId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
"""The id of a vault."""
LogName = Literal["evidence", "threats", "contacts", "demands", "custody", "entries"]


class Previous(Record):
    """The damaged vault that this one goes on from."""

    vault: VaultId
    """Its id."""
    size: Size | None = None
    """How many entries of it were good."""
    head: Sha256 | None = None
    """The hash of the last of them."""


class Continues(Record):
    """The plain vault that this sealed one was made from."""

    vault: Word
    """Its VAULT line."""
    note: Word
    """Its last signed note."""
    head: Sha256
    """The hash of its last line."""


class VaultCreated(Record):
    """The vault was made: always entry 0."""

    previous: Previous | None = None
    """The damaged vault that it goes on from."""
    continues: Continues | None = None
    """The plain vault that it was sealed from."""


class Kept(Record):
    """A file about the tree at some size, kept beside the logs."""

    checkpoint_size: Size
    """The size of the tree that it is about."""
    file: Word
    """Where it lies in the vault."""
    sha256: Sha256
    """SHA-256 of the file."""


class CheckpointMade(Kept):
    """A signed tree head was kept."""


class TimestampAdded(Kept):
    """A time stamp over a kept tree head was added."""


class WitnessAdded(Kept):
    """A witness's signature on a kept tree head was added."""


class Cut(Record):
    """Bytes that an interruption left, moved to quarantine."""

    log: LogName
    """Out of which log."""
    offset: Size
    """Where they began, in bytes."""
    bytes: Size
    """How many."""
    sha256: Sha256
    """SHA-256 of them."""
    file: Word
    """Where they lie in the vault."""


class RecoveryDone(Record):
    """What an interruption left was moved to quarantine."""

    cut: Annotated[Many[Cut], Field(min_length=1)]
    """Each piece that was moved."""


class Issued(Record):
    """Something was made from the vault to be given to others."""

    sha256: Sha256
    """SHA-256 of it; of a folder, of its `tagmanifest-sha256.txt`."""
    size_bytes: Size
    """Its size in bytes."""
    format: Word
    """Its format."""
    ids: Many[Ref] = ()
    """The entries in it."""
    checkpoint_size: Size | None = None
    """How many entries the vault had."""
    to: str | None = None
    """For whom it was made."""
    purpose: str | None = None
    """What for."""


class ReportMade(Issued):
    """A report was made."""


class PackageMade(Issued):
    """A package was made."""


class KeysChanged(Record):
    """The keys that a sealed vault is sealed to were changed, signed by its owner."""

    recipients: Annotated[Many[Word], Field(min_length=1)]
    """The keys from here on."""
    signature: Word
    """The owner's signature."""


class EntryCarried(Record):
    """A line of the plain vault that a sealed one was made from, byte for byte."""

    line_base64: Base64
    """The exact bytes of the line, without its newline."""
