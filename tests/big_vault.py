"""A vault of any number of invented entries: `python -m tests.big_vault FOLDER COUNT`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from stalklog.core.clock import SystemClock
from stalklog.services.desk import Desk
from stalklog.services.settings import Settings
from stalklog.services.vaults import create_vault

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.vault.writer import Writer

COMMAND = 1_000
"""So many entries are added by one command."""
_ORIGINALS_EVERY = 10
"""So many pieces of evidence share one original: a file each would only time the file system."""
_AMENDED_EVERY = 100
_FIRST = datetime(2024, 1, 1, 3, 30, tzinfo=UTC)
_HOW = ("phone", "text", "chat", "email", "in-person")


def make(folder: Path, count: int) -> Desk:
    """Make a vault with that many entries, the one about its making among them."""
    create_vault(folder, clock=SystemClock(), settings=Settings(tz="Asia/Kolkata"))
    desk = Desk(folder)
    fill(desk, count)
    return desk


def fill(desk: Desk, count: int) -> None:
    """Add invented entries until the vault has that many, a thousand by each command."""
    vault = desk.open()
    while vault.state is not None and vault.state.size < count:
        with vault.writing(desk.author()) as writer:
            for seq in range(writer.size, min(count, writer.size + COMMAND)):
                _add(writer, seq)
            writer.commit()


def _add(writer: Writer, seq: int) -> None:
    """One entry: of ten, five threats, three pieces of evidence and two contacts."""
    if seq % _AMENDED_EVERY == 0 and seq:
        number = seq // _AMENDED_EVERY
        change: JsonObject = {"place": f"gate {number}"}
        writer.add(
            "entry.amended",
            {"amends": f"T-{number:04d}", "set": change, "reason": "remembered later"},
        )
    elif seq % 10 in {1, 2, 3, 4, 5}:
        writer.add("threat.logged", _threat(seq))
    elif seq % 10 in {6, 7, 8}:
        writer.add("evidence.added", _evidence(writer, seq))
    else:
        writer.add("contact.logged", _contact(seq))


def _threat(seq: int) -> JsonObject:
    return {
        "occurred": _occurred(seq),
        "how": _HOW[seq % len(_HOW)],
        "words": f"I know where you are, and this is message {seq} — तुम्हें देख लूंगा।",
        "circumstances": "I had not answered the calls of the day before, of which there were some",
        "threatened_harm": ["injury"],
    }


def _evidence(writer: Writer, seq: int) -> JsonObject:
    stored = writer.store([b"screenshot %d" % (seq // _ORIGINALS_EVERY // 10)])
    return {
        "sha256": stored.sha256,
        "size_bytes": stored.size_bytes,
        "kind": "screenshot",
        "name": f"shot-{seq}.png",
        "media_type": "text/plain",
        "occurred": _occurred(seq),
        "from_whom": "+91 00000 00000",
        "note": "A message on the screen of the phone, with its time and its number.",
    }


def _contact(seq: int) -> JsonObject:
    return {
        "agency": "Example Mail",
        "kind": "mail-provider",
        "direction": "out",
        "occurred": _occurred(seq),
        "how": "email",
        "summary": "They were asked to keep the records of the account until an order comes.",
        "references": [{"type": "ticket", "value": str(seq)}],
    }


def _occurred(seq: int) -> JsonObject:
    moment = _FIRST + timedelta(minutes=15 * seq)
    return {"start": moment.isoformat(), "precision": "exact", "tz": "Asia/Kolkata"}


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
