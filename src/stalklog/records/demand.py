"""A demand to stop all contact: how it was made, what it said, and what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from stalklog.i18n import gettext as _
from stalklog.records.base import Day, EvidenceRef, Many, Occurred, Record
from stalklog.records.naming import Identifier

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject

Form = Literal[
    "formal",
    "informal-refusal",
    "block",
    "third-party",
    "lawyer-letter",
    "police-warning",
    "court-order",
]
_SUBSTANCE = frozenset({"form", "how", "to", "identifiers", "words", "order"})
ResponseKind = Literal["none", "acknowledged", "abusive", "apology"]


class ProofOfReceipt(Record):
    """What shows that the demand arrived."""

    shorthand: ClassVar[str] = "kind"

    kind: str | None = None
    """What sort of proof: a read mark, a signed card, an answer."""
    at: Occurred | None = None
    """When it arrived."""
    id: EvidenceRef | None = None
    """The proof, kept as evidence."""


class Response(Record):
    """What came back."""

    shorthand: ClassVar[str] = "kind"

    kind: ResponseKind
    """What sort of answer."""
    id: EvidenceRef | None = None
    """The answer, kept as evidence."""


class Order(Record):
    """The order of a court."""

    shorthand: ClassVar[str] = "court"

    court: str | None = None
    """Which court."""
    no: str | None = None
    """The order's number."""
    from_: Day | None = Field(default=None, alias="from")
    """The first day on which it holds."""
    until: Day | None = None
    """The last day on which it holds."""


class Demand(Record):
    """One demand, refusal, block or order; one is enough, and none is needed for anything."""

    form: Form | None = None
    """What form it had."""
    occurred: Occurred
    """When it was made."""
    how: str | None = None
    """By which way it was sent."""
    to: str | None = None
    """To whom."""
    identifiers: Many[Identifier] = ()
    """The addresses and accounts that it was sent to."""
    words: str | None = None
    """The exact text."""
    language: str | None = None
    """The language of the text."""
    decided_with: str | None = None
    """With whom it was decided."""
    safety_considered: bool | None = None
    """Whether it was considered what the demand could set off."""
    proof_of_sending: Many[EvidenceRef] = ()
    """The proof that it was sent, kept as evidence."""
    proof_of_receipt: ProofOfReceipt | None = None
    """What shows that it arrived."""
    response: Response | None = None
    """What came back."""
    order: Order | None = None
    """The order of a court, where there is one."""

    @classmethod
    def rule(cls, body: JsonObject) -> str | None:
        """A time alone is no demand."""
        if _SUBSTANCE.isdisjoint(body):
            return _("needs one of form, how, to, identifiers, words, order")
        return None
