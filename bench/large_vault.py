"""A vault of as many entries as are wanted, such as a long case has; all of it is invented.

python -m bench.large_vault FOLDER ENTRIES
"""

from __future__ import annotations

import sys
from datetime import timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stalklog.core.clock import SystemClock
from stalklog.vault.create import create_vault
from stalklog.vault.disk import Disk
from stalklog.vault.scribe import Author
from stalklog.vault.vault import Vault

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.vault.objects import Stored
    from stalklog.vault.writer import Writer

_ORIGINALS: Final = 32
"""So few, because this is for measuring what entries cost, not originals."""
_AT_ONCE: Final = 1000
"""Entries of one command."""
_MIX: Final = "EETEECETEEAETEECETED"
"""Of 20 entries 12 pieces of evidence, 4 threats, 2 contacts, an amendment and a demand."""
_AUTHOR: Final = Author(SystemClock(), timezone(timedelta(hours=5, minutes=30)), "self")
_OCCURRED: Final[JsonObject] = {
    "start": "2026-11-20T21:30:00+05:30",
    "precision": "about",
    "tz": "Asia/Kolkata",
    "basis": "memory",
    "as_typed": "2026-11-20 21:30",
}
_WORDS: Final = (
    "मैं तुम्हें देख लूँगा, तुम कहाँ जाती हो मुझे सब पता है। 🌙",
    "I know which bus you take. You will answer me today or I come to your office.",
    'He wrote: "open the door"\nand rang eleven times until 22:15.',
)


def make_large_vault(root: Path, entries: int) -> None:
    """Make a vault with so many entries, those of its beginning among them."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    disk = Disk(root)
    try:
        first = create_vault(
            disk, _AUTHOR, settings={"tz": "Asia/Kolkata"}, readme="Do not touch.\n", first={}
        )
        size, vault = first.size, Vault(disk)
        count = min(_ORIGINALS, entries - size)
        while size < entries:
            with vault.writing(_AUTHOR, wait_s=1) as writer:
                originals = [
                    writer.store([b"%d: a screenshot\n" % n * (n + 1)]) for n in range(count)
                ]
                for seq in range(size, min(entries, size + _AT_ONCE)):
                    _add(writer, seq, originals)
                size = writer.commit().size
    finally:
        disk.close()


def _add(writer: Writer, seq: int, originals: list[Stored]) -> None:
    kind = _MIX[seq % len(_MIX)] if seq > len(_MIX) else "E"
    match kind:
        case "E":
            writer.add("evidence.added", _evidence(seq, originals[seq % len(originals)]))
        case "T":
            writer.add("threat.logged", _threat(seq))
        case "C":
            writer.add("contact.logged", _contact(seq))
        case "D":
            writer.add("demand.made", {**_DEMAND, "proof_of_sending": ["E-0007"]})
        case _:
            writer.add("entry.amended", _amended(seq))


def _evidence(seq: int, stored: Stored) -> JsonObject:
    body: JsonObject = {
        "sha256": stored.sha256,
        "size_bytes": stored.size_bytes,
        "kind": "screenshot",
        "name": f"Screenshot_20261120-{seq:06d}.png",
        "relative_path": f"फ़ोन/DCIM/Screenshots/Screenshot_20261120-{seq:06d}.png",
        "media_type": "image/png",
        "source_times": {"mtime": "2026-11-20T16:00:00.123456Z"},
        "acquired": {"by": "Ms A", "method": "export", "generation": "copy"},
        "tags": ["night", "रात"],
    }
    if seq % 4 == 0:
        body |= {"from_whom": "~b 🌙", "note": _WORDS[seq % 3], "occurred": _OCCURRED}
    return body


def _threat(seq: int) -> JsonObject:
    return {
        "occurred": _OCCURRED,
        "how": "chat",
        "words": _WORDS[seq % 3],
        "language": "hi",
        "translation": "I will see to you; I know where you go.",
        "place": "the bus stop by the office",
        "speaker": "Mr B",
        "identified_by": ["account", "voice"],
        "threatened_harm": ["injury", "job"],
        "effect": "could not sleep, took another way home",
        "evidence": ["E-0001", f"E-{1 + seq // 2:04d}"],
        "witnesses": [{"name": "Ms C", "heard": True, "saw": False}],
    }


def _contact(seq: int) -> JsonObject:
    return {
        "agency": "Cyber cell, Exampletown",
        "kind": "cyber-cell",
        "direction": "out",
        "occurred": _OCCURRED,
        "how": "visit",
        "person": "Inspector D",
        "badge": "77",
        "purpose": "evidence-handover",
        "summary": "They took the papers and will write. उन्होंने कागज़ ले लिए।",
        "references": [{"type": "portal acknowledgement", "value": f"{seq}"}],
        "evidence_given": [{"ids": [f"E-{1 + seq // 4:04d}"], "medium": "pen drive"}],
        "follow_up": "2026-12-05",
    }


_DEMAND: Final[JsonObject] = {
    "form": "formal",
    "occurred": _OCCURRED,
    "how": "email",
    "to": "Mr B",
    "words": "Do not contact me again.",
}


def _amended(seq: int) -> JsonObject:
    return {
        "amends": f"T-{1 + seq // 20:04d}",
        "set": {"place": "at the gate", "evidence": ["E-0002"]},
        "reason": "remembered later",
    }


if __name__ == "__main__":
    make_large_vault(Path(sys.argv[1]), int(sys.argv[2]))
