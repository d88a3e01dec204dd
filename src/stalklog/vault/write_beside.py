"""Write small copies in a thread of its own, while the next originals are read and described."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Final

from stalklog.vault.disk import OBJECT_MODE

if TYPE_CHECKING:
    from concurrent.futures import Future

    from stalklog.vault.disk import Disk

_FILES: Final = 64
_BYTES: Final = 4 * 1024 * 1024
"""So many copies, or so many bytes, are handed over at once."""
_WAITING: Final = 4
"""How often, before the first must be written: this bounds the memory."""


class WriteBeside:
    """Copies on their way into `tmp/`, in the order in which they came."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._thread = ThreadPoolExecutor(1)
        self._share: list[tuple[str, bytes]] = []
        self._share_bytes = 0
        self._written: deque[Future[None]] = deque()

    def add(self, temporary: str, data: bytes) -> None:
        """Have a copy written before `finish` returns.

        Raises:
            OSError: An earlier one cannot be written.
        """
        if len(self._written) > _WAITING:
            self._written.popleft().result()  # before this copy is taken: if it fails, it is not
        self._share.append((temporary, data))
        self._share_bytes += len(data)
        if len(self._share) >= _FILES or self._share_bytes >= _BYTES:
            self._hand_over()

    def finish(self) -> None:
        """Wait until every copy is written; none is on the disk for sure.

        Raises:
            OSError: One cannot be written.
        """
        self._hand_over()
        while self._written:
            self._written.popleft().result()

    def stop(self) -> None:
        """End the thread; what was not written yet will not be."""
        self._thread.shutdown(cancel_futures=True)

    def _hand_over(self) -> None:
        if self._share:
            self._written.append(self._thread.submit(self._write, self._share))
            self._share = []
            self._share_bytes = 0

    def _write(self, share: list[tuple[str, bytes]]) -> None:
        for temporary, data in share:
            with closing(self._disk.create(temporary, OBJECT_MODE)) as writing:
                writing.write(data)
