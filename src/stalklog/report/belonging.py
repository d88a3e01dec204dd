"""Which exhibits belong to which entry, and which only show again what another entry tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stalklog.records.links import links

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.records.view import Shown

_OWN: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "threats": (("evidence",), ("first_note",)),
    "contacts": (("sent",), ("proof_of_sending",), ("official_report", "copies")),
    "demands": (("proof_of_sending",), ("proof_of_receipt", "id")),
}
"""The fields whose exhibits are the entry itself once more; an answer to a demand is not."""


def exhibits_of(shown: Sequence[Shown], ids: Mapping[str, str]) -> Mapping[str, Mapping[str, None]]:
    """For each entry the exhibits that it names or that name it, each once, in order.

    Args:
        shown: The entries of the report.
        ids: The id of each entry in the vault, by its sequence number as `#41`.
    """
    named: dict[str, dict[str, None]] = {}
    for entry in shown:
        if entry.log == "evidence":
            for target in _named_by_exhibit(entry, ids):
                named.setdefault(target, {})[entry.id] = None
        elif entry.log in _OWN:
            for link in links(entry.type, entry.fields):
                target = ids.get(link, link)
                if target.startswith("E-"):
                    named.setdefault(entry.id, {})[target] = None
    return named


def told_elsewhere(shown: Iterable[Shown], ids: Mapping[str, str]) -> frozenset[str]:
    """The exhibits that show again what another entry tells; what was withdrawn tells nothing."""
    entries = list(shown)
    held = {entry.id for entry in entries if not entry.withdrawn}
    found: set[str] = set()
    for entry in entries:
        if entry.withdrawn:
            continue
        if entry.log == "evidence":
            if not held.isdisjoint(_named_by_exhibit(entry, ids)):
                found.add(entry.id)
        else:
            paths = _OWN.get(entry.log, ())
            found.update(ids.get(link, link) for p in paths for link in _walk(entry.fields, p))
    return frozenset(found)


def _named_by_exhibit(entry: Shown, ids: Mapping[str, str]) -> Iterator[str]:
    """The incidents, contacts and demands that an exhibit says it belongs to."""
    for link in _walk(entry.fields, ("for",)):
        target = ids.get(link, link)
        if target[:1] in {"T", "C", "D"}:
            yield target


def _walk(value: JsonValue | JsonObject, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _walk(one, path)
    elif path:
        if isinstance(value, dict):
            yield from _walk(value.get(path[0]), path[1:])
    elif isinstance(value, str):
        yield value
