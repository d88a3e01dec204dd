"""What this process was given by whoever started it, put right before the command begins."""

from __future__ import annotations

import os
import signal
import sys
from _thread import interrupt_main
from threading import Timer
from typing import TYPE_CHECKING, NoReturn

from stalklog.core.threads import begin

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_SOON_S = 0.005
_ended_by: list[int] = []
_STREAMS = ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w"))


def open_closed_streams() -> None:
    """Have a stream that was closed lead nowhere.

    Else the next file that is opened gets its number, and what is said there, by whichever library,
    would be written into the vault.
    """
    for number, name, mode in _STREAMS:
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            stream = open(number, mode, encoding="utf-8", errors="backslashreplace")  # noqa: PTH123, SIM115 - a descriptor, open until the end
            setattr(sys, name, stream)


def listen_for_stops() -> None:
    """Have a closed window, and whoever asks this process to end, stop it as Ctrl-C does.

    So what was begun is put away, and the person is told what is saved. Signals that whoever
    started it wants passed over (`nohup`) stay so.
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)
    sys.unraisablehook = _asking_again(sys.unraisablehook)


def is_ending() -> bool:
    """Whether this process was asked to end, and not by the person at it: nobody is to be asked."""
    return bool(_ended_by)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    _ended_by.append(number)
    raise KeyboardInterrupt


def _asking_again(
    tell: Callable[[sys.UnraisableHookArgs], object],
) -> Callable[[sys.UnraisableHookArgs], None]:
    """Ask again where Python has lost a stop: what puts an object away cannot pass it on."""

    def hear(lost: sys.UnraisableHookArgs) -> None:
        if lost.exc_type is KeyboardInterrupt:
            again = Timer(_SOON_S, interrupt_main, _ended_by[-1:])  # else it was Ctrl-C
            again.daemon = True
            begin(again)
        else:
            tell(lost)

    return hear
