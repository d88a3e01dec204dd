"""Carry a plain vault over into a sealed one: every line with its exact bytes, in order.

The first entry of the sealed vault holds the old `VAULT` line, the old signed note and the old
head. Whoever has the key rebuilds the old chain and tree from the carried lines and checks them
against these: docs/reference/vault-format.md, "A plain vault, sealed".
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from stalklog.records.types import LOGS
from stalklog.vault.atomic import replace_file
from stalklog.vault.layout import LATEST_NOTE, object_name
from stalklog.vault.log import parse_line, read_lines
from stalklog.vault.objects import read_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stalklog.core.entry import Entry, JsonObject
    from stalklog.vault.disk import Disk
    from stalklog.vault.layout import Header
    from stalklog.vault.state import State
    from stalklog.vault.writer import Writer

_CARRIED = ".note"
_BATCH_ENTRIES = 500
_BATCH_BYTES = 256 * 1024 * 1024
"""So much is carried by one commit: what a command holds in `tmp/` stays small."""


def first_body(old: Disk, header: Header, state: State) -> JsonObject:
    """The body of entry 0 of a sealed vault that goes on from this plain one.

    Raises:
        OSError: The old note cannot be read.
    """
    note = old.read(LATEST_NOTE).decode()
    return {"continues": {"vault": header.line.decode(), "note": note, "head": state.head}}


def carry_entries(
    old: Disk, state: State, writer: Writer, progress: Callable[[int, int], None] | None
) -> int:
    """Carry every acknowledged entry over; gives how many.

    Args:
        old: The plain vault, checked whole and locked against writers.
        state: How far it was acknowledged.
        writer: Of the new vault.
        progress: Told of each entry and the bytes of its originals.

    Raises:
        OSError: Something could not be read or written.
    """
    carried = waiting = waiting_bytes = 0
    for entry, line in _lines(old, state):
        originals = [writer.store(read_blocks(old, name)) for name in _originals(entry)]
        writer.carry(line, entry.log, originals)
        size_bytes = sum(one.size_bytes for one in originals)
        carried, waiting, waiting_bytes = carried + 1, waiting + 1, waiting_bytes + size_bytes
        if waiting >= _BATCH_ENTRIES or waiting_bytes >= _BATCH_BYTES:
            writer.commit()
            waiting = waiting_bytes = 0
        if progress is not None:
            progress(1, size_bytes)
    writer.commit()
    return carried


def carry_notes(old: Disk, header: Header, new: Disk) -> None:
    """Copy the notes of the plain vault to `checkpoints/<its id>/`, and nothing else.

    What else lies there no entry names; it would lie readable in a vault that is sealed.

    Raises:
        OSError: Something could not be read or written.
    """
    folder = f"checkpoints/{header.id}"
    new.make_folder(folder)
    new.sync_folder("checkpoints")
    for name in old.list("checkpoints"):
        if name.endswith(_CARRIED) and old.kind(f"checkpoints/{name}") == "file":
            replace_file(new, f"{folder}/{name}", old.read(f"checkpoints/{name}"))


def _lines(old: Disk, state: State) -> Iterator[tuple[Entry, bytes]]:
    def of_log(log: str) -> Iterator[tuple[Entry, bytes]]:
        for line in read_lines(old, log, 0, state.logs[log].size_bytes):
            yield parse_line(line.data)[0], line.data

    return heapq.merge(*map(of_log, LOGS), key=lambda pair: pair[0].seq)


def _originals(entry: Entry) -> list[str]:
    """The files that an entry needs: its original, or what a recovery moved to quarantine."""
    if entry.type == "recovery.done":
        cuts = entry.body.get("cut")
        found = cuts if isinstance(cuts, list) else []
        return [str(cut["file"]) for cut in found if isinstance(cut, dict)]
    return [object_name(name) for name in entry.objects]
