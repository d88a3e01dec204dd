"""How the stalker and the case are named elsewhere: accounts and addresses, reference numbers."""

from __future__ import annotations

from typing import ClassVar, Literal

from stalklog.records.base import EvidenceRef, Occurred, Record, Word

IdentifierKind = Literal["e-mail", "phone", "handle", "account", "URL", "address", "domain"]
ReferenceType = Literal[
    "FIR",
    "zero-FIR",
    "GD/DD",
    "portal acknowledgement",
    "CSR",
    "ticket",
    "crime-ref",
    "case-no",
    "other",
]


class Identifier(Record):
    """A number, address or account, kept as it was shown and never replaced by a person's name."""

    pair: ClassVar[tuple[str, str] | None] = ("kind", "value")

    kind: IdentifierKind
    """What sort of identifier it is."""
    value: Word
    """The identifier exactly as it was shown."""
    first_seen: Occurred | None = None
    """When it was first seen."""
    evidence: EvidenceRef | None = None
    """The piece of evidence that shows it."""


class Reference(Record):
    """A number under which an agency keeps the matter."""

    pair: ClassVar[tuple[str, str] | None] = ("type", "value")

    type: ReferenceType
    """What sort of number it is."""
    value: Word
    """The number as the agency wrote it."""
