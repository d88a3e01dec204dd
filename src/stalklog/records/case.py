"""The particulars of the case: the newest word on each field holds."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from stalklog.i18n import gettext as _
from stalklog.records.base import Many, Record, refusal
from stalklog.records.naming import Identifier, Reference

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
]
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


class CaseNoted(Record):
    """New words on some fields of the case; a list is replaced whole."""

    set: Case | None = None
    """The fields that have a new value."""
    unset: Many[CaseField] = Field(default=())
    """The fields that have none any more."""

    @model_validator(mode="after")
    def _require_change(self) -> Self:
        given = set() if self.set is None else self.set.model_fields_set
        if not given and not self.unset:
            raise refusal(_("changes nothing"))
        if given.intersection(self.unset):
            raise refusal(_("sets and unsets the same field"))
        return self
