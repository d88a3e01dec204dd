"""Originals by their hash: put once, never changed, streamed out."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.core.hashing import BLOCK_BYTES, sha256_of
from stalklog.errors import ReadOnlyVaultError, VaultError
from stalklog.i18n import gettext as _
from stalklog.vault.atomic import temporary_name
from stalklog.vault.layout import object_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stalklog.vault.disk import Disk, Writing


@dataclass(frozen=True, slots=True)
class Stored:
    """An original in the vault, or on its way into it."""

    sha256: str
    size_bytes: int
    is_new: bool
    """False where the vault held the same bytes already."""


@dataclass(frozen=True, slots=True)
class _Copy:
    temporary: str
    sha256: str


class Intake:
    """Copies that one command makes: written to `tmp/`, proven on the disk, then put in place.

    The order is the format's: copy and hash once; have all bytes on the disk; read each copy back
    from there and hash it again; only then give it its name; have the names on the disk.
    """

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._copies: list[_Copy] = []
        self._known: set[str] = set()
        self._temporary: set[str] = set()

    def store(self, blocks: Iterable[bytes]) -> Stored:
        """Copy an original to `tmp/` while hashing it; nothing is promised yet.

        Raises:
            OSError: It cannot be written; the copy is removed again.
        """
        temporary = temporary_name()
        with self._copying(temporary) as writing:
            sha256, size_bytes = sha256_of(_written(blocks, writing))
        is_new = sha256 not in self._known and not self._holds(sha256)
        self._known.add(sha256)
        self._keep(temporary, sha256)
        return Stored(sha256, size_bytes, is_new)

    def claim(self, sha256: str) -> tuple[str, ...]:  # noqa: ARG002 - a sealed intake needs it
        """The stored names that an entry has to tell apart from its body: none here."""
        return ()

    def settle(self) -> None:
        """Have every copy on the disk under its hash before this returns.

        Raises:
            VaultError: A copy differs from what was read; no copy got its name.
            ReadOnlyVaultError: The vault holds other bytes under such a hash: it is damaged.
        """
        if not self._copies:
            return
        self._disk.sync_many([copy.temporary for copy in self._copies])
        for copy in self._copies:
            self._require_same(copy)
        folders = {self._put(copy) for copy in self._copies}
        for folder in sorted(folders):
            self._disk.sync_folder(folder)
        self._copies.clear()

    def abandon(self) -> None:
        """Remove the copies that were not put in place; the sources are as they were."""
        for temporary in list(self._temporary):
            self._discard(temporary)

    @contextmanager
    def _copying(self, temporary: str) -> Iterator[Writing]:
        """A new file in `tmp/`, closed and protected at the end, or removed where that failed."""
        self._temporary.add(temporary)
        try:
            writing = self._disk.create(temporary)
            try:
                yield writing
                writing.protect()
            finally:
                writing.close()
        except BaseException:
            self._discard(temporary)
            raise

    def _keep(self, temporary: str, stored_sha256: str) -> None:
        self._copies.append(_Copy(temporary, stored_sha256))

    def _require_same(self, copy: _Copy) -> None:
        if hash_file(self._disk, copy.temporary, from_disk=True)[0] != copy.sha256:
            raise VaultError(
                _(
                    "A copy read back from the disk differs from what was written. Nothing was "
                    "kept; the originals are untouched."
                ),
                hint=_("The disk or the memory may be failing. Try a vault on another disk."),
            )

    def _put(self, copy: _Copy) -> str:
        name = object_name(copy.sha256)
        if self._disk.kind(name) is None:
            self._disk.rename(copy.temporary, name)
        else:
            self._require_held(name, copy.sha256)
            self._disk.sync(name)
            self._disk.remove(copy.temporary)
        self._temporary.discard(copy.temporary)
        return name.rpartition("/")[0]

    def _require_held(self, name: str, sha256: str) -> None:
        if self._disk.kind(name) != "file" or hash_file(self._disk, name)[0] != sha256:
            raise ReadOnlyVaultError(
                _(
                    "The vault holds other bytes under the hash of this file: it is damaged. "
                    "Nothing was added."
                ),
                hint=_("See what is wrong with: stalklog verify"),
            )

    def _holds(self, sha256: str) -> bool:
        return self._disk.kind(object_name(sha256)) is not None

    def _discard(self, temporary: str) -> None:
        self._temporary.discard(temporary)
        try:
            self._disk.remove(temporary)
        except OSError:
            return  # the next command moves it to quarantine


def hash_file(disk: Disk, name: str, *, from_disk: bool = False) -> tuple[str, int]:
    """SHA-256 in hex and size in bytes of a file of the vault, if asked past the page cache."""
    digest = hashlib.sha256()
    reading = disk.open(name)
    try:
        if from_disk:
            reading.forget()
        buffer = memoryview(bytearray(min(BLOCK_BYTES, max(1, reading.size_bytes))))
        size_bytes = 0
        while count := reading.read_into(buffer):
            digest.update(buffer[:count])
            size_bytes += count
    finally:
        reading.close()
    return digest.hexdigest(), size_bytes


def read_blocks(disk: Disk, name: str) -> Iterator[bytes]:
    """The bytes of a file of the vault, block by block."""
    reading = disk.open(name)
    try:
        buffer = memoryview(bytearray(BLOCK_BYTES))
        while count := reading.read_into(buffer):
            yield bytes(buffer[:count])
    finally:
        reading.close()


def _written(blocks: Iterable[bytes], writing: Writing) -> Iterator[bytes]:
    for block in blocks:
        writing.write(block)
        yield block
