"""A person at a vault in the tests: gives commands, and keeps every receipt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, TypeAlias

from stalklog.records.types import LOGS
from stalklog.services.checks import _plan
from stalklog.vault.create import create_vault
from stalklog.vault.layout import log_name, object_name
from stalklog.vault.recovery import Allowed
from stalklog.vault.scribe import Author
from stalklog.vault.vault import Vault
from stalklog.vault.verify import check_vault
from stalklog.vault.writer import Writer

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.vault.disk import Disk
    from stalklog.vault.writer import Receipt

Command: TypeAlias = Callable[[Writer], list[bytes]]
"""Plans entries on a writer and returns the originals that it stored."""


class StandingClock:
    """A clock that stands still."""

    def now(self) -> datetime:
        return datetime(2026, 11, 24, 4, 30, tzinfo=UTC)


_MOST_REPAIRS: Final = 3
AUTHOR: Final = Author(StandingClock(), timezone(timedelta(hours=5, minutes=30)), "self")
OCCURRED: Final[JsonObject] = {
    "start": "2026-11-20T21:30:00+05:30",
    "precision": "about",
    "tz": "Asia/Kolkata",
    "basis": "memory",
    "as_typed": "2026-11-20 21:30",
}


@dataclass(slots=True)
class Promise:
    """What receipts say is in the vault."""

    lines: dict[int, tuple[str, bytes]] = field(default_factory=dict)
    """By `seq`: which log, and the exact line."""
    objects: dict[str, bytes] = field(default_factory=dict)
    """By SHA-256: the exact bytes."""
    notes: dict[str, bytes] = field(default_factory=dict)
    """By name: the notes that were kept for good."""

    def copy(self) -> Promise:
        return Promise(dict(self.lines), dict(self.objects), dict(self.notes))

    def broken_on(self, disk: Disk) -> str | None:
        """What is no longer there byte for byte; None where all is."""
        there = {log: set(disk.read(log_name(log)).split(b"\n")) for log in LOGS}
        for seq, (log, line) in self.lines.items():
            if line not in there[log]:
                return f"entry {seq} of {log} is lost"
        for sha256, data in self.objects.items():
            name = object_name(sha256)
            if disk.kind(name) != "file" or disk.read(name) != data:
                return "an object is lost"
        for name, note in self.notes.items():
            if disk.kind(name) != "file" or disk.read(name) != note:
                return "a kept note is lost"
        return None


def init(disk: Disk, promise: Promise) -> None:
    """Make the vault; its receipt is kept."""
    receipt = create_vault(
        disk, AUTHOR, settings={"tz": "Asia/Kolkata"}, readme="Do not touch.\n", first={}
    )
    keep_receipt(disk, promise, receipt, [])


def run(disk: Disk, command: Command, promise: Promise) -> None:
    """Give one command; its receipt is kept the moment it exists."""
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        originals = command(writer)
        assert writer.makes_notes, "the signer key is lost"
        keep_receipt(disk, promise, writer.commit(), originals)


def recover(disk: Disk) -> None:
    """Open a writer and leave it again."""
    with Vault(disk).writing(AUTHOR, wait_s=0):
        pass


def repair(disk: Disk) -> None:
    """Do what `stalklog repair` proposes, as often as it proposes something."""
    for _ in range(_MOST_REPAIRS):
        what, told = _plan(check_vault(disk, wait_s=0))
        assert what != "beyond", told
        if what == "nothing":
            return
        allowed = Allowed(sign_anew=what == "sign", set_aside=what == "set-aside")
        with Vault(disk).writing(AUTHOR, wait_s=0, allowed=allowed):
            pass
    raise AssertionError("there is always more to repair")


def keep_receipt(disk: Disk, promise: Promise, receipt: Receipt, originals: list[bytes]) -> None:
    """Write down what a receipt says is in the vault now."""
    wanted = {planned.seq for planned in receipt.entries}
    for log in LOGS:
        for line in disk.read(log_name(log)).split(b"\n"):
            seq = _seq_of(line)
            if seq in wanted:
                promise.lines[seq] = (log, line)
    for data in originals:
        promise.objects[hashlib.sha256(data).hexdigest()] = data
    for name in disk.list("checkpoints"):
        if name[:1].isdecimal():
            promise.notes[f"checkpoints/{name}"] = disk.read(f"checkpoints/{name}")


def _seq_of(line: bytes) -> int:
    try:
        return int(json.loads(line.decode())["seq"])
    except (ValueError, KeyError):
        return -1  # no entry: the end of a log, or what a crash left


# Commands


def original(number: int) -> bytes:
    """Bytes of an invented file, of several lines and another length each."""
    return b"".join(b"%d: screenshot %d\n" % (line, number) for line in range(12 + number % 5))


def nothing(_writer: Writer) -> list[bytes]:
    return []


def add_files(*numbers: int) -> Command:
    def command(writer: Writer) -> list[bytes]:
        return [_add_file(writer, number)[1] for number in numbers]

    return command


def log_threat(writer: Writer) -> list[bytes]:
    writer.add("threat.logged", threat("I know where you are."))
    return []


def one_more(writer: Writer) -> list[bytes]:
    """What is added to see whether adding still works: an original and entries in two logs."""
    _, data = _add_file(writer, 99)
    return [*log_threat(writer), data]


def attach(writer: Writer) -> list[bytes]:
    """A contact with a file: entries in two logs by one command."""
    evidence_id, data = _add_file(writer, 70)
    writer.add("contact.logged", contact("They took the report.", [evidence_id]))
    return [data]


def demand(writer: Writer) -> list[bytes]:
    writer.add(
        "demand.made",
        {
            "form": "formal",
            "occurred": OCCURRED,
            "how": "email",
            "to": "unknown sender",
            "words": "Do not contact me again.",
        },
    )
    return []


def amend_threat(writer: Writer) -> list[bytes]:
    writer.add(
        "entry.amended",
        {"amends": "T-0001", "set": {"place": "at the gate"}, "reason": "remembered later"},
    )
    return []


def withdraw_threat(writer: Writer) -> list[bytes]:
    writer.add("entry.withdrawn", {"withdraws": "T-0001", "reason": "logged twice"})
    return []


def note_case(writer: Writer) -> list[bytes]:
    writer.add("case.noted", {"set": {"alias": "Asha"}})
    return []


def make_report(writer: Writer) -> list[bytes]:
    """What `report` does to the vault: the note is kept, and the report is written down."""
    size = writer.size
    writer.keep_note()
    writer.add(
        "report.made",
        {"sha256": "ab" * 32, "size_bytes": 4, "format": "html", "checkpoint_size": size},
    )
    return []


def threat(words: str) -> JsonObject:
    return {"occurred": OCCURRED, "how": "phone", "words": words}


def contact(summary: str, evidence: list[str]) -> JsonObject:
    return {
        "agency": "Example Police",
        "kind": "police",
        "direction": "out",
        "occurred": OCCURRED,
        "how": "in-person",
        "summary": summary,
        "evidence_given": [{"ids": list(evidence)}],
    }


def _add_file(writer: Writer, number: int) -> tuple[str, bytes]:
    return keep_file(writer, f"shot-{number}.png", original(number))


def keep_file(writer: Writer, name: str, data: bytes) -> tuple[str, bytes]:
    """Store a file in two parts and add its entry; gives the entry's id and the bytes."""
    half = len(data) // 2
    stored = writer.store([data[:half], data[half:]])
    body: JsonObject = {
        "sha256": stored.sha256,
        "size_bytes": stored.size_bytes,
        "kind": "screenshot",
        "name": name,
        "media_type": "image/png",
    }
    return writer.add("evidence.added", body).id, data
