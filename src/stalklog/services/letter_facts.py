"""What a letter or the officer's page says, gathered from the record: only what may leave it.

Everything is chosen here by name. Of the particulars of the case the closed list `SHOWN` is read
and nothing else; of an incident neither place, circumstances nor effect; of an exhibit no file
name, and no note where it needs care; of a contact no summary. What is withdrawn is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from stalklog.letters.words import is_word, moment_words, short_words, utc_words, word
from stalklog.report.moment import understood
from stalklog.services.letter_material import by_time, objects, text, text_in, texts, when_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from stalklog.core.entry import JsonObject
    from stalklog.letters.render import Thing
    from stalklog.records.view import Shown
    from stalklog.services.letter_material import Material

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
    message: int | None = None
    """Which of the messages inside it; None where it is that mail alone, or nobody says."""
    native_id: str = ""
    """That message's Message-ID, by which its provider finds it."""


def accounts(material: Material, chosen: Sequence[str]) -> tuple[Thing, ...]:
    """The other person's identifiers; of those that are chosen also some that are not noted."""
    noted = [_account(one, material.language) for one in objects(material.case.get("identifiers"))]
    if not chosen:
        return tuple(noted)
    by_value = {one["value"]: one for one in noted}
    return tuple(by_value.get(value, {"value": value}) for value in chosen)


def connections(given: Sequence[Connection], language: str) -> tuple[Thing, ...]:
    """The connections, with their times in UTC and as they were given."""
    return tuple(
        {
            "address": one.address,
            "port": one.port,
            "connected_utc": utc_words(one.at) if one.at else "",
            "connected_local": _local(one.at),
            "source": ", ".join(filter(None, (place_words(one, language), one.native_id))),
        }
        for one in given
    )


def place_words(one: Connection, language: str) -> str:
    """Where a connection stands: `E-0004`, or `E-0004, message 12`."""
    if one.message is None:
        return one.exhibit
    told = word("connection", "message", language)
    return told.format(id=one.exhibit, number=one.message)


def exhibits(
    material: Material, chosen: Sequence[Shown], mails: Mapping[str, Thing] = MappingProxyType({})
) -> tuple[Thing, ...]:
    """The exhibits by id and hash; of e-mails also what they say of themselves, by id."""
    return tuple({**_exhibit(material, one), **mails.get(one.id, {})} for one in chosen)


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
        for entry in sorted(chosen, key=by_time)
    )


def contacts(material: Material) -> tuple[Thing, ...]:
    """What was asked of whom, oldest first."""
    return tuple(
        {
            **_times(entry, material.language),
            "id": entry.id,
            "agency": text(entry, "agency"),
            "purpose": _word("purpose", text(entry, "purpose"), material.language),
            "numbers": numbers(material.language, entry),
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
        (text_in(one, "type"), text_in(one, "value")): None
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
        if text_in(one, "type") in _REFERENCES_OF_POLICE
    )
    return "; ".join(dict.fromkeys(told))


def numbers(language: str, *entries: Shown) -> str:
    """The numbers that an agency gave at these contacts, each once."""
    given = chain.from_iterable(objects(one.fields.get("references")) for one in entries)
    return "; ".join(dict.fromkeys(_reference(one, language) for one in given))


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
        "earlier_references": numbers(material.language, entry),
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
    material: Material,
    chosen: Iterable[Shown],
    given: Sequence[Connection],
    times: Mapping[str, datetime] = MappingProxyType({}),
) -> Mapping[str, str]:
    """The earliest and the latest known time of what a letter is about, in UTC.

    Args:
        material: The record.
        chosen: What the letter is about.
        given: The connections that it names.
        times: By an exhibit's id, the time in its own header: it counts where nobody stated one.
    """
    moments = [one.at for one in given if one.at is not None]
    for entry in chosen:
        found = understood(when_of(material, entry))
        stated = [moment for moment in (found.start, found.end) if moment is not None]
        moments += stated or [moment for moment in (times.get(entry.id),) if moment is not None]
    if not moments:
        return {}
    return {"period_from": utc_words(min(moments)), "period_to": utc_words(max(moments))}


def _account(one: JsonObject, language: str) -> dict[str, str]:
    return {
        "kind": word("identifier", text_in(one, "kind"), language),
        "value": text_in(one, "value"),
        "exhibit": text_in(one, "evidence"),
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


def _times(entry: Shown, language: str) -> dict[str, str]:
    at_utc, at_local = moment_words(entry.fields.get("occurred"), language)
    short = short_words(entry.fields.get("occurred"), language)
    return {"at_utc": at_utc, "at_local": at_local, "at_short": short}


def _reference(one: JsonObject, language: str) -> str:
    return f"{word('reference', text_in(one, 'type'), language)} {text_in(one, 'value')}"


def _word(group: str, key: str, language: str) -> str:
    """What somebody chose or typed: a word of ours where it is one, else as typed."""
    return word(group, key, language) if is_word(group, key) else key


def _local(at: datetime | None) -> str:
    if at is None or not at.utcoffset():
        return ""
    return f"{at:%Y-%m-%d %H:%M:%S} {at.isoformat()[-6:]}"
