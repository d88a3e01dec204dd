"""The other end of the process in which libpff reads a mailbox: asks answered, a watch kept.

A mailbox that crashes or hangs libpff ends that process and not this one. The item at which it
happened is named, and the reading goes on behind it, some times.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final

import orjson

from stalklog.readers.base import ReadingError
from stalklog.readers.stream import read_up_to
from stalklog.records.message import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes

MAX_CRASHES: Final = 8
"""How often it is begun again."""
STEP_S: Final = 20.0
"""How long one item may take; genuine ones take milliseconds."""
_OPEN_BYTES_A_S: Final = 5 << 20
"""How much longer it may take to begin, for each of these bytes: all its indexes are read."""
_MAX_LINE_BYTES: Final = 256 << 20
_MAX_BLOCK_BYTES: Final = 1 << 20


def read_lines(stream: BinaryIO, size_bytes: int, notes: Notes) -> Iterator[tuple[str, object]]:
    """What the process tells of a mailbox: names and values, none of which is checked yet.

    Args:
        stream: The mailbox; it must be able to seek.
        size_bytes: How long it is.
        notes: Told at which items the process was lost.

    Raises:
        ReadingError: There is no libpff, it cannot open the mailbox, or was lost too often.
    """
    broken: set[int] = set()
    first = 0
    while True:
        worker = _Worker(stream, size_bytes, first, broken)
        try:
            yield from worker.lines()
        finally:
            worker.end()
        if worker.is_done:
            return
        if worker.step < 0 or len(broken) == MAX_CRASHES:
            raise ReadingError("damaged", detail="libpff failed")
        notes.leave("damaged", Place(), f"libpff failed: {worker.what}")
        broken.add(worker.step)
        first = max(first, worker.step + 1)


class _Worker:
    """One such process, from its start to its end."""

    def __init__(self, stream: BinaryIO, size_bytes: int, first: int, broken: set[int]) -> None:
        self._stream = stream
        self._size_bytes = size_bytes
        self.step = -1
        """Which step it began last; -1 while it opens the mailbox."""
        self.what = ""
        """What that is: a folder, or an item in it."""
        self.is_done = False
        """Whether it came to the end of the mailbox."""
        self._process = _start(size_bytes, first, broken)
        self._watch = _Watch(self._process)

    def lines(self) -> Iterator[tuple[str, object]]:
        """What it tells, until it ends or is lost.

        Raises:
            ReadingError: It has no libpff, or cannot open the mailbox.
        """
        limit_s = STEP_S + self._size_bytes / _OPEN_BYTES_A_S
        while True:
            with self._watch.within(limit_s):
                found = self._line()
                while found is not None and found[0] == "read":
                    found = self._line() if self._give(found[1]) else None
            if found is None:
                return
            name, value = found
            if name == "step":
                limit_s = STEP_S
                self._begun(value)
            elif name == "busy":
                continue
            elif name == "stopped":
                self.is_done = True
                if value:
                    raise ReadingError("no-library" if value == "no-library" else "damaged")
                return
            else:
                yield found

    def _begun(self, told: object) -> None:
        if isinstance(told, list) and len(told) == 2 and isinstance(told[0], int):  # noqa: PLR2004 - a pair
            self.step, self.what = told[0], str(told[1])

    def end(self) -> None:
        """End it, whatever it does."""
        self._watch.end()
        self._process.kill()
        self._process.communicate()

    def _line(self) -> tuple[str, object] | None:
        """The next line; None where it ended, or tells what is none."""
        out = self._process.stdout
        line = out.readline(_MAX_LINE_BYTES) if out else b""
        try:
            found = orjson.loads(line)
        except ValueError:
            return None
        if not isinstance(found, dict) or len(found) != 1:
            return None
        return next(iter(found.items()))

    def _give(self, wanted: object) -> bool:
        """Give it bytes of the mailbox; whether it asked for what is there."""
        match wanted:
            case [int(offset), int(size)] if (
                0 <= offset <= offset + size <= self._size_bytes and size <= _MAX_BLOCK_BYTES
            ):
                self._stream.seek(offset)
                data = read_up_to(self._stream, size)
            case _:
                return False
        pipe = self._process.stdin
        if pipe is None or len(data) < size:
            return False
        try:
            pipe.write(data)
            pipe.flush()
        except OSError:
            return False
        return True


class _Watch:
    """Ends a process that says nothing for too long; it works where pipes cannot be waited for."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._changed = threading.Condition()
        self._limit_s: float | None = None
        self._turn = 0
        self._is_ended = False
        threading.Thread(target=self._run, daemon=True).start()

    @contextmanager
    def within(self, limit_s: float) -> Iterator[None]:
        """What happens inside may take so long."""
        self._set(limit_s)
        try:
            yield
        finally:
            self._set(None)

    def end(self) -> None:
        """Watch no longer."""
        with self._changed:
            self._is_ended = True
            self._changed.notify()

    def _set(self, limit_s: float | None) -> None:
        with self._changed:
            self._limit_s = limit_s
            self._turn += 1
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not self._is_ended:
                turn = self._turn
                was_told = self._changed.wait(self._limit_s)
                if not was_told and turn == self._turn and not self._is_ended:
                    self._process.kill()
                    return


def _start(size_bytes: int, first: int, broken: set[int]) -> subprocess.Popen[bytes]:
    """Start the process.

    Raises:
        ReadingError: It cannot be started here; the mailbox is not read in this one.
    """
    if not sys.executable or getattr(sys, "frozen", False):
        raise ReadingError("no-library")
    numbers = map(str, (size_bytes, first, *sorted(broken)))
    try:
        return subprocess.Popen(  # noqa: S603 - our own module, and numbers
            [sys.executable, "-P", "-m", "stalklog.readers.outlook.pst_worker", *numbers],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        raise ReadingError("no-library") from None
