"""A second process that writes small copies and reads them back: for many, one core is not enough.

It is told names in `tmp/` and bytes, and gives nothing a name elsewhere. Whether the disk has what
was written is judged by the first process: it syncs, and compares the hashes that come back with
those of the bytes as it read them from the originals. Where no answer comes, as the other process
cannot be started, died, or met an error, the first one does the same work itself and names what is
wrong.
"""

from __future__ import annotations

import errno
import os
import signal
import struct
import sys
from collections import deque
from contextlib import closing, suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from stalklog.vault.disk import OBJECT_MODE, Disk
from stalklog.vault.recall import hash_copies
from stalklog.vault.worker import start_worker

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from io import BufferedIOBase
    from typing import IO

_JOB: Final = struct.Struct("<III")
"""Before a job: how many bytes the names, the sizes and the copies have; no sizes to read back."""
_SIZE: Final = struct.Struct("<I")
_WRITTEN: Final = b"\1"
_HASH_BYTES: Final = 32
_AHEAD: Final = 2
"""So many shares may be unanswered: while one is written, the next is on its way already."""
_ROOM_BYTES: Final = 1 << 20
"""For a job, and more once one is larger: memory that is used again need not be made anew."""


class Share(NamedTuple):
    """Some copies, by their names in `tmp/`."""

    names: list[str]
    data: list[bytes]


class CopyWorker:
    """Writes copies and reads them back; several threads may ask."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        place = disk.place_for_others() if (os.cpu_count() or 1) > 1 else None
        self._process = None if place is None else start_worker(__name__, str(place))
        self._lock = Lock()
        self._unanswered: deque[Share] = deque()
        self._is_given_up = False

    def write(self, share: Share) -> None:
        """Have these copies written before `finish` returns.

        Raises:
            OSError: One cannot be written, or one of an earlier share.
        """
        with self._lock:
            self._unanswered.append(share)
            if self._send(share):
                self._await(_AHEAD)
            else:
                self._write_here()

    def finish(self) -> None:
        """Wait until every copy so far is written; none is on the disk for sure.

        Raises:
            OSError: One cannot be written.
        """
        with self._lock:
            self._await(0)

    def hash_copies(self, names: list[str]) -> Iterable[bytes]:
        """SHA-256 of each copy as the disk has it, 32 bytes, in their order.

        Raises:
            OSError: One cannot be read, or an earlier one cannot be written.
        """
        size_bytes = _HASH_BYTES * len(names)
        with self._lock:
            self._await(0)
            answer = self._receive(size_bytes) if self._send(Share(names, [])) else b""
            if len(answer) < size_bytes:
                self._require_wanted()
                self.stop()
                return hash_copies(self._disk, names)
        return (answer[at : at + _HASH_BYTES] for at in range(0, size_bytes, _HASH_BYTES))

    def give_up(self) -> None:
        """Have whoever waits for the other process, in another thread, meet an error instead."""
        self._is_given_up = True
        process = self._process
        if process is not None:
            process.kill()

    def stop(self) -> None:
        """End the other process, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _await(self, most: int) -> None:
        """Wait until at most so many shares are not known to be written."""
        while len(self._unanswered) > most:
            if self._receive(len(_WRITTEN)) == _WRITTEN:
                self._unanswered.popleft()
            else:
                self._write_here()

    def _write_here(self) -> None:
        """Write what the other process did not say that it had written, once that is gone."""
        self._require_wanted()
        self.stop()
        while self._unanswered:
            for name, data in zip(*self._unanswered[0], strict=True):
                with suppress(FileNotFoundError):
                    self._disk.remove(name)  # what the other process has begun
                _write(self._disk, name, data)
            self._unanswered.popleft()  # not before: whoever asks later meets the same error

    def _require_wanted(self) -> None:
        if self._is_given_up:
            raise InterruptedError(errno.EINTR, "nobody waits for these copies any more")

    def _send(self, share: Share) -> bool:
        """Whether the other process has been told; False too where there is nothing to tell."""
        if self._process is None or self._process.stdin is None or not share.names:
            return False
        with suppress(OSError):
            _tell(self._process.stdin, share)
            return True
        return False

    def _receive(self, size_bytes: int) -> bytes:
        """The next answer, of so many bytes; a shorter one where there is none."""
        if self._process is None or self._process.stdout is None:
            return b""
        with suppress(OSError):
            return self._process.stdout.read(size_bytes)
        return b""


def _tell(pipe: IO[bytes], share: Share) -> None:
    names = "\n".join(share.names).encode()
    sizes = b"".join(_SIZE.pack(len(data)) for data in share.data)
    job = _JOB.pack(len(names), len(sizes), sum(map(len, share.data)))
    _send(pipe, (job, names, sizes, *share.data))


def _send(pipe: IO[bytes], parts: Sequence[bytes]) -> None:
    """Write the parts in their order, where the system can without joining them first."""
    sent_bytes = os.writev(pipe.fileno(), parts) if hasattr(os, "writev") else 0
    if sent_bytes < sum(map(len, parts)):
        pipe.write(b"".join(parts)[sent_bytes:])
        pipe.flush()


def _write(disk: Disk, name: str, data: bytes | memoryview) -> None:
    with closing(disk.create(name, OBJECT_MODE)) as writing:
        writing.write(data)


def _work(disk: Disk, jobs: BufferedIOBase, answers: BinaryIO) -> None:
    """Answer until there is nothing more to read."""
    room = memoryview(bytearray(_ROOM_BYTES))
    while len(head := jobs.read(_JOB.size)) == _JOB.size:
        names_bytes, sizes_bytes, data_bytes = _JOB.unpack(head)
        start = names_bytes + sizes_bytes
        if len(room) < start + data_bytes:
            room = memoryview(bytearray(start + data_bytes))
        job = room[: start + data_bytes]
        if jobs.readinto(job) < len(job):
            return  # the first process has ended
        names = bytes(job[:names_bytes]).decode().split("\n")
        if sizes_bytes:
            sizes = [size for (size,) in _SIZE.iter_unpack(job[names_bytes:start])]
            _write_all(disk, names, sizes, job[start:])
            answers.write(_WRITTEN)
        else:
            answers.write(b"".join(hash_copies(disk, names)))
        answers.flush()


def _write_all(disk: Disk, names: list[str], sizes: list[int], data: memoryview) -> None:
    start = 0
    for name, size_bytes in zip(names, sizes, strict=True):
        _write(disk, name, data[start : start + size_bytes])
        start += size_bytes


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it ends it
    with suppress(OSError), os.fdopen(sys.stdin.fileno(), "rb", closefd=False) as jobs:
        _work(Disk(Path(sys.argv[1])), jobs, sys.stdout.buffer)
