"""A second process that writes small copies and reads them back: for many, one core is not enough.

It is told names in `tmp/` and bytes, and gives nothing a name elsewhere. Whether the disk has what
was written is judged by the first process: it syncs, and compares the hashes that come back with
those of the bytes as it read them from the originals. Where no answer comes, as the other process
cannot be started, died, or met an error, the first one does the same work itself and names what is
wrong.
"""

from __future__ import annotations

import os
import signal
import struct
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from stalklog.vault.disk import OBJECT_MODE, Disk
from stalklog.vault.recall import hash_copies
from stalklog.vault.worker import start_worker

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable

_JOB: Final = struct.Struct("<III")
"""Before a job: how many copies, how many bytes their names have, and how many the copies."""
_SIZE: Final = struct.Struct("<I")
_WRITTEN: Final = b"\1"
_HASH_BYTES: Final = 32


class Share(NamedTuple):
    """Some copies, by their names in `tmp/`."""

    names: list[str]
    data: list[bytes]


class CopyWorker:
    """Writes copies and reads them back; used by one thread at a time."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        place = disk.place_for_others() if (os.cpu_count() or 1) > 1 else None
        self._process = None if place is None else start_worker(__name__, str(place))

    def write(self, share: Share) -> None:
        """Have these copies written; none is on the disk for sure.

        Raises:
            OSError: One cannot be written.
        """
        if self._ask(share, len(_WRITTEN)) != _WRITTEN:
            for name, data in zip(*share, strict=True):
                with suppress(FileNotFoundError):
                    self._disk.remove(name)  # what the other process has begun
                _write(self._disk, name, data)

    def hash_copies(self, names: list[str]) -> Iterable[bytes]:
        """SHA-256 of each copy as the disk has it, 32 bytes, in their order.

        Raises:
            OSError: One cannot be read.
        """
        size_bytes = _HASH_BYTES * len(names)
        answer = self._ask(Share(names, []), size_bytes)
        if len(answer) < size_bytes:
            return hash_copies(self._disk, names)
        return (answer[at : at + _HASH_BYTES] for at in range(0, size_bytes, _HASH_BYTES))

    def stop(self) -> None:
        """End the other process, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _ask(self, share: Share, size_bytes: int) -> bytes:
        """The answer, of so many bytes; a shorter one where there is none."""
        if self._process is None or not share.names:
            return b""
        answer = b""
        with suppress(OSError):
            answer = _exchange(self._process, share, size_bytes)
        if len(answer) < size_bytes:
            self.stop()  # before anything is done again here
        return answer


def _exchange(process: subprocess.Popen[bytes], share: Share, size_bytes: int) -> bytes:
    if process.stdin is None or process.stdout is None:
        return b""
    names = "\n".join(share.names).encode()
    sizes = b"".join(_SIZE.pack(len(data)) for data in share.data)
    job = _JOB.pack(len(names), len(sizes), sum(map(len, share.data)))
    process.stdin.write(b"".join((job, names, sizes, *share.data)))
    process.stdin.flush()
    return process.stdout.read(size_bytes)


def _write(disk: Disk, name: str, data: bytes | memoryview) -> None:
    with closing(disk.create(name, OBJECT_MODE)) as writing:
        writing.write(data)


def _work(disk: Disk, jobs: BinaryIO, answers: BinaryIO) -> None:
    """Answer until there is nothing more to read."""
    while len(head := jobs.read(_JOB.size)) == _JOB.size:
        names_bytes, sizes_bytes, data_bytes = _JOB.unpack(head)
        start = names_bytes + sizes_bytes
        job = memoryview(jobs.read(start + data_bytes))
        if len(job) < start + data_bytes:
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
    with suppress(OSError):
        _work(Disk(Path(sys.argv[1])), sys.stdin.buffer, sys.stdout.buffer)
