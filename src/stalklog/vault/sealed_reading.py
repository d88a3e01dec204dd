"""Read a sealed vault with the key: every entry opened in memory, in order, and given its id."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING

from stalklog.core.entry import Entry
from stalklog.core.hashing import sha256_hex
from stalklog.vault.cipher import NotForThisKeyError
from stalklog.vault.disk import ABSENT
from stalklog.vault.layout import SEALED_LOGS
from stalklog.vault.log import EntryError, parse_line, read_lines
from stalklog.vault.naming import Naming
from stalklog.vault.sealed import open_inner, parse_outer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stalklog.core.entry import JsonObject
    from stalklog.vault.cipher import Opening
    from stalklog.vault.disk import Disk
    from stalklog.vault.layout import Header
    from stalklog.vault.log import Line
    from stalklog.vault.sealed import Outer


class SealedReading:
    """One reading of a sealed log, from the first line to the last acknowledged one."""

    def __init__(self, disk: Disk, header: Header, end: int | None, opening: Opening) -> None:
        self._disk = disk
        self._end = end
        self._opening = opening
        self._naming = Naming()
        self._read_seqs: set[int] = set()
        self._is_carrying = False
        """Whether only lines of the plain vault that this one was made from came so far."""
        self._before = header.line_sha256
        """SHA-256 of the line before; of the first, of the line in `VAULT`."""
        self.fault = "" if opening.vault in {"", header.line_sha256} else "VAULT_BAD"
        """What `verify` names first where somebody else wrote in the vault: `CHAIN_BROKEN`."""
        self.unreadable_lines = 0
        """Lines that are no entries: damage."""
        self.unopened_lines = 0
        """Lines that are sealed to other keys than the one at hand."""

    def entries(self, progress: Callable[[int], None] | None = None) -> Iterator[Entry]:
        """The entries as far as they can be opened, in the order of the file, ids and links told.

        Args:
            progress: Told how many bytes further the reading has come, line by line.

        Raises:
            OSError: The disk cannot read the log to its end.
        """
        try:
            for line in read_lines(self._disk, SEALED_LOGS[0], 0, self._end):
                entry = self._entry(line)
                if progress is not None:
                    progress(len(line.data) + 1)
                if entry is None:
                    self._naming.lose()
                else:
                    yield entry
        except ABSENT:
            self.unreadable_lines += 1

    def _entry(self, line: Line) -> Entry | None:
        before, self._before = self._before, sha256_hex(line.data)
        if line.is_too_long or not line.is_ended:
            self.unreadable_lines += 1
            return None
        try:
            outer = parse_outer(line.data)
            if outer.prev != before:
                self.fault = self.fault or "CHAIN_BROKEN"
            if outer.seq not in self._read_seqs:  # else it was put there a second time
                return self._read_at(line.number, outer)
            self.unreadable_lines += 1
        except NotForThisKeyError:
            self.unopened_lines += 1
        except EntryError as error:
            if error.code == "INNER_MISMATCH":  # what it follows inside is not what it does outside
                self.fault = self.fault or error.code
            self.unreadable_lines += 1
        except ValueError:  # each other error of a line is one: not JSON, not what was sealed
            self.unreadable_lines += 1
        return None

    def _read_at(self, number: int, outer: Outer) -> Entry:
        """The entry; where others are missing before it nobody can count on."""
        if outer.seq != number - 1:
            self._naming.lose()
        entry = self._read(outer, self._before)
        self._read_seqs.add(outer.seq)
        return entry

    def _read(self, outer: Outer, line_sha256: str) -> Entry:
        value = outer.plain or open_inner(outer, self._opening)
        body = _object(value["body"])
        if value["type"] == "entry.carried":
            return self._carried(outer, body, line_sha256)
        entry = _entry_of(value, body, outer, line_sha256)
        named = self._naming.named(entry.type, body)  # before it has a name: no link names itself
        self._is_carrying = entry.type == "vault.created" and "continues" in body
        if self._is_carrying:
            name, log = self._naming.skip(outer.seq, "custody")  # X-0001 is the old vault's
        else:
            name, log = self._naming.name(outer.seq, entry.log, entry.type, body)
        return replace(entry, id=name, log=log, body=named)

    def _carried(self, outer: Outer, body: JsonObject, line_sha256: str) -> Entry:
        """An entry of the plain vault is read as what it was; its id stays."""
        old, _prev = parse_line(base64.b64decode(str(body.get("line_base64")), validate=True))
        if not self._is_carrying or old.seq != outer.seq - 1:
            raise EntryError("CARRIED_BAD")
        self._naming.carry(outer.seq, old.log, old.id)
        return replace(old, seq=outer.seq, line_sha256=line_sha256, objects=outer.objects)


def _entry_of(value: JsonObject, body: JsonObject, outer: Outer, line_sha256: str) -> Entry:
    return Entry(
        seq=outer.seq,
        log=str(value["log"]),
        id="",
        type=str(value["type"]),
        at=str(value["at"]),
        tz=str(value["tz"]),
        by=str(value["by"]),
        tool=str(value["tool"]),
        body=body,
        line_sha256=line_sha256,
        objects=outer.objects,
    )


def _object(value: object) -> JsonObject:
    return value if isinstance(value, dict) else {}
