"""Ids in a sealed vault, which are not stored: the ordinals that reading gives.

Whoever has no key knows an entry by `#41`, its place in the chain, and names it so. Whoever reads
gives each its id, `T-0003`, and shows it where an entry was named by its place. After a line that
cannot be opened nobody can count on: from there on an entry is called by its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.records.links import LINK_FIELDS, place_of
from stalklog.vault.log import Id, parse_id

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject, JsonValue

_TARGET = {"entry.amended": "amends", "entry.withdrawn": "withdraws"}


class Naming:
    """Gives the entries of a sealed vault their ids, fed in the order of the chain."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._seqs: dict[str, int] = {}
        self._logs: dict[int, str] = {}
        self._last: dict[str, int] = {}
        self._amendments: dict[str, int] = {}
        self._is_lost = False

    def lose(self) -> None:
        """A line could not be opened: nobody can count on from here."""
        self._is_lost = True

    def name(self, seq: int, log: str, type_name: str, body: JsonObject) -> tuple[str, str]:
        """The id and the log of the next entry; of a correction, those of what it names."""
        if type_name in _TARGET:
            return self._name_correction(seq, body.get(_TARGET[type_name]))
        if self._is_lost:
            return self._keep(seq, log, f"#{seq}")
        self._last[log] = self._last.get(log, 0) + 1
        return self._keep(seq, log, str(Id(log, self._last[log], None)))

    def carry(self, seq: int, log: str, old_id: str) -> None:
        """An entry of the plain vault that this one was made from keeps its id."""
        parts = parse_id(old_id)
        if parts is not None and parts.amendment is None:
            self._last[log] = max(self._last.get(log, 0), parts.number)
        elif parts is not None:
            whole = str(Id(parts.log, parts.number, None))
            self._amendments[whole] = max(self._amendments.get(whole, 0), parts.amendment or 0)
        self._keep(seq, log, old_id)

    def skip(self, seq: int, log: str) -> tuple[str, str]:
        """An entry that has no id of its own: it is called by its place."""
        return self._keep(seq, log, f"#{seq}")

    def resolve(self, link: str) -> str | None:
        """The id of what a link names, `#41` or `T-0003`; None where it names nothing yet."""
        place = place_of(link)
        if place is not None:
            return self._names.get(place)
        return link if link in self._seqs else None

    def named(self, type_name: str, body: JsonObject) -> JsonObject:
        """The body with ids where entries are named by their place; what names nothing stays."""
        for path in LINK_FIELDS.get(type_name, ()):
            body = self._renamed(body, path)
        return body

    def _name_correction(self, seq: int, target: JsonValue) -> tuple[str, str]:
        whole = self.resolve(target) if isinstance(target, str) else None
        if whole is None:
            return self.skip(seq, "custody")
        log = self._logs[self._seqs[whole]]
        if whole.startswith("#") or "." in whole or self._is_lost:
            return self._keep(seq, log, f"#{seq}")
        self._amendments[whole] = self._amendments.get(whole, 0) + 1
        return self._keep(seq, log, f"{whole}.{self._amendments[whole]}")

    def _keep(self, seq: int, log: str, name: str) -> tuple[str, str]:
        self._names[seq] = name
        self._seqs[name] = seq
        self._logs[seq] = log
        return name, log

    def _renamed(self, value: JsonObject, path: tuple[str, ...]) -> JsonObject:
        first, rest = path[0], path[1:]
        if first not in value:
            return value
        return {**value, first: self._renamed_value(value[first], rest)}

    def _renamed_value(self, value: JsonValue, path: tuple[str, ...]) -> JsonValue:
        if isinstance(value, list):
            return [self._renamed_value(item, path) for item in value]
        if path:
            return self._renamed(value, path) if isinstance(value, dict) else value
        return (self.resolve(value) or value) if isinstance(value, str) else value
