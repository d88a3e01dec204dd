"""What a letter or the officer's page says, gathered from the record: only what may leave it.

Everything is chosen here by name. Of the particulars of the case the closed list `SHOWN` is read
and nothing else; of an incident neither place, circumstances nor effect; of an exhibit no file
name, and no note where it needs care; of a contact no summary. What is withdrawn is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Final

from stalklog.letters.words import is_word, moment_words, short_words, utc_words, word
from stalklog.report.belonging import exhibits_of, told_elsewhere
from stalklog.report.moment import understood

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.letters.render import Thing
    from stalklog.records.view import Shown

SHOWN: Final = (
    "alias",
    "operator",
    "postal_address",
    "relation",
    "identifiers",
    "references",
    "country",
    "language",
)
"""The particulars of the case that a letter may use: a closed list, so a new one stays out."""
LETTER_TAG: Final = "letter"
"""Marks the text of a letter that was made from the record: it is no exhibit of what was done."""
_NO_EXHIBIT: Final = frozenset({"official-report", "proof-of-sending"})
_CARE: Final = frozenset({"intimate", "location", "third-party", "minor", "privileged"})
_OF_POLICE: Final = frozenset({"police", "cyber-cell", "portal", "prosecutor"})
_REFERENCES_OF_POLICE: Final = frozenset(
    {"FIR", "zero-FIR", "GD/DD", "portal acknowledgement", "CSR", "crime-ref"}
)


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection whose records should be kept, as a trace or a person names it."""

    address: str
    """The address from which a provider recorded it."""
    port: str = ""
    """The source port; empty where it is not known."""
    at: datetime | None = None
    """When, aware; None where it is not known."""
    exhibit: str = ""
    """The exhibit that shows it."""


@dataclass(frozen=True)
class Material:
    """The record as letters see it."""

    entries: tuple[Shown, ...]
    """Everything that holds, corrected, in the order of the chain."""
    case: JsonObject
    """The particulars that may be shown."""
    language: str
    """In which the words between them are."""

    @classmethod
    def of(cls, entries: Iterable[Shown], case: JsonObject, language: str) -> Material:
        """The record without what was withdrawn, and without what is confidential."""
        held = tuple(entry for entry in entries if not entry.withdrawn)
        return cls(held, {name: case[name] for name in SHOWN if name in case}, language)

    def in_log(self, log: str) -> tuple[Shown, ...]:
        """What one log holds."""
        return tuple(entry for entry in self.entries if entry.log == log)

    @cached_property
    def by_id(self) -> Mapping[str, Shown]:
        """Every entry, by its id."""
        return {entry.id: entry for entry in self.entries}

    @cached_property
    def shown_by(self) -> Mapping[str, tuple[str, ...]]:
        """For each entry the exhibits that belong to it."""
        return {name: tuple(found) for name, found in exhibits_of(self.entries, self._ids).items()}

    @cached_property
    def times(self) -> Mapping[str, JsonValue]:
        """For each exhibit of an incident the time of that; of several the first in the chain."""
        found: dict[str, JsonValue] = {}
        for entry in self.in_log("threats"):
            for name in self.shown_by.get(entry.id, ()):
                found.setdefault(name, entry.fields.get("occurred"))
        return found

    @cached_property
    def exhibits(self) -> tuple[Shown, ...]:
        """What shows what was done: no paper of ours or an agency's, no copy of an exhibit."""
        told = told_elsewhere(self._papers, self._ids)
        return tuple(
            entry
            for entry in self.in_log("evidence")
            if entry.id not in told and _is_exhibit(entry)
        )

    @cached_property
    def contacts(self) -> tuple[Shown, ...]:
        """What was asked of agencies, oldest first; a letter that was only prepared is none."""
        held = (entry for entry in self.in_log("contacts") if text(entry, "direction") != "in")
        made = (entry for entry in held if entry.id not in self._prepared)
        return tuple(sorted(made, key=_by_time))

    @cached_property
    def demand(self) -> Shown | None:
        """The earliest demand whose time is known: one that was only prepared has none."""
        timed = (entry for entry in self.in_log("demands") if start_of(entry) is not None)
        return min(timed, key=_by_time, default=None)

    @cached_property
    def _ids(self) -> Mapping[str, str]:
        return {f"#{entry.seq}": entry.id for entry in self.entries}

    @cached_property
    def _papers(self) -> tuple[Shown, ...]:
        """Contacts, demands and exhibits: what belongs to one of the former is a paper of ours."""
        return tuple(entry for entry in self.entries if entry.log not in {"threats", "custody"})

    @cached_property
    def _prepared(self) -> frozenset[str]:
        """Contacts that have the text of a letter and no time: it was not sent yet."""
        letters = (entry for entry in self.in_log("evidence") if LETTER_TAG in texts(entry, "tags"))
        named = {self._ids.get(one, one) for entry in letters for one in texts(entry, "for")}
        return frozenset(
            name for name in named if name in self.by_id and start_of(self.by_id[name]) is None
        )


def accounts(material: Material, chosen: Sequence[str]) -> tuple[Thing, ...]:
    """The other person's identifiers; of those that are chosen also some that are not noted."""
    noted = [_account(one, material.language) for one in objects(material.case.get("identifiers"))]
    if not chosen:
        return tuple(noted)
    by_value = {one["value"]: one for one in noted}
    return tuple(by_value.get(value, {"value": value}) for value in chosen)


def connections(given: Sequence[Connection]) -> tuple[Thing, ...]:
    """The connections, with their times in UTC and as they were given."""
    return tuple(
        {
            "address": one.address,
            "port": one.port,
            "connected_utc": utc_words(one.at) if one.at else "",
            "connected_local": _local(one.at),
            "source": one.exhibit,
        }
        for one in given
    )


def exhibits(material: Material, chosen: Sequence[Shown]) -> tuple[Thing, ...]:
    """The exhibits by id and hash."""
    return tuple(_exhibit(material, entry) for entry in chosen)


def pages(material: Material, chosen: Sequence[Shown]) -> tuple[Thing, ...]:
    """Those of them that have a web address."""
    return tuple(
        {
            "url": text(entry, "url"),
            "posted_utc": moment_words(entry.fields.get("posted_at"), material.language)[0],
            "exhibit": entry.id,
            "sha256": text(entry, "sha256"),
        }
        for entry in chosen
        if text(entry, "url")
    )


def incidents(material: Material, chosen: Sequence[Shown]) -> tuple[Thing, ...]:
    """Threats and incidents: when, how and in which words, never where."""
    return tuple(
        {
            **_times(entry, material.language),
            "id": entry.id,
            "how": _word("how", text(entry, "how"), material.language),
            "harm": ", ".join(
                word("harm", one, material.language) for one in texts(entry, "threatened_harm")
            ),
            "words": next(
                filter(
                    None, (text(entry, name) for name in ("words", "behaviour", "recollection"))
                ),
                "",
            ),
            "shown_by": ", ".join(material.shown_by.get(entry.id, ())),
        }
        for entry in sorted(chosen, key=_by_time)
    )


def contacts(material: Material) -> tuple[Thing, ...]:
    """What was asked of whom, oldest first."""
    return tuple(
        {
            **_times(entry, material.language),
            "id": entry.id,
            "agency": text(entry, "agency"),
            "purpose": _word("purpose", text(entry, "purpose"), material.language),
            "numbers": numbers(entry, material.language),
            "outcome": _word("outcome", text(entry, "outcome"), material.language),
        }
        for entry in material.contacts
    )


def references(material: Material) -> tuple[Thing, ...]:
    """The numbers of the case itself, then those that police gave; each once."""
    own = objects(material.case.get("references"))
    given = (
        objects(entry.fields.get("references"))
        for entry in material.contacts
        if text(entry, "kind") in _OF_POLICE
    )
    found = {
        (_of(one, "type"), _of(one, "value")): None
        for one in chain(own, chain.from_iterable(given))
    }
    return tuple(
        {"sort": word("reference", sort, material.language), "number": number}
        for sort, number in found
    )


def police_reference(material: Material) -> str:
    """The numbers under which police keep the matter."""
    own = objects(material.case.get("references"))
    given = (
        one
        for entry in material.contacts
        if text(entry, "kind") in _OF_POLICE
        for one in objects(entry.fields.get("references"))
    )
    told = (
        _reference(one, material.language)
        for one in chain(own, given)
        if _of(one, "type") in _REFERENCES_OF_POLICE
    )
    return "; ".join(dict.fromkeys(told))


def numbers(entry: Shown, language: str) -> str:
    """The numbers that an agency gave at one contact."""
    return "; ".join(_reference(one, language) for one in objects(entry.fields.get("references")))


def earlier(material: Material, entry: Shown | None) -> Mapping[str, str]:
    """The contact that a letter follows."""
    if entry is None:
        return {}
    times = _times(entry, material.language)
    return {
        "earlier_id": entry.id,
        "earlier_agency": text(entry, "agency"),
        "earlier_at_utc": times["at_utc"],
        "earlier_at_local": times["at_local"],
        "earlier_how": _word("how", text(entry, "how"), material.language),
        "earlier_purpose": _word("purpose", text(entry, "purpose"), material.language),
        "earlier_asked": text(entry, "asked"),
        "earlier_promised": text(entry, "promised"),
        "earlier_references": numbers(entry, material.language),
        "earlier_outcome": _word("outcome", text(entry, "outcome"), material.language),
        "earlier_refusal": text(entry, "refusal_reason"),
    }


def demand(material: Material) -> Mapping[str, str]:
    """The demand to stop, where one was made whose time is known."""
    entry = material.demand
    if entry is None:
        return {}
    times = _times(entry, material.language)
    return {
        "demand_id": entry.id,
        "demand_at_utc": times["at_utc"],
        "demand_at_local": times["at_local"],
        "demand_how": _word("how", text(entry, "how"), material.language),
    }


def period(
    material: Material, chosen: Iterable[Shown], given: Sequence[Connection]
) -> Mapping[str, str]:
    """The earliest and the latest known time of what a letter is about, in UTC."""
    moments = [one.at for one in given if one.at is not None]
    for entry in chosen:
        found = understood(when_of(material, entry))
        moments += [moment for moment in (found.start, found.end) if moment is not None]
    if not moments:
        return {}
    return {"period_from": utc_words(min(moments)), "period_to": utc_words(max(moments))}


def when_of(material: Material, entry: Shown) -> JsonValue:
    """When it happened: of an exhibit that does not say, when the incident did that it shows."""
    own = entry.fields.get("occurred") or entry.fields.get("posted_at")
    return own or material.times.get(entry.id)


def start_of(entry: Shown) -> datetime | None:
    """The earliest moment that it can have been."""
    return understood(entry.fields.get("occurred")).start


def text(entry: Shown, name: str) -> str:
    """A field that is a text; empty for anything else."""
    return _of(entry.fields, name)


def texts(entry: Shown, name: str) -> list[str]:
    """A field that is a list of texts."""
    value = entry.fields.get(name)
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def objects(value: JsonValue) -> list[JsonObject]:
    """A list of objects; empty for anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _account(one: JsonObject, language: str) -> dict[str, str]:
    return {
        "kind": word("identifier", _of(one, "kind"), language),
        "value": _of(one, "value"),
        "exhibit": _of(one, "evidence"),
    }


def _exhibit(material: Material, entry: Shown) -> dict[str, str]:
    at_utc, at_local = moment_words(when_of(material, entry), material.language)
    needs_care = not _CARE.isdisjoint(texts(entry, "sensitivity"))
    return {
        "id": entry.id,
        "sort": word("evidence", text(entry, "kind") or "other", material.language),
        "note": "" if needs_care else text(entry, "note"),
        "sha256": text(entry, "sha256"),
        "size_bytes": str(entry.fields.get("size_bytes", "")),
        "at_utc": at_utc,
        "at_local": at_local,
        "at_short": short_words(when_of(material, entry), material.language),
    }


def _is_exhibit(entry: Shown) -> bool:
    return (
        text(entry, "kind") not in _NO_EXHIBIT
        and "derived_from" not in entry.fields
        and "privileged" not in texts(entry, "sensitivity")
        and LETTER_TAG not in texts(entry, "tags")
    )


def _times(entry: Shown, language: str) -> dict[str, str]:
    at_utc, at_local = moment_words(entry.fields.get("occurred"), language)
    short = short_words(entry.fields.get("occurred"), language)
    return {"at_utc": at_utc, "at_local": at_local, "at_short": short}


def _reference(one: JsonObject, language: str) -> str:
    return f"{word('reference', _of(one, 'type'), language)} {_of(one, 'value')}"


def _word(group: str, key: str, language: str) -> str:
    """What somebody chose or typed: a word of ours where it is one, else as typed."""
    return word(group, key, language) if is_word(group, key) else key


def _of(fields: JsonObject, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _local(at: datetime | None) -> str:
    if at is None or not at.utcoffset():
        return ""
    return f"{at:%Y-%m-%d %H:%M:%S} {at.isoformat()[-6:]}"


def _by_time(entry: Shown) -> tuple[bool, float, int]:
    start = start_of(entry)
    return (start is None, start.timestamp() if start else 0.0, entry.seq)
