"""A process of its own that opens pictures, because their bytes are the stalker's.

It is given bytes by a pipe and gives bytes back: it opens no file, and the system lets it write
none. If it dies or takes too long, that picture is not shown, and the next one gets a new process.
"""

from __future__ import annotations

import signal
import struct
import subprocess
import sys
import warnings
from contextlib import suppress
from threading import Timer
from typing import TYPE_CHECKING, BinaryIO, Final, Self

from stalklog.readers.base import ReadingError
from stalklog.records.message import REASONS
from stalklog.safety.confinement import allow_seconds, confine
from stalklog.safety.limits import MAX_PICTURE_BYTES, MAX_WORKER_BYTES, PICTURE_TIMEOUT_S
from stalklog.safety.memory import guard_memory

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_JOB: Final = struct.Struct("<BQ")
"""Before the bytes of a picture: what to make of it, how many bytes."""
_ANSWER: Final = struct.Struct("<BQ")
"""Before an answer: 0 and the length of what was made; or the place of a reason, counted from 1,
and the length of its detail."""
_SMALL, _PLAIN = 0, 1
_REASONS: Final = tuple(REASONS)


class PictureWorker:
    """Makes other pictures of pictures, one after another; used inside `with`.

    Args:
        timeout_s: How long one may take; then it is given up.
    """

    def __init__(self, *, timeout_s: float = PICTURE_TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._process: subprocess.Popen[bytes] | None = None
        self._is_late = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def make_small(self, stream: BinaryIO) -> bytes:
        """A small JPEG of a picture, without anything that the picture says of itself.

        Raises:
            ReadingError: It is not opened, with the reason.
        """
        return self._ask(_SMALL, read_picture(stream))

    def make_plain(self, stream: BinaryIO) -> bytes:
        """A grey PNG of a picture, in its own size, without anything else of it.

        Raises:
            ReadingError: It is not opened, with the reason.
        """
        return self._ask(_PLAIN, read_picture(stream))

    def _ask(self, job: int, data: bytes) -> bytes:
        process = self._process = self._process or _start()
        self._is_late = False
        alarm = Timer(self._timeout_s, self._expire)
        alarm.daemon = True
        alarm.start()
        answer = None
        try:
            with suppress(OSError):
                answer = _exchange(process, job, data)
        finally:
            alarm.cancel()
            alarm.join()
            if answer is None or self._is_late:
                self._end()
        if answer is None:
            raise self._failure(process)
        reason, made = answer
        if reason:
            raise ReadingError(_REASONS[reason - 1], detail=made.decode())
        return made

    def _expire(self) -> None:
        self._is_late = True
        if self._process is not None:
            self._process.kill()

    def _failure(self, process: subprocess.Popen[bytes]) -> ReadingError:
        spent = -getattr(signal, "SIGXCPU", 0)
        if self._is_late or (spent and process.returncode == spent):
            return ReadingError("over-limit", detail="seconds")
        return ReadingError("reader-failed", detail="picture")

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def read_picture(stream: BinaryIO) -> bytes:
    """All bytes of a picture.

    Raises:
        ReadingError: There are more than `MAX_PICTURE_BYTES`.
    """
    blocks: list[bytes] = []
    left = MAX_PICTURE_BYTES + 1
    while left and (block := stream.read(left)):
        blocks.append(block)
        left -= len(block)
    if not left:
        raise ReadingError("over-limit", detail="bytes")
    return b"".join(blocks)


def _start() -> subprocess.Popen[bytes]:
    """A new process.

    Raises:
        ReadingError: It cannot be started; the picture is not opened in this one instead.
    """
    if not sys.executable or getattr(sys, "frozen", False):
        raise ReadingError("reader-failed", detail="process")
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "stalklog.readers.picture_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise ReadingError("reader-failed", detail="process") from error


def _exchange(process: subprocess.Popen[bytes], job: int, data: bytes) -> tuple[int, bytes] | None:
    """The reason and the detail, or 0 and what was made; None if the process did not answer."""
    if process.stdin is None or process.stdout is None:
        return None
    process.stdin.write(_JOB.pack(job, len(data)))
    process.stdin.write(data)
    process.stdin.flush()
    head = process.stdout.read(_ANSWER.size)
    if len(head) < _ANSWER.size:
        return None
    reason, length = _ANSWER.unpack(head)
    made = process.stdout.read(length)
    return (reason, made) if len(made) == length and reason <= len(_REASONS) else None


def _work(jobs: BinaryIO, answers: BinaryIO, makers: tuple[Callable[[bytes], bytes], ...]) -> None:
    """Answer until there is nothing more to read."""
    while len(head := jobs.read(_JOB.size)) == _JOB.size:
        job, length = _JOB.unpack(head)
        data = jobs.read(length)
        if len(data) < length:
            return
        allow_seconds(PICTURE_TIMEOUT_S)
        reason = 0
        try:
            made = makers[job](data)
        except ReadingError as error:
            reason, made = 1 + _REASONS.index(error.reason), error.detail.encode()
        answers.write(_ANSWER.pack(reason, len(made)))
        answers.write(made)
        answers.flush()


def _main() -> None:
    guard_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it ends it
    warnings.simplefilter("ignore")
    from stalklog.readers.decoding import make_plain, make_ready, make_small  # noqa: PLC0415 - here

    make_ready()
    confine(memory_bytes=MAX_WORKER_BYTES)
    with suppress(OSError):
        _work(sys.stdin.buffer, sys.stdout.buffer, (make_small, make_plain))


if __name__ == "__main__":
    _main()
