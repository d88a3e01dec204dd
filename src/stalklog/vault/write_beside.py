"""Write small copies and prove them beside the reading of the next originals, in their order."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from stalklog.core.threads import begin_many
from stalklog.vault.copy_worker import CopyWorker, Share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future, ThreadPoolExecutor

    from stalklog.vault.disk import Disk

_FILES: Final = 128
_BYTES: Final = 1024 * 1024
"""So many copies, or so many bytes, are handed over at once."""
_WAITING: Final = 32
"""How often, before the first must be written: this bounds the memory."""


def begin_beside(disk: Disk) -> WriteBeside | None:
    """Begin to write beside; None where the system allows no threads for it."""
    writing, proving = begin_many(1), begin_many(1)
    if writing is not None and proving is not None:
        return WriteBeside(disk, writing, proving)
    for threads in filter(None, (writing, proving)):
        threads.shutdown()
    return None


class WriteBeside:
    """Copies on their way into `tmp/`, and what is to be done once they are there."""

    def __init__(
        self, disk: Disk, writing: ThreadPoolExecutor, proving: ThreadPoolExecutor
    ) -> None:
        """Begin the second process.

        Args:
            disk: The vault.
            writing: A thread that hands copies over.
            proving: A thread for what is done once they are there.
        """
        self._worker = CopyWorker(disk)
        self._writing, self._proving = writing, proving
        self._share = Share([], [])
        self._share_bytes = 0
        self._begun: deque[Future[None]] = deque()

    def add(self, temporary: str, data: bytes) -> None:
        """Have a copy written before `finish` returns.

        Raises:
            OSError: An earlier one cannot be written.
        """
        if len(self._begun) > _WAITING:
            self._begun.popleft().result()  # before this copy is taken: if it fails, it is not
        self._share.names.append(temporary)
        self._share.data.append(data)
        self._share_bytes += len(data)
        if len(self._share.names) >= _FILES or self._share_bytes >= _BYTES:
            self._hand_over()

    def then(self, work: Callable[[], None]) -> None:
        """Have this done once all copies so far are written; later ones are written meanwhile."""
        self._hand_over()
        written = self._writing.submit(self._worker.finish)
        self._begun.append(self._proving.submit(_after, written, work))

    def finish(self) -> None:
        """Wait until every copy is written and all else is done; none is on the disk for sure.

        Raises:
            Exception: What could not be done.
        """
        self._hand_over()
        self._begun.append(self._writing.submit(self._worker.finish))
        while self._begun:
            self._begun.popleft().result()

    def hash_copies(self, names: list[str]) -> Iterable[bytes]:
        """SHA-256 of each copy as the disk has it; of those that were written."""
        return self._worker.hash_copies(names)

    def stop(self) -> None:
        """End the threads and the process; what was not written yet will not be."""
        self._worker.give_up()  # the threads may wait for it, and it for ever
        self._writing.shutdown(cancel_futures=True)
        self._proving.shutdown(cancel_futures=True)
        self._worker.stop()

    def _hand_over(self) -> None:
        if self._share.names:
            self._begun.append(self._writing.submit(self._worker.write, self._share))
            self._share = Share([], [])
            self._share_bytes = 0


def _after(written: Future[None], work: Callable[[], None]) -> None:
    written.result()
    work()
