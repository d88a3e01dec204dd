"""An original, open for reading: proven first, and of a sealed vault only ever in memory."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from queue import Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from stalklog.core.stream import StreamError
from stalklog.core.threads import begin
from stalklog.safety.limits import MAX_MEMORY_BYTES
from stalklog.vault.layout import object_name
from stalklog.vault.objects import hash_file, read_blocks

if TYPE_CHECKING:
    from stalklog.vault.cipher import Opening
    from stalklog.vault.disk import Disk

_WAITING: Final = 8
"""How many opened blocks may wait for the reader: this bounds the memory."""


class OriginalChangedError(StreamError):
    """The vault's copy is not what was put in: nothing that is read from it may be shown."""

    def __init__(self) -> None:
        super().__init__(errno.EIO, "the vault's copy was changed")


class TooLongToOpenError(StreamError):
    """It would have to be opened into memory whole, and is too long for that."""

    def __init__(self) -> None:
        super().__init__(errno.EFBIG, "too long to be opened in memory")


def open_plain(disk: Disk, stored: str, sha256: str) -> BinaryIO:
    """An original of a plain vault, hashed before the first byte of it is used.

    Args:
        disk: The vault.
        stored: The name under which the vault holds it.
        sha256: Its hash, as the entry has it.

    Raises:
        OriginalChangedError: Its bytes are others.
        OSError: It is missing or cannot be read.
    """
    name = object_name(stored)
    if hash_file(disk, name)[0] != sha256:
        raise OriginalChangedError
    return disk.stream(name)


def open_sealed(
    disk: Disk, stored: str, sha256: str, opening: Opening, *, size_bytes: int, must_seek: bool
) -> BinaryIO:
    """An original of a sealed vault, opened into memory; nothing of it touches the disk.

    A long one is opened bit by bit as it is read, and only forwards; that its bytes are those that
    were put in shows then at its end.

    Args:
        disk: The vault.
        stored: The name under which the vault holds its ciphertext.
        sha256: The hash of the original, as the entry has it.
        opening: The secret keys.
        size_bytes: How long the original is, as the entry has it.
        must_seek: Whether the reader jumps in it.

    Raises:
        OriginalChangedError: Its bytes are others.
        TooLongToOpenError: It is longer than `MAX_MEMORY_BYTES`, and the reader jumps in it.
        cipher.NotForThisKeyError, cipher.SealedBadError: It cannot be opened.
        OSError: It is missing or cannot be read.
    """
    if size_bytes > MAX_MEMORY_BYTES:
        if must_seek:
            raise TooLongToOpenError
        return cast("BinaryIO", io.BufferedReader(_Poured(disk, stored, sha256, opening)))
    held = io.BytesIO()

    def take(block: bytes) -> None:
        if held.tell() + len(block) > size_bytes:  # more than was put in: another's, without end
            raise OriginalChangedError
        held.write(block)

    opening.open_blocks(read_blocks(disk, object_name(stored)), take)
    if hashlib.sha256(held.getbuffer()).hexdigest() != sha256:
        raise OriginalChangedError
    held.seek(0)
    return held


class _StoppedError(Exception):
    """Nobody reads on."""


class _Poured(io.RawIOBase):
    """What a thread opens, block by block, as a stream that is read forwards."""

    def __init__(self, disk: Disk, stored: str, sha256: str, opening: Opening) -> None:
        super().__init__()
        self._blocks: Queue[bytes] = Queue(_WAITING)
        self._stopped = Event()
        self._error: Exception | None = None
        self._rest = memoryview(b"")
        self._sha256 = sha256
        self._digest = hashlib.sha256()
        self._is_ended = False
        self._thread = Thread(target=self._pour, args=(disk, stored, opening), daemon=True)
        if not begin(self._thread):
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    def readable(self) -> bool:
        """It can be read; nothing else."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """The next bytes; at the end the whole is compared with its hash."""
        if not self._rest and not self._is_ended:
            self._take()
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def close(self) -> None:
        """End the thread, however far it has come."""
        self._stopped.set()
        while self._thread.is_alive():
            while not self._blocks.empty():
                self._blocks.get_nowait()
            self._thread.join(0.01)
        super().close()

    def _take(self) -> None:
        block = self._blocks.get()
        self._digest.update(block)
        self._rest = memoryview(block)
        if block:
            return
        self._is_ended = True
        if self._error is not None:
            raise self._error
        if self._digest.hexdigest() != self._sha256:
            raise OriginalChangedError

    def _pour(self, disk: Disk, stored: str, opening: Opening) -> None:
        try:
            opening.open_blocks(read_blocks(disk, object_name(stored)), self._put)
        except _StoppedError:
            return
        except Exception as error:  # noqa: BLE001 - raised again where it is read
            self._error = error
        self._blocks.put(b"")

    def _put(self, block: bytes) -> None:
        if self._stopped.is_set():
            raise _StoppedError
        if block:
            self._blocks.put(bytes(block))
