"""Start a second process: a fresh interpreter that runs one module of ours."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess


def start_worker(module: str, *words: str) -> subprocess.Popen[bytes] | None:
    """A process that is talked to through its two pipes; None where none can be started.

    Args:
        module: What it runs.
        words: What it is told at its start; others who use this computer may see it.
    """
    import subprocess  # noqa: PLC0415 - 10 ms, which the other process need not spend

    if not sys.executable or getattr(sys, "frozen", False):
        return None
    try:
        return subprocess.Popen(  # noqa: S603 - this interpreter and a module of ours
            [sys.executable, "-P", "-m", module, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None
