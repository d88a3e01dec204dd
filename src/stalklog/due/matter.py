"""Which later contacts go on from an earlier one: that they say so, or share one of its numbers."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stalklog.due.fact import Contact

_Key: TypeAlias = tuple[str, str, str]
"""An agency, and a number that it gave, with its type."""
_Order: TypeAlias = tuple[float, int]


class Matters:
    """All contacts by what they go on from; docs/decisions/0034 says what answers what."""

    def __init__(self, contacts: Sequence[Contact]) -> None:
        self._followers: defaultdict[str, list[Contact]] = defaultdict(list)
        self._sharing: defaultdict[_Key, list[Contact]] = defaultdict(list)
        self._ids = {f"#{one.seq}": one.id for one in contacts}
        for one in contacts:
            if one.follows:
                self._followers[self._ids.get(one.follows, one.follows)].append(one)
            for key in _keys(one):
                self._sharing[key].append(one)

    def later(self, contact: Contact) -> tuple[Contact, ...]:
        """Every contact that goes on from this one, directly or through others, in their order."""
        found: dict[str, Contact] = {contact.id: contact}
        waiting, looked = [contact], dict[_Key, _Order]()
        while waiting:
            for one in self._next(waiting.pop(), looked):
                if one.id not in found:
                    found[one.id] = one
                    waiting.append(one)
        del found[contact.id]
        return tuple(sorted(found.values(), key=lambda one: one.seq))

    def _next(self, contact: Contact, looked: dict[_Key, _Order]) -> Iterator[Contact]:
        """Those one step further; a number is gone through again only from an earlier contact."""
        yield from self._followers[contact.id]
        order = _order(contact)
        for key in _keys(contact):
            if key not in looked or order < looked[key]:
                looked[key] = order
                yield from (one for one in self._sharing[key] if _order(one) > order)


def _keys(contact: Contact) -> Iterator[_Key]:
    """A number counts with its agency only: the same FIR is cited to the police and to a court."""
    agency = " ".join(contact.agency.split()).casefold()
    yield from ((agency, type_, value) for type_, value in contact.numbers if value)


def _order(contact: Contact) -> _Order:
    return (contact.latest.timestamp(), contact.seq)
