"""Originals in a sealed vault: only their ciphertext reaches the disk, under its own hash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.vault.cipher import seal_blocks
from stalklog.vault.hash_beside import HashBeside
from stalklog.vault.objects import Intake, Stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from stalklog.vault.disk import Disk
    from stalklog.vault.objects import Copy


class SealedIntake(Intake):
    """Copies that one command makes, sealed on their way; each is proven as ciphertext.

    The same original twice is two objects: that it is the same nobody learns from the disk.
    """

    def __init__(self, disk: Disk, recipients: tuple[str, ...]) -> None:
        super().__init__(disk)
        self._recipients = recipients
        self._names: dict[str, list[str]] = {}

    def store(self, blocks: Iterable[bytes]) -> Stored:
        """Seal an original into `tmp/` while hashing it; see `Intake.store`."""
        plain = HashBeside()
        try:
            sealed = super().store(_passing(blocks, plain))
        finally:
            plain.stop()
        self._names.setdefault(plain.hexdigest(), []).append(sealed.sha256)
        return Stored(plain.hexdigest(), plain.size_bytes, is_new=True)

    def _copy(self, temporary: str, blocks: Iterable[bytes]) -> Copy:
        """Always sealed on its way; nothing plain is handed to a thread that writes."""
        return self._write(temporary, blocks)

    def _pour(self, blocks: Iterable[bytes], write: Callable[[bytes], None]) -> None:
        seal_blocks(blocks, self._recipients, write)

    def claim(self, sha256: str) -> tuple[str, ...]:
        """The stored name of an original of this command, given out once for each copy."""
        return (self._names[sha256].pop(0),)


def _passing(blocks: Iterable[bytes], digest: HashBeside) -> Iterator[bytes]:
    for block in blocks:
        digest.update(block)
        yield block
