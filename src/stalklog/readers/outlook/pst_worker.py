"""The process in which libpff reads a mailbox, because it is C and the mailbox is a stranger's.

It opens no file: it asks for bytes of the mailbox, line by line in JSON, and gives what it found in
the same way. Before it sees a byte it gives up writing files, starting processes and using more
memory than a mailbox needs. What comes out of it is as little to be trusted as what went in.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import signal
import sys
from collections import OrderedDict
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeAlias

import orjson

from stalklog.readers.outlook.tag import EMBEDDED, WANTED, Tag
from stalklog.safety.limits import MAX_DEPTH, MAX_PARTS, MAX_RECIPIENTS
from stalklog.safety.memory import guard_memory

if TYPE_CHECKING:
    from collections.abc import Callable

BLOCK_BYTES: Final = 1 << 16
"""How much is asked for at once."""
_KEPT_BLOCKS: Final = 256
MAX_VALUE_BYTES: Final = 8 << 20
"""Of one property; a body is cut in this length, and long before that where it is shown."""
MAX_INNER_BYTES: Final = 16 << 20
"""Of an item inside an item."""
MEMORY_BYTES: Final = 3 << 30
"""What libpff may take: it asks for as much as a broken length says."""
_CPU_S: Final = 60
_BYTES_A_CPU_S: Final = 1 << 20
"""How long it may compute: so long, and so much longer for each of these bytes."""
_MAX_FOLDERS: Final = 100_000
_MAX_FAILURES: Final = 1_000
"""Items of one folder that may fail before the rest is left."""
_BUSY_BYTES: Final = 16 << 20
"""After so many bytes of an attachment it says that it is still at work."""
_MAX_PROPERTIES: Final = 10_000


_Pff: TypeAlias = Any
"""Whatever libpff gives: it carries no types."""


class _Lines:
    """What is asked and told, line by line."""

    def __init__(self, asks: BinaryIO, answers: BinaryIO) -> None:
        self._asks = asks
        self._answers = answers

    def tell(self, what: str, value: object) -> None:
        self._asks.write(orjson.dumps({what: value}) + b"\n")
        self._asks.flush()

    def ask(self, offset: int, size: int) -> bytes:
        self.tell("read", [offset, size])
        data = self._answers.read(size)
        if len(data) < size:
            raise SystemExit(0)  # nobody listens any more
        return data


class _Mailbox:
    """The mailbox as a file that only can be read, of which the blocks last used are kept."""

    def __init__(self, lines: _Lines, size_bytes: int) -> None:
        self._lines = lines
        self._size_bytes = size_bytes
        self._at = 0
        self._blocks: OrderedDict[int, bytes] = OrderedDict()

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._size_bytes - self._at)
        size = left if size < 0 else min(size, left)
        parts: list[bytes] = []
        while size > 0:
            number, within = divmod(self._at, BLOCK_BYTES)
            part = self._block(number)[within : within + size]
            parts.append(part)
            self._at += len(part)
            size -= len(part)
        return b"".join(parts)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_CUR: self._at, io.SEEK_END: self._size_bytes}.get(whence, 0)
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def get_offset(self) -> int:
        return self._at

    def get_size(self) -> int:
        return self._size_bytes

    def _block(self, number: int) -> bytes:
        block = self._blocks.pop(number, None)
        if block is None:
            start = number * BLOCK_BYTES
            block = self._lines.ask(start, min(BLOCK_BYTES, self._size_bytes - start))
            if len(self._blocks) >= _KEPT_BLOCKS:
                self._blocks.popitem(last=False)
        self._blocks[number] = block
        return block


class _Walk:
    """Every item of a mailbox, in an order that is the same each time.

    Each folder and each item is a step with a number, told before it is begun: so whoever reads
    this knows which one it was that libpff did not survive, and can begin again behind it.
    """

    def __init__(self, lines: _Lines, size_bytes: int, first: int, broken: frozenset[int]) -> None:
        self._lines = lines
        self._size_bytes = size_bytes
        self._first = first
        self._broken = broken
        self._step = -1

    def run(self, mailbox: _Pff) -> None:
        """Tell of everything in it."""
        if self._begins("store", is_folder=True):
            self._store(mailbox)
        waiting: list[tuple[Callable[[], _Pff], tuple[str, ...]]] = [(mailbox.get_root_folder, ())]
        left = _MAX_FOLDERS
        seen: set[int] = set()
        while waiting and left:
            get, path = waiting.pop()
            left -= 1
            shown = "/".join(path)
            if self._begins(shown, is_folder=True):
                folder = self._call(get, shown)
                number = None if folder is None else _identifier(folder)
                if number in seen:
                    self._lines.tell("failed", ["damaged", shown])
                    continue
                seen |= set() if number is None else {number}
                waiting += [] if folder is None else reversed(self._folder(folder, path))
        orphans = self._count(mailbox.get_number_of_orphan_items, "")
        self._items(mailbox.get_orphan_item, orphans, None)

    def _begins(self, what: str, *, is_folder: bool = False) -> bool:
        """Whether the next step is to be done: it was not before, and was survived."""
        self._step += 1
        if self._step in self._broken or not (is_folder or self._is_new):
            return False
        self._lines.tell("step", [self._step, what])
        return True

    @property
    def _is_new(self) -> bool:
        return self._step >= self._first

    def _store(self, mailbox: _Pff) -> None:
        """What the mailbox says of itself."""
        store = self._call(mailbox.get_message_store, "")
        if store is not None and self._is_new:
            self._lines.tell(
                "store", _values(store, frozenset({Tag.DISPLAY_NAME, Tag.PASSWORD}))[0]
            )

    def _folder(
        self,
        folder: _Pff,
        path: tuple[str, ...],
    ) -> list[tuple[Callable[[], _Pff], tuple[str, ...]]]:
        """Tell of the items in a folder; the folders in it."""
        name = self._call(folder.get_name, "/".join(path))
        path = (*path, name) if isinstance(name, str) and name else path
        shown = "/".join(path)
        if self._is_new and (count := _values(folder, frozenset({Tag.CONTENT_COUNT}))[0]):
            self._lines.tell("declared", count)
        messages = self._count(folder.get_number_of_sub_messages, shown)
        self._items(folder.get_sub_message, messages, shown)
        folders = min(self._count(folder.get_number_of_sub_folders, shown), _MAX_FOLDERS)
        if folders and len(path) > MAX_DEPTH:
            self._lines.tell("failed", ["over-limit", shown])
            return []
        return [(partial(folder.get_sub_folder, index), path) for index in range(folders)]

    def _items(self, get: Callable[[int], _Pff], count: int, folder: str | None) -> None:
        failures = 0
        for index in range(count):
            if not self._begins(f"{folder or ''} #{index + 1}"):
                continue
            item = self._call(partial(get, index), folder or "")
            if item is None:
                failures += 1
                if failures > _MAX_FAILURES:
                    return
            else:
                self._lines.tell("item", self._item(item, folder))

    def _item(self, item: _Pff, folder: str | None) -> dict[str, object]:
        """An item with its recipients and attachments; what libpff cannot give is counted."""
        values, failures = _values(item, WANTED)
        people: list[object] = []
        files: list[object] = []
        with suppress(Exception):  # one without recipients raises too
            recipients = item.recipients
            for index in range(min(recipients.get_number_of_recipients(), MAX_RECIPIENTS + 1)):
                people.append(_values(recipients.get_recipient(index), WANTED, is_record=True)[0])
        try:
            count = getattr(item, "number_of_attachments", 0)
            for index in range(min(count, MAX_PARTS + 1)):
                files.append(self._file(item, index))
        except Exception:  # noqa: BLE001 - which errors libpff raises is no promise
            failures += 1
        return {
            "id": _identifier(item),
            "folder": folder,
            "values": values,
            "recipients": people,
            "files": files,
            "failures": failures,
        }

    def _file(self, item: _Pff, index: int) -> dict[str, object]:
        """An attachment: its bytes are hashed and let go of, but for those of an item."""
        found: dict[str, object] = {}
        try:
            attachment = item.get_attachment(index)
            found["id"] = _identifier(attachment)
            found["values"] = values = _values(attachment, WANTED - {Tag.ATTACH_DATA})[0]
            found["declared"] = declared = attachment.get_size() or 0
            digest, size_bytes, inner = hashlib.sha256(), 0, list[bytes]()
            is_item = _number(values, Tag.ATTACH_METHOD) == EMBEDDED
            limit = min(declared, self._size_bytes)
            while size_bytes < limit and (data := attachment.read_buffer(BLOCK_BYTES)):
                digest.update(data)
                size_bytes += len(data)
                if is_item and size_bytes <= MAX_INNER_BYTES:
                    inner.append(data)
                if size_bytes % _BUSY_BYTES < BLOCK_BYTES:
                    self._lines.tell("busy", size_bytes)
            found |= {"size": size_bytes, "sha256": digest.hexdigest()}
            found["inner"] = base64.b64encode(b"".join(inner)).decode()
        except Exception:  # noqa: BLE001 - as above
            found["is_damaged"] = True
        return found

    def _count(self, get: Callable[[], _Pff], folder: str) -> int:
        found = self._call(get, folder)
        return found if isinstance(found, int) else 0

    def _call(self, get: Callable[[], _Pff], folder: str) -> _Pff:
        """What libpff gives; None, and told, where it cannot."""
        try:
            return get()
        except Exception:  # noqa: BLE001 - which errors libpff raises is no promise
            self._lines.tell("failed", ["damaged", folder])
            return None


def _values(
    owner: _Pff,
    wanted: frozenset[int],
    *,
    is_record: bool = False,
) -> tuple[dict[str, tuple[int, str]], int]:
    """The wanted properties: by number the type and the bytes in base64; and how many failed."""
    found: dict[str, tuple[int, str]] = {}
    failures = 0
    try:
        record = owner if is_record else owner.get_record_set(0)
        count = min(record.get_number_of_entries() or 0, _MAX_PROPERTIES)
    except Exception:  # noqa: BLE001 - as above
        return found, 1
    for index in range(count):
        try:
            entry = record.get_entry(index)
            number = entry.get_entry_type()
            if number in wanted:
                data = (entry.get_data() or b"")[:MAX_VALUE_BYTES]
                kind = entry.get_value_type() or 0
                found.setdefault(str(int(number)), (kind, base64.b64encode(data).decode()))
        except Exception:  # noqa: BLE001 - as above
            failures += 1
    return found, failures


def _number(values: dict[str, tuple[int, str]], tag: int) -> int:
    data = base64.b64decode(values.get(str(int(tag)), (0, ""))[1])
    return int.from_bytes(data[:4], "little")


def _identifier(owner: _Pff) -> int | None:
    with suppress(Exception):
        return int(owner.get_identifier())
    return None


def _give_up_powers(size_bytes: int) -> None:
    """No file grows, no process starts, no core is dumped; memory and time have an end.

    Windows has no such limits; there the reader outside still ends it when it takes too long.
    """
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    cpu_s = _CPU_S + size_bytes // _BYTES_A_CPU_S
    for name, limit in (
        ("RLIMIT_AS", MEMORY_BYTES),
        ("RLIMIT_CPU", cpu_s),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_NPROC", 0),
        ("RLIMIT_CORE", 0),
    ):
        with suppress(AttributeError, OSError, ValueError):
            resource.setrlimit(getattr(resource, name), (limit, limit))


def _work(size_bytes: int, first: int, broken: frozenset[int]) -> None:
    guard_memory()
    lines = _Lines(os.fdopen(os.dup(1), "wb"), sys.stdin.buffer)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what C prints is not what is told
    try:
        import pypff  # noqa: PLC0415 - the extra `outlook`; 1 ms
    except ImportError:
        lines.tell("stopped", "no-library")
        return
    _give_up_powers(size_bytes)
    mailbox = pypff.file()
    try:
        mailbox.open_file_object(_Mailbox(lines, size_bytes))
    except Exception:  # noqa: BLE001 - which errors libpff raises is no promise
        lines.tell("stopped", "damaged")
        return
    _Walk(lines, size_bytes, first, broken).run(mailbox)
    lines.tell("stopped", "")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it ends it
    with suppress(OSError):
        _work(int(sys.argv[1]), int(sys.argv[2]), frozenset(map(int, sys.argv[3:])))
