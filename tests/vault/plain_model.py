"""What a vault must show, as a plain list: each entry in order, and what holds of it now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stalklog.core.entry import Entry, JsonObject

Planned: TypeAlias = "tuple[str, JsonObject]"
"""The type of an entry and its body."""
LETTERS: Final = {
    "evidence.added": "E",
    "threat.logged": "T",
    "contact.logged": "C",
    "demand.made": "D",
}
RECOVERY: Final = "recovery.done"


@dataclass(slots=True)
class Record:
    """One entry with its corrections."""

    id: str
    type: str
    fields: JsonObject
    is_withdrawn: bool = False
    corrections: int = 0

    @property
    def can_be_corrected(self) -> bool:
        return self.type in LETTERS and not self.is_withdrawn


@dataclass(slots=True)
class PlainModel:
    """The list, and beside it what was begun and never acknowledged."""

    ids: list[str] = field(default_factory=list)
    """By `seq`."""
    records: list[Record] = field(default_factory=list)
    case: JsonObject = field(default_factory=dict)
    begun: list[list[Planned]] = field(default_factory=list)
    """The commands that were interrupted since, oldest first: of each a beginning may be there."""

    def correctable(self) -> list[Record]:
        """What may be amended or withdrawn."""
        return [record for record in self.records if record.can_be_corrected]

    def copy(self) -> PlainModel:
        records = [
            Record(r.id, r.type, dict(r.fields), r.is_withdrawn, r.corrections)
            for r in self.records
        ]
        begun = [list(plan) for plan in self.begun]
        return PlainModel(list(self.ids), records, dict(self.case), begun)

    def adopt(self, entries: Sequence[Entry], *, is_settled: bool) -> None:
        """Take over what lies behind the list: beginnings of what was begun, in order, no more.

        Args:
            entries: All entries of the vault.
            is_settled: Whether a receipt was given for all of them: nothing more may come of what
                was begun before.
        """
        places = {(0, 0)}
        for entry in entries[len(self.ids) :]:
            assert entry.seq == len(self.ids)
            if entry.type != RECOVERY:
                places = set(self._behind(places, (entry.type, entry.body)))
                assert places, f"{entry.id} was never written by anybody"
            self.add(entry.type, entry.body)
            assert self.ids[-1] == entry.id
        if is_settled:
            self.begun.clear()

    def _behind(self, places: set[tuple[int, int]], found: Planned) -> Iterator[tuple[int, int]]:
        """Where one can be in what was begun, by command and entry, behind this one.

        Two commands may begin alike: whose this is, only the next one may tell.
        """
        for command, done in places:
            for later, plan in enumerate(self.begun[command:], command):
                at = done if later == command else 0
                if at < len(plan) and plan[at] == found:
                    yield later, at + 1

    def add(self, type_name: str, body: JsonObject) -> None:
        target = body.get("amends") or body.get("withdraws")
        if target is None:
            self._add_record(type_name, body)
            return
        record = next(record for record in self.records if record.id == target)
        record.corrections += 1
        self.ids.append(f"{record.id}.{record.corrections}")
        if type_name == "entry.withdrawn":
            record.is_withdrawn = True
            return
        _change(record.fields, body)

    def _add_record(self, type_name: str, body: JsonObject) -> None:
        letter = LETTERS.get(type_name, "X")
        number = 1 + sum(record.id.startswith(letter) for record in self.records)
        self.records.append(Record(f"{letter}-{number:04d}", type_name, dict(body)))
        self.ids.append(self.records[-1].id)
        if type_name == "case.noted":
            _change(self.case, body)


def _change(fields: JsonObject, body: JsonObject) -> None:
    new, gone = body.get("set", {}), body.get("unset", [])
    assert isinstance(new, dict)
    assert isinstance(gone, list)
    fields.update(new)
    for name in gone:
        fields.pop(str(name), None)
