"""The record as letters see it: what holds, what shows what was done, what was asked of whom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from stalklog.records.tags import LETTER_TAG, NO_EXHIBIT_TAGS
from stalklog.report.belonging import exhibits_of, told_elsewhere
from stalklog.report.moment import understood

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from stalklog.core.entry import JsonObject, JsonValue
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
_NO_EXHIBIT: Final = frozenset({"official-report", "proof-of-sending"})


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
        return tuple(sorted(made, key=by_time))

    @cached_property
    def demand(self) -> Shown | None:
        """The earliest demand whose time is known: one that was only prepared has none."""
        timed = (entry for entry in self.in_log("demands") if start_of(entry) is not None)
        return min(timed, key=by_time, default=None)

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


def when_of(material: Material, entry: Shown) -> JsonValue:
    """When it happened: of an exhibit that does not say, when the incident did that it shows."""
    own = entry.fields.get("occurred") or entry.fields.get("posted_at")
    return own or material.times.get(entry.id)


def start_of(entry: Shown) -> datetime | None:
    """The earliest moment that it can have been."""
    return understood(entry.fields.get("occurred")).start


def text(entry: Shown, name: str) -> str:
    """A field that is a text; empty for anything else."""
    return text_in(entry.fields, name)


def texts(entry: Shown, name: str) -> list[str]:
    """A field that is a list of texts."""
    value = entry.fields.get(name)
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def objects(value: JsonValue) -> list[JsonObject]:
    """A list of objects; empty for anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _is_exhibit(entry: Shown) -> bool:
    return (
        text(entry, "kind") not in _NO_EXHIBIT
        and "derived_from" not in entry.fields
        and "privileged" not in texts(entry, "sensitivity")
        and NO_EXHIBIT_TAGS.isdisjoint(texts(entry, "tags"))
    )


def by_time(entry: Shown) -> tuple[bool, float, int]:
    """The order in which things happened; what has no known time comes last."""
    start = start_of(entry)
    return (start is None, start.timestamp() if start else 0.0, entry.seq)


def text_in(fields: JsonObject, name: str) -> str:
    """A text out of a record or the case; empty for anything else."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""
