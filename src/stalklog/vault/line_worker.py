"""A second process that reads stretches of the logs, because one core is not enough for a long one.

It is given bytes and opens nothing: what it judges is what this process read under the lock. What
comes back is packed facts; where anything at all is wrong nothing comes back, and this process
reads the stretch itself and names it. If the worker cannot be started or dies, the same.
"""

from __future__ import annotations

import gc
import os
import signal
import struct
import sys
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, BinaryIO, Final

import orjson

from stalklog.core.haste import without_circles
from stalklog.core.threads import begin
from stalklog.records.types import LOGS
from stalklog.vault.facts import Columns
from stalklog.vault.stretch import Share, Stretch, read_stretch
from stalklog.vault.worker import start_worker

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

_JOB: Final = struct.Struct("<BQI")
"""Before the bytes of a stretch: which log, its first line, how many bytes."""
_SWITCH_S: Final = 0.0005
"""How soon the thread that feeds the worker gets its turn: with Python's own 5 ms it idles."""
_ANSWER: Final = struct.Struct("<III")
"""Before an answer: how many lines, bytes of JSON, bytes of columns; all 0 for none."""


def read_all(stretches: Iterator[Stretch], *, with_worker: bool) -> Iterator[tuple[Stretch, Share]]:
    """What each stretch holds, in their order.

    Args:
        stretches: Taken one by one, as they are needed.
        with_worker: Whether a second process may read some of them.
    """
    worker = start_worker(__name__) if with_worker and (os.cpu_count() or 1) > 1 else None
    if worker is None:
        yield from ((stretch, read_stretch(stretch)) for stretch in stretches)
        return
    try:
        with _in_haste():
            yield from _Shared(stretches, worker).read()
    finally:
        worker.kill()
        worker.communicate()


@contextmanager
def _in_haste() -> Iterator[None]:
    """Let the thread that feeds the worker have its turn soon; look for no circles meanwhile."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_S)
    try:
        with without_circles():
            yield
    finally:
        sys.setswitchinterval(before)


class _Shared:
    """The stretches, of which each process takes the next whenever it has done one."""

    def __init__(self, stretches: Iterator[Stretch], worker: subprocess.Popen[bytes]) -> None:
        self._left = enumerate(stretches)
        self._lock = Lock()
        self._error: BaseException | None = None
        self._worker = worker
        self._answers: SimpleQueue[tuple[int, Stretch, Share | None]] = SimpleQueue()
        self._done: dict[int, tuple[Stretch, Share | None]] = {}
        self._next = 0

    def read(self) -> Iterator[tuple[Stretch, Share]]:
        courier = Thread(target=self._deliver, daemon=True)
        is_delivering = begin(courier)
        while (taken := self._take()) is not None:
            number, stretch = taken
            self._done[number] = stretch, read_stretch(stretch)
            yield from self._finished()
        if is_delivering:
            courier.join()
        yield from self._finished()
        if self._error is not None:
            raise self._error

    def _take(self) -> tuple[int, Stretch] | None:
        with self._lock:
            try:
                return next(self._left, None)
            except Exception as error:  # noqa: BLE001 - raised again by `read`
                self._error = error
                return None

    def _finished(self) -> Iterator[tuple[Stretch, Share]]:
        while not self._answers.empty():
            number, stretch, share = self._answers.get()
            self._done[number] = stretch, share
        while self._next in self._done:
            stretch, share = self._done.pop(self._next)
            yield stretch, share or read_stretch(stretch)
            self._next += 1

    def _deliver(self) -> None:
        """Give the worker one stretch after the other, as long as it answers."""
        while (taken := self._take()) is not None:
            share = None
            with suppress(Exception):  # whatever it is: then this process reads the stretch
                share = _ask(self._worker, taken[1])
            self._answers.put((*taken, share))
            if self._worker.poll() is not None:
                return


def _ask(worker: subprocess.Popen[bytes], stretch: Stretch) -> Share | None:
    if worker.stdin is None or worker.stdout is None:
        return None
    job = _JOB.pack(LOGS.index(stretch.log), stretch.number, len(stretch.data))
    worker.stdin.write(job)
    worker.stdin.write(stretch.data)
    worker.stdin.flush()
    count, words_bytes, columns_bytes = _ANSWER.unpack(worker.stdout.read(_ANSWER.size))
    if not count:
        return None
    words = orjson.loads(worker.stdout.read(words_bytes))
    facts = Columns.unpack(worker.stdout.read(columns_bytes), count)
    facts.links = dict(zip(words["places"], map(tuple, words["links"]), strict=True))
    return Share(facts, {name: (size, seq) for name, (size, seq) in words["objects"].items()})


def _answer(share: Share) -> bytes:
    if share.found or share.bad or share.quarantined:
        return _ANSWER.pack(0, 0, 0)
    links = share.facts.links
    words = orjson.dumps(
        {"places": list(links), "links": list(links.values()), "objects": share.objects}
    )
    columns = share.facts.pack()
    return _ANSWER.pack(len(share.facts), len(words), len(columns)) + words + columns


def _work(jobs: BinaryIO, answers: BinaryIO) -> None:
    """Answer until there is nothing more to read."""
    while len(head := jobs.read(_JOB.size)) == _JOB.size:
        log, number, size_bytes = _JOB.unpack(head)
        data = jobs.read(size_bytes)
        if len(data) < size_bytes:
            return
        answers.write(_answer(read_stretch(Stretch(LOGS[log], number, data))))
        answers.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it ends it
    gc.disable()  # nothing here is ever a circle, and looking for one costs a fifteenth
    with suppress(OSError):
        _work(sys.stdin.buffer, sys.stdout.buffer)
