"""What one letter is about: to whom it goes, which contact it follows, what it names."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from stalklog.records.country import country_of
from stalklog.services import letter_facts as gather
from stalklog.services.letter_material import objects, text, text_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from stalklog.letters.render import Facts, Thing
    from stalklog.records.view import Shown
    from stalklog.services.letter_facts import Connection
    from stalklog.services.letter_material import Material

FOLLOWING: Final = frozenset({"reminder", "escalation"})
"""Letters that follow an earlier contact."""
_AGENCIES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "preserve": frozenset({"isp", "mail-provider", "platform"}),
        "abuse": frozenset({"isp", "mail-provider", "platform"}),
        "grievance": frozenset({"grievance-officer", "platform"}),
        "police": frozenset({"police", "cyber-cell"}),
    }
)
"""To which kinds of agency a letter goes."""
_REGISTERED: Final = frozenset({"FIR", "zero-FIR"})


@dataclass(frozen=True, slots=True)
class Wish:
    """Which letter is wanted."""

    kind: str
    """One of `letters.heading.KINDS`."""
    to: str = ""
    """The addressee; empty for the one that the record names."""
    ids: tuple[str, ...] = ()
    """What it is about: exhibits, incidents, a demand, the contact that it follows."""
    language: str = ""
    """Empty for the language of the case."""
    country: str = ""
    """Whose law; empty for the addressee's or the case's country."""
    agency_kind: str = ""
    """The kind of agency; empty for what the record says of it."""
    template: str = ""
    """A template by name; empty for the one that fits best."""
    folders: tuple[Path, ...] = ()
    """Templates of her own, the nearest first."""
    accounts: tuple[str, ...] = ()
    """The identifiers to name; empty for all that are noted."""
    connections: tuple[Connection, ...] = field(default=())
    """The connections to name; empty for those that the mails show."""
    trusted_by: tuple[str, ...] = ()
    """Machines and networks of her own side, whose word about a connection counts."""


@dataclass(frozen=True)
class About:
    """What a letter is about, as far as wish and record say."""

    material: Material
    wish: Wish
    ids: tuple[str, ...]
    """The entries that were named, by their ids."""
    unreadable_lines: int = 0
    """Lines of the vault that could not be read: what stands in them is not known."""
    not_listed: Mapping[str, str] = field(default_factory=dict)
    """E-mails that are left out as the other person may not have sent them, each by its id with a
    name of `letter_senders.WHY_NOT`."""

    @cached_property
    def earlier(self) -> Shown | None:
        """The contact that it follows: the one that is named, else the newest with the agency."""
        named = self._named("contacts")
        if named:
            return named[-1]
        if self.wish.kind not in FOLLOWING:
            return None
        asked = self.material.contacts
        if self.wish.to and self.wish.kind == "reminder":
            asked = tuple(entry for entry in asked if _is_with(entry, self.wish.to))
        return asked[-1] if _is_one_agency(asked) else None

    @cached_property
    def addressee(self) -> str:
        """To whom it goes; empty where that is not known.

        An escalation goes to somebody else than who was asked before, and a letter that says stop
        to no agency.
        """
        if self.wish.to or self.wish.kind in {"stop", "escalation"}:
            return self.wish.to
        if self.earlier is not None:
            return text(self.earlier, "agency")
        kinds = _AGENCIES.get(self.wish.kind, frozenset())
        fitting = [one for one in self.material.contacts if text(one, "kind") in kinds]
        return text(fitting[-1], "agency") if _is_one_agency(fitting) else ""

    @property
    def agency_kind(self) -> str:
        """The kind of agency: of an escalation, of the one that was asked before."""
        if self.wish.agency_kind:
            return self.wish.agency_kind
        if self.wish.kind == "escalation":
            return text(self.earlier, "kind") if self.earlier else ""
        return self._newest("kind")

    @property
    def is_registered(self) -> bool:
        """Whether police gave the number of an FIR: then no letter says that there is none."""
        given = [self.material.case, *(one.fields for one in self.material.contacts)]
        numbers = (one for fields in given for one in objects(fields.get("references")))
        return any(text_in(one, "type") in _REGISTERED for one in numbers)

    @property
    def country(self) -> str:
        """Two letters of the country whose law a template should rest on; empty if not known."""
        of_case = text_in(self.material.case, "country")
        of_earlier = text(self.earlier, "country") if self.earlier else ""
        told = self.wish.country or self._newest("country") or of_earlier or of_case
        return country_of(told)

    @cached_property
    def incidents(self) -> tuple[Shown, ...]:
        """The incidents: those that were named, or all where neither they nor exhibits were."""
        return self._named("threats") if self.is_narrowed else self.material.in_log("threats")

    @cached_property
    def exhibits(self) -> tuple[Shown, ...]:
        """The exhibits: those that were named and those of named incidents.

        Where neither were, all but the e-mails that somebody else may have sent.
        """
        if not self.is_narrowed:
            return tuple(one for one in self.material.exhibits if one.id not in self.not_listed)
        ids = dict.fromkeys(entry.id for entry in self._named("evidence"))
        for entry in self._named("threats"):
            ids.update(dict.fromkeys(self.material.shown_by.get(entry.id, ())))
        by_id = self.material.by_id
        return tuple(by_id[name] for name in ids if name in by_id)

    def facts(
        self,
        mails: Mapping[str, Thing] = MappingProxyType({}),
        times: Mapping[str, datetime] = MappingProxyType({}),
    ) -> Facts:
        """Everything that a template may use, but what only the vault knows.

        Args:
            mails: By the id of an exhibit, what it says of itself as an e-mail.
            times: By the id of an exhibit, when it was sent by its own header, in UTC.
        """
        material, given = self.material, self.wish.connections
        return {
            **{name: text_in(material.case, name) for name in ("alias", "relation", "operator")},
            "postal_address": text_in(material.case, "postal_address"),
            **self._addressee(),
            **gather.earlier(material, self.earlier),
            **gather.demand(material),
            **gather.period(material, (*self.incidents, *self.exhibits), given, times),
            "police_reference": gather.police_reference(material),
            "accounts": gather.accounts(material, self.wish.accounts),
            "connections": gather.connections(given, material.language),
            "pages": gather.pages(material, self.exhibits),
            "exhibits": gather.exhibits(material, self.exhibits, mails),
            "incidents": gather.incidents(material, self.incidents),
            "contacts": gather.contacts(material),
            "references": gather.references(material),
        }

    def _addressee(self) -> Mapping[str, str]:
        """Whoever it goes to, with what the newest contact that says so tells."""
        person = next((one for one in reversed(self._with_them) if text(one, "person")), None)
        who = (text(person, "person"), text(person, "rank_or_role")) if person else ()
        return {
            "addressee": self.addressee,
            "addressee_unit": self._newest("unit"),
            "addressee_person": ", ".join(filter(None, who)),
            "addressee_address": self._newest("contact_details"),
            "your_reference": gather.numbers(self.material.language, *self._with_them),
        }

    @cached_property
    def _with_them(self) -> tuple[Shown, ...]:
        """The contacts with whom it goes to, oldest first."""
        return tuple(one for one in self.material.contacts if _is_with(one, self.addressee))

    def _newest(self, name: str) -> str:
        """What the newest contact with them that has this field holds; empty where none has."""
        told = (text(one, name) for one in reversed(self._with_them))
        return next(filter(None, told), "")

    @property
    def is_narrowed(self) -> bool:
        """Whether exhibits or incidents were named: then it is about these alone."""
        return any(name[:1] in {"E", "T"} for name in self.ids)

    def _named(self, log: str) -> tuple[Shown, ...]:
        by_id = self.material.by_id
        named = (by_id[name] for name in self.ids if name in by_id)
        return tuple(entry for entry in named if entry.log == log)


def _is_with(entry: Shown, agency: str) -> bool:
    return text(entry, "agency").casefold().strip() == agency.casefold().strip()


def _is_one_agency(entries: Iterable[Shown]) -> bool:
    return len({text(entry, "agency").casefold() for entry in entries}) == 1
