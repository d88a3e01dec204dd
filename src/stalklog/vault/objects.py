"""Originals by their hash: put once, never changed, streamed out."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import closing, suppress
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, NamedTuple

from stalklog.core.hashing import BLOCK_BYTES, sha256_hex
from stalklog.errors import ReadOnlyVaultError, VaultError
from stalklog.i18n import gettext as _
from stalklog.vault.disk import OBJECT_MODE
from stalklog.vault.layout import object_name
from stalklog.vault.recall import hash_copies
from stalklog.vault.there_and_back import CHUNK_BYTES, ThereAndBack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from stalklog.vault.disk import Disk, Reading
    from stalklog.vault.write_beside import WriteBeside

_BATCH: Final = 1024
"""So many copies of a long command are synced and read back beside the copying of the next ones."""
_FEW: Final = 256
"""After so many copies of a command the small ones are written in a process of its own."""


class Stored(NamedTuple):
    """An original in the vault, or on its way into it."""

    sha256: str
    size_bytes: int
    is_new: bool
    """False where the vault held the same bytes already."""


class Copy(NamedTuple):
    """A copy in `tmp/`, on its way to its name."""

    temporary: str
    sha256: str
    """Of what lies there: in a sealed vault of the ciphertext."""
    size_bytes: int
    is_new: bool
    is_proven: bool
    """Whether it was read back while it was written."""


class Intake:
    """Copies that one command makes: written to `tmp/`, proven on the disk, then put in place.

    The order is the format's: copy and hash once; have all bytes on the disk; read each copy back
    from there and hash it again, a large one while it is still being written; only then give it
    its name; have the names on the disk.
    """

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._copies: list[Copy] = []
        self._unproven: list[Copy] = []
        self._beside: WriteBeside | None = None
        self._can_go_beside = True
        self._held: dict[str, set[str]] = {}
        self._prefix = f"tmp/{secrets.token_hex(12)}"
        self._count = 0
        self._settled = 0
        """Of how many copies so far none is in `tmp/` any more."""

    def store(self, blocks: Iterable[bytes]) -> Stored:
        """Copy an original to `tmp/` while hashing it; nothing is promised yet.

        Raises:
            OSError: It cannot be written; the copy is removed again.
            VaultError: The copy differs from what was read; it is removed again.
        """
        self._count += 1
        temporary = self._temporary(self._count)
        try:
            copy = self._copy(temporary, blocks)
        except BaseException:
            self._discard(temporary)
            raise
        self._copies.append(copy)
        self._unproven.append(copy)
        if len(self._unproven) == _BATCH:
            self._prove_beside()
        return Stored(copy.sha256, copy.size_bytes, copy.is_new)

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
        if self._beside is not None:
            self._beside.finish()
        self._prove(self._unproven)
        self._stop_beside()
        folders = {self._put(copy) for copy in self._copies}
        self._disk.sync_folders(sorted(folders))
        self._begin()

    def abandon(self) -> None:
        """Remove the copies that were not put in place; the sources are as they were."""
        self._stop_beside()
        for number in range(self._settled, self._count):
            self._discard(self._temporary(number + 1))  # most began there, some got their name
        self._held.clear()  # what was noted of copies that got no name
        self._begin()

    def _begin(self) -> None:
        self._copies = []
        self._unproven = []
        self._settled = self._count

    def _temporary(self, number: int) -> str:
        return f"{self._prefix}-{number}"

    def _begin_beside(self) -> WriteBeside | None:
        """What writes beside; None where the system allows no threads for it."""
        if self._beside is None and self._can_go_beside:
            from stalklog.vault.write_beside import begin_beside  # noqa: PLC0415 - bulk adds only

            self._beside = begin_beside(self._disk)
            self._can_go_beside = self._beside is not None
        return self._beside

    def _stop_beside(self) -> None:
        if self._beside is not None:
            self._beside.stop()
            self._beside = None

    def _prove_beside(self) -> None:
        beside = self._begin_beside()
        if beside is not None:  # else all are proven at the end
            beside.then(partial(self._prove, self._unproven))
            self._unproven = []

    def _prove(self, copies: Sequence[Copy]) -> None:
        """Have copies on the disk, and read back from there what was not read back yet."""
        self._disk.sync_many([copy.temporary for copy in copies])
        unread = [copy for copy in copies if not copy.is_proven]
        names = [copy.temporary for copy in unread]
        found = self._beside.hash_copies(names) if self._beside else hash_copies(self._disk, names)
        for copy, digest in zip(unread, found, strict=True):
            _require_same(digest.hex(), copy.sha256)

    def _copy(self, temporary: str, blocks: Iterable[bytes]) -> Copy:
        beside = self._begin_beside() if self._count > _FEW else None
        if beside is None:
            return self._write(temporary, blocks)
        rest = iter(blocks)
        first = list(islice(rest, 2))
        if len(first) > 1:
            return self._write(temporary, chain(first, rest))
        data = b"".join(first)
        beside.add(temporary, data)
        sha256 = sha256_hex(data)
        return Copy(temporary, sha256, len(data), self._note(sha256), is_proven=False)

    def _write(self, temporary: str, blocks: Iterable[bytes]) -> Copy:
        landing = _Landing(self._disk, temporary)
        try:
            self._pour(blocks, landing.write)
            sha256, is_proven = landing.finish()
        finally:
            landing.close()
        return Copy(temporary, sha256, landing.size_bytes, self._note(sha256), is_proven)

    def _pour(self, blocks: Iterable[bytes], write: Callable[[bytes], None]) -> None:
        """Write the blocks as they are to lie in the vault."""
        for block in blocks:
            write(block)

    def _note(self, sha256: str) -> bool:
        """Whether the vault does not hold these bytes yet; from now on it counts as held."""
        folder, _slash, name = object_name(sha256).rpartition("/")
        held = self._held.get(folder)
        if held is None:
            held = self._held[folder] = set(self._disk.list(folder))
        is_new = name not in held
        held.add(name)
        return is_new

    def _put(self, copy: Copy) -> str:
        name = object_name(copy.sha256)
        if copy.is_new:
            self._disk.rename(copy.temporary, name)
        else:
            self._require_held(name, copy.sha256)
            self._disk.sync(name)
            self._disk.remove(copy.temporary)
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

    def _discard(self, temporary: str) -> None:
        try:
            self._disk.remove(temporary)
        except OSError:
            return  # the next command moves it to quarantine


class _Landing:
    """A copy that is being written: hashed on its way, and a large one read back meanwhile."""

    def __init__(self, disk: Disk, temporary: str) -> None:
        self.size_bytes = 0
        self._disk = disk
        self._temporary = temporary
        self._digest = hashlib.sha256()
        self._beside: ThereAndBack | None = None
        self._can_go_beside = True
        self._writing = disk.create(temporary, OBJECT_MODE)

    def write(self, block: bytes) -> None:
        self._digest.update(block)
        self.size_bytes += len(block)
        if self._can_go_beside and self._beside is None and self.size_bytes > CHUNK_BYTES:
            rest = self.size_bytes - CHUNK_BYTES
            self._writing.write(block[:-rest])
            block = block[-rest:]
            self._go_beside()
        (self._beside or self._writing).write(block)

    def _go_beside(self) -> None:
        """Have the rest read back meanwhile; without memory or threads it is read afterwards."""
        self._can_go_beside = False
        with suppress(OSError, MemoryError):
            self._beside = ThereAndBack(self._disk, self._temporary, self._writing)
            if not self._beside.start():
                self._beside = None

    def finish(self) -> tuple[str, bool]:
        """The hash of what was written, and whether the disk has shown it already."""
        sha256 = self._digest.hexdigest()
        if self._beside is not None:
            _require_same(self._beside.finish(), sha256)
        return sha256, self._beside is not None

    def close(self) -> None:
        if self._beside is not None:
            self._beside.stop()  # if even that is broken off, a thread may write: left open then
        self._writing.close()


def hash_file(disk: Disk, name: str, buffer: memoryview | None = None) -> tuple[str, int]:
    """SHA-256 in hex and size in bytes of a file of the vault.

    Args:
        disk: The vault.
        name: The file.
        buffer: What it is read into, by whoever hashes many; its content is lost.
    """
    with closing(disk.open(name)) as reading:
        if buffer is None:
            buffer = memoryview(bytearray(min(BLOCK_BYTES, reading.size_bytes + 1)))
        return _hash(reading, buffer)


def read_blocks(disk: Disk, name: str) -> Iterator[bytes]:
    """The bytes of a file of the vault, block by block."""
    reading = disk.open(name)
    try:
        buffer = memoryview(bytearray(BLOCK_BYTES))
        while count := reading.read_into(buffer):
            yield bytes(buffer[:count])
    finally:
        reading.close()


def _hash(reading: Reading, buffer: memoryview) -> tuple[str, int]:
    digest = hashlib.sha256()
    size_bytes = 0
    while count := reading.read_into(buffer):
        digest.update(buffer[:count])
        size_bytes += count
        if size_bytes == reading.size_bytes and count < len(buffer):
            break  # more was asked for, and there was no more
    return digest.hexdigest(), size_bytes


def _require_same(on_disk: str, sha256: str) -> None:
    if on_disk != sha256:
        raise VaultError(
            _(
                "A copy read back from the disk differs from what was written. Nothing was "
                "kept; the originals are untouched."
            ),
            hint=_("The disk or the memory may be failing. Try a vault on another disk."),
        )
