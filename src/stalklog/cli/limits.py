"""What the system lets this process do: open enough files, and leave no picture of its memory."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Final

ENOUGH_FILES: Final = 1024
"""More than a vault's 264 folders, which stay open, and the files of one command beside them.

macOS begins with 256.
"""


def set_limits() -> None:
    """Raise how many files may be open, and forbid the dump of memory that a crash leaves.

    Such a dump would hold keys and what was opened with them, in a place that nobody thinks of.
    Where the system has no such limits, or does not let them be changed, nothing happens.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on Windows

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, ValueError):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        is_few = soft != resource.RLIM_INFINITY and soft < ENOUGH_FILES
        if is_few and (hard == resource.RLIM_INFINITY or hard > soft):
            most = ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(hard, ENOUGH_FILES)
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
