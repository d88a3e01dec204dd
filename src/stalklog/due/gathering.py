"""Keep of the entries, while they are read one by one, the little that the rules are about."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from stalklog.due.fact import Contact, Facts, Incident
from stalklog.records.bounds import bounds_of
from stalklog.records.country import country_of
from stalklog.records.tags import LETTER_TAG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.records.view import Shown

_ELECTRONIC_WAYS: Final = frozenset(
    {"phone", "voicemail", "video-call", "text", "chat", "email", "post"}
)
_ELECTRONIC_KINDS: Final = frozenset(
    {"email", "chat-export", "screenshot", "web-page", "call-log", "voicemail"}
)


@dataclass(slots=True)
class Gathering:
    """What was seen so far."""

    _contacts: list[Contact] = field(default_factory=list)
    _incidents: dict[tuple[date, frozenset[str]], Incident] = field(default_factory=dict)
    """For each day, and each set of contacts that its incidents name as told, the earliest."""
    _last: Incident | None = None
    _electronic: dict[date, Incident] = field(default_factory=dict)
    _intimate: set[str] = field(default_factory=set)
    _copied: set[str] = field(default_factory=set)
    _undated: list[str] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)
    _letters: set[str] = field(default_factory=set)
    """Contacts to which the text of a letter belongs that was made from the record."""

    def take(self, shown: Shown) -> None:
        """See one entry, corrected; what was withdrawn counts for nothing."""
        if shown.withdrawn:
            return
        if shown.type == "contact.logged":
            self._names[f"#{shown.seq}"] = shown.id
            self._contacts.append(_contact(shown))
        elif shown.type == "threat.logged":
            self._take_threat(shown)
        elif shown.type == "evidence.added":
            self._take_evidence(shown)

    def facts(self, country: JsonValue) -> Facts:
        """What the rules are held against.

        Args:
            country: That of the case, as it was noted.
        """
        contacts = tuple(map(self._known, self._contacts))
        told = {
            name
            for one in contacts
            if one.is_with_authority and one.outcome != "refused"
            for name in (one.id, f"#{one.seq}")
        }
        unreported: dict[date, Incident] = {}
        for (day, named), one in self._incidents.items():
            if told.isdisjoint(named):
                unreported[day] = _earlier(unreported.get(day), one)
        return Facts(
            contacts=contacts,
            country=country_of(country) if isinstance(country, str) else "",
            unreported=tuple(unreported[day] for day in sorted(unreported)),
            last=self._last,
            electronic=tuple(self._electronic[day] for day in sorted(self._electronic)),
            intimate=frozenset(self._intimate),
            undated=tuple(self._undated),
            names=dict(self._names),
        )

    def _known(self, contact: Contact) -> Contact:
        """A contact with what exhibits tell of it.

        A letter that was only prepared starts no clock and ends none: only its own day holds.
        """
        names = (contact.id, f"#{contact.seq}")
        if contact.earliest is None and not self._letters.isdisjoint(names):
            return replace(contact, kind="", purpose="", follows="", numbers=frozenset())
        is_copied = not self._copied.isdisjoint(names)
        return replace(contact, has_copy=True) if is_copied else contact

    def _take_threat(self, shown: Shown) -> None:
        incident = _incident(shown)
        if incident is None:
            self._undated.append(shown.id)
            return
        named = incident.earliest.date(), frozenset(_texts(shown.fields.get("reported_to")))
        self._incidents[named] = _earlier(self._incidents.get(named), incident)
        if self._last is None or incident.latest > self._last.latest:
            self._last = incident
        if _text(shown.fields, "how") in _ELECTRONIC_WAYS:
            self._keep_electronic(incident)

    def _take_evidence(self, shown: Shown) -> None:
        fields = shown.fields
        belongs = {name for name in _texts(fields.get("for")) if name[:1] in {"C", "D", "#"}}
        if "intimate" in _texts(fields.get("sensitivity")):
            self._names[f"#{shown.seq}"] = shown.id
            self._intimate.add(shown.id)
        if LETTER_TAG in _texts(fields.get("tags")):
            self._letters |= belongs
        kind = _text(fields, "kind")
        if kind == "official-report":
            self._copied |= belongs
        incident = _incident(shown)
        is_theirs = kind in _ELECTRONIC_KINDS and "derived_from" not in fields
        if incident is not None and is_theirs and not belongs:
            self._keep_electronic(incident)

    def _keep_electronic(self, incident: Incident) -> None:
        day = incident.earliest.date()
        self._electronic[day] = _earlier(self._electronic.get(day), incident)


def _earlier(held: Incident | None, other: Incident) -> Incident:
    return other if held is None or other.earliest < held.earliest else held


def _incident(shown: Shown) -> Incident | None:
    found = bounds_of(shown.fields.get("occurred") or shown.fields.get("posted_at"))
    return None if found is None else Incident(shown.id, *found)


def _contact(shown: Shown) -> Contact:
    fields = shown.fields
    found = bounds_of(fields.get("occurred"))
    report = fields.get("official_report")
    held: JsonObject = report if isinstance(report, dict) else {}
    return Contact(
        id=shown.id,
        seq=shown.seq,
        agency=_text(fields, "agency"),
        kind=_text(fields, "kind"),
        country=country_of(_text(fields, "country")),
        direction=_text(fields, "direction"),
        purpose=_text(fields, "purpose"),
        outcome=_text(fields, "outcome"),
        how=_text(fields, "how"),
        earliest=None if found is None else found[0],
        latest=datetime.fromisoformat(shown.recorded_at) if found is None else found[1],
        numbers=frozenset(
            (_text(one, "type"), _text(one, "value").strip().casefold())
            for one in _objects(fields.get("references"))
        ),
        report=_text(held, "status"),
        has_copy=_text(held, "status") == "obtained" and bool(held.get("copies")),
        exhibits=frozenset(
            (
                *_texts(fields.get("sent")),
                *(
                    name
                    for one in _objects(fields.get("evidence_given"))
                    for name in _texts(one.get("ids"))
                ),
            )
        ),
        follows=_text(fields, "regarding"),
        follow_up=_day(fields.get("follow_up")),
        is_closed=bool(fields.get("closed")),
        about=_text(fields, "promised") or _text(fields, "asked"),
    )


def _text(fields: JsonObject, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _texts(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (one for one in value if isinstance(one, str))


def _objects(value: JsonValue) -> Iterator[JsonObject]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


def _day(value: JsonValue) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
