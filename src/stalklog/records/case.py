"""The particulars of the case: the newest word on each field holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from stalklog.records.base import Many, Record
from stalklog.records.change import change_rule
from stalklog.records.naming import Identifier, Reference

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject

CaseField = Literal[
    "alias",
    "name",
    "contact",
    "safe_contact",
    "operator",
    "postal_address",
    "relation",
    "identifiers",
    "references",
    "country",
    "language",
    "trusted_by",
]
CASE_LISTS = ("identifiers", "references")
"""The fields that hold a list, to which more is added."""
CONFIDENTIAL = ("name", "contact", "safe_contact")
"""Only for the confidential sheet; in no report, letter or package unless it is asked for."""


class Case(Record):
    """Who the case is about and who keeps it."""

    alias: str | None = None
    """How the person is called in papers."""
    name: str | None = None
    """The person's name: confidential."""
    contact: str | None = None
    """How the person can be reached: confidential."""
    safe_contact: str | None = None
    """How and when the person can be reached safely: confidential."""
    operator: str | None = None
    """The organisation that keeps the case, as letters name it."""
    postal_address: str | None = None
    """That organisation's postal address."""
    relation: str | None = None
    """What the person and the stalker are to each other, if known."""
    identifiers: Many[Identifier] = ()
    """The stalker's addresses, numbers and accounts."""
    references: Many[Reference] = ()
    """Case, FIR and crime numbers."""
    country: str | None = None
    """The country whose law applies."""
    language: str | None = None
    """The language of letters and reports."""
    trusted_by: str | None = None
    """The person's own mail servers, with blanks between: their word on a connection counts."""


class CaseLists(Record):
    """What is added to the lists of a case."""

    identifiers: Many[Identifier] = ()
    """More addresses, numbers and accounts of the stalker."""
    references: Many[Reference] = ()
    """More case, FIR and crime numbers."""


class CaseNoted(Record):
    """New words on some fields of the case: first what is set and unset, then what is added."""

    set: Case | None = None
    """The fields that have a new value; a list is replaced whole."""
    add: CaseLists | None = None
    """What is added to a list, whatever stands in it: so adding needs no reading."""
    unset: Many[CaseField] = Field(default=())
    """The fields that have none any more."""

    @classmethod
    def rule(cls, body: JsonObject) -> str | None:
        """Something changes, and no field is set and unset at once."""
        is_changed = body.get("set") or body.get("unset")
        return change_rule(body) if is_changed or "add" not in body else None
