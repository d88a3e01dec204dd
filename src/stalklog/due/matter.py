"""Which later contacts go on from an earlier one: that they say so, or share one of its numbers."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stalklog.due.fact import Contact


class Matters:
    """All contacts by what they go on from; docs/decisions/0034 says what answers what."""

    def __init__(self, contacts: Sequence[Contact]) -> None:
        self._followers: defaultdict[str, list[Contact]] = defaultdict(list)
        self._sharing: defaultdict[tuple[str, str, str], list[Contact]] = defaultdict(list)
        self._ids = {f"#{one.seq}": one.id for one in contacts}
        for one in contacts:
            if one.follows:
                self._followers[self._ids.get(one.follows, one.follows)].append(one)
            for key in _keys(one):
                self._sharing[key].append(one)

    def later(self, contact: Contact) -> tuple[Contact, ...]:
        """Every contact that goes on from this one, directly or through others, in their order."""
        found: dict[str, Contact] = {}
        waiting = [contact]
        while waiting:
            for one in self._next(waiting.pop()):
                if one.id not in found and one.id != contact.id:
                    found[one.id] = one
                    waiting.append(one)
        return tuple(sorted(found.values(), key=lambda one: one.seq))

    def _next(self, contact: Contact) -> Iterator[Contact]:
        yield from self._followers[contact.id]
        for key in _keys(contact):
            yield from (one for one in self._sharing[key] if _order(one) > _order(contact))


def _keys(contact: Contact) -> Iterator[tuple[str, str, str]]:
    """A number counts with its agency only: the same FIR is cited to the police and to a court."""
    agency = " ".join(contact.agency.split()).casefold()
    yield from ((agency, type_, value) for type_, value in contact.numbers if value)


def _order(contact: Contact) -> tuple[float, int]:
    return (contact.latest.timestamp(), contact.seq)
