"""Let nobody look into this process's memory while secrets, or what they open, are in it."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Final

_SET_DUMPABLE: Final = 4
"""`PR_SET_DUMPABLE` of prctl(2). A process that is started anew has it on again: each worker that
is given something of a vault calls this itself."""


def guard_memory() -> None:
    """Before a secret comes into memory: let no other program of this user read it, nor dump it.

    The limit of `set_limits` binds only dumps that become a file; some systems hand them to a
    program, which keeps what it likes. Of this process there is none at all then, and nobody but
    the system's own administrator looks into it. Linux only; elsewhere nothing happens.
    """
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - 4 ms, for sealed vaults only

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
