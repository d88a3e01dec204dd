"""Which threads a test has begun: those of the tests before it may be ending meanwhile."""

from __future__ import annotations

import threading


class Since:
    """The threads that began since this was made."""

    def __init__(self) -> None:
        self._before = set(threading.enumerate())

    def left(self) -> set[threading.Thread]:
        """Those of them that have not ended."""
        return set(threading.enumerate()) - self._before
