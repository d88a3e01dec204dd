"""Threads, on a system that may allow no more of them: whoever asks does the work without, then."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor
    from threading import Thread


def begin(thread: Thread) -> bool:
    """Start a thread; False where the system allows no more."""
    try:
        thread.start()
    except RuntimeError:
        return False
    return True


def begin_many(count: int) -> ThreadPoolExecutor | None:
    """So many threads, all of them there, to hand work to; None where the system allows fewer.

    An executor begins its threads one by one as work comes, and loses work where it cannot.
    """
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - 10 ms, for much work only

    gate, threads = Event(), ThreadPoolExecutor(count)
    try:
        for _each in range(count):
            threads.submit(gate.wait)  # so none is idle, and the next one needs another
    except RuntimeError:
        gate.set()
        threads.shutdown()
        return None
    finally:
        gate.set()  # whatever breaks it off: none of them may wait for ever
    return threads
