"""How soon a disk takes a file and gives it back, for a program that does nothing else.

`python -m bench.floor FOLDER` copies the large file of the corpus past the page cache, in chunks
of `--chunk` MiB, reads each back as soon as it is written, and hashes both. Whoever reads back what
he wrote can compare himself with it, and see what the size of a chunk does. Linux only.
"""

from __future__ import annotations

import argparse
import mmap
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeAlias

from bench.corpus import MIB, make_corpus
from bench.timing import settle

if TYPE_CHECKING:
    from concurrent.futures import Future

Buffers: TypeAlias = "SimpleQueue[memoryview]"

_AT_ONCE = 1
"""So many requests each way: more were not quicker where this was tried."""
_BUFFERS = 2
"""Of memory each way: one is filled while another is on its way."""


def main() -> int:
    """Time it round by round; 0 if the copies were the same."""
    options = _options()
    source = make_corpus(options.folder / "corpora", "big", options.scale) / "recording.bin"
    with source.open("rb") as told:
        while told.read(8 * MIB):  # the source is in memory, as for the other benches
            pass
    for number in range(1, options.rounds + 1):
        target = options.folder / f"floor-{os.getpid()}-{number}"
        settle(options.folder)
        began_s = time.perf_counter()
        is_same = there_and_back(source, target, options.chunk * MIB)
        took_s = time.perf_counter() - began_s
        target.unlink()
        sys.stdout.write(f"  round {number}: {took_s:.2f} s\n")
        if not is_same:
            return 1
    return 0


def there_and_back(source: Path, target: Path, chunk_bytes: int) -> bool:
    """Copy a file past the page cache and read it back; whether the disk has the same bytes.

    What is left behind the last whole chunk is not copied.
    """
    size_bytes = source.stat().st_size // chunk_bytes * chunk_bytes
    into, out = _buffers(chunk_bytes), _buffers(chunk_bytes)
    here = os.open(source, os.O_RDONLY)
    there = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_DIRECT, 0o600)
    digest = sha256()
    back: SimpleQueue[Future[memoryview] | None] = SimpleQueue()
    with (
        ThreadPoolExecutor(_AT_ONCE) as writers,
        ThreadPoolExecutor(_AT_ONCE) as readers,
        ThreadPoolExecutor(1) as hashing,
    ):
        hashed = hashing.submit(_hash_back, back, out)
        for offset in range(0, size_bytes, chunk_bytes):
            block = into.get()
            os.preadv(here, [block], offset)
            digest.update(block)
            written = writers.submit(_write, there, block, offset, into)
            back.put(readers.submit(_read, there, offset, written, out))
        back.put(None)
        is_same = hashed.result() == digest.digest()
    os.fsync(there)
    os.close(there)
    os.close(here)
    return is_same


def _buffers(chunk_bytes: int) -> Buffers:
    """Memory that a disk can write from and read into."""
    free: Buffers = SimpleQueue()
    for _each in range(_BUFFERS):
        free.put(memoryview(mmap.mmap(-1, chunk_bytes)))
    return free


def _write(fd: int, block: memoryview, offset: int, free: Buffers) -> None:
    os.pwritev(fd, [block], offset)
    free.put(block)


def _read(fd: int, offset: int, written: Future[None], free: Buffers) -> memoryview:
    written.result()
    block = free.get()
    os.preadv(fd, [block], offset)
    return block


def _hash_back(blocks: SimpleQueue[Future[memoryview] | None], free: Buffers) -> bytes:
    digest = sha256()
    while (block := blocks.get()) is not None:
        digest.update(block.result())
        free.put(block.result())
    return digest.digest()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.floor", description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder on the disk to time")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1, help="1 is a file of 2 GiB")
    parser.add_argument("--chunk", type=int, default=64, help="MiB that go and come at once")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
