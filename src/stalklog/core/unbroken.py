"""A short piece of work that a stop may not break off in the middle."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    Handler = Callable[[int, FrameType | None], object]

_STOPS: Final = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def unbroken() -> Iterator[None]:
    """Have Ctrl-C, and whoever asks this process to end, wait until all inside is done.

    Then it is heard as it would have been; where the work fails, its error is told instead. Whoever
    asks a second time is heard at once, as a disk may hang. Python hears signals in its first
    thread alone, so elsewhere there is nothing to do.

    Raises:
        KeyboardInterrupt: The work is done, and a stop was asked for meanwhile.
    """
    if current_thread() is not main_thread():
        yield
        return
    before = _handlers()
    heard: list[int] = []

    def hear(number: int, frame: FrameType | None) -> None:
        heard.append(number)
        if len(heard) > 1:
            before[number](number, frame)

    try:
        for number in before:
            signal.signal(number, hear)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if heard:
        before[heard[0]](heard[0], None)


def _handlers() -> dict[int, Handler]:
    """What hears each stop now; those that the system answers, or that are passed over, stay so."""
    numbers = (getattr(signal, name) for name in _STOPS if hasattr(signal, name))
    found = {number: signal.getsignal(number) for number in numbers}
    return {number: handler for number, handler in found.items() if callable(handler)}
