"""Take from a process what work on a stranger's bytes does not need: memory, time, files, dumps.

As a program of its own it confines itself and then becomes the command that it is given.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Final

_CAN_CONFINE: Final = sys.platform != "win32"


def confine(*, memory_bytes: int) -> None:
    """Bound the memory of this process, and let it and its children write no file and no dump.

    Where the system has no such limits, or does not let them be set, nothing happens.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on Windows

    limits = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for limit, most in limits.items():
        with suppress(OSError, ValueError):
            resource.setrlimit(limit, (most, most))


def allow_seconds(seconds: int) -> None:
    """Let this process compute for so many seconds from now on; then the system ends it."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on Windows

    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + 1 + seconds
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


def confined(command: list[str], *, memory_bytes: int, seconds: int) -> list[str]:
    """The command that runs this command confined; the command itself where that cannot be.

    Args:
        command: The whole path of a program, and its arguments.
        memory_bytes: How much memory it may have.
        seconds: For how long it may compute.
    """
    if not _CAN_CONFINE or not sys.executable or getattr(sys, "frozen", False):
        return command
    limits = [str(memory_bytes), str(seconds)]
    return [sys.executable, "-P", "-m", "stalklog.safety.confinement", *limits, *command]


if __name__ == "__main__":
    confine(memory_bytes=int(sys.argv[1]))
    allow_seconds(int(sys.argv[2]))
    os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606 - there is no shell, and that is meant
