"""A disk in memory that keeps apart what is shown now and what a power loss would leave.

`ModelDisk` stands in for `stalklog.vault.disk.Disk`. Each file has two contents: what the page
cache shows, and what is durable, with the changes between them in order. Each folder has two sets
of names in the same way. `crash_states` lists what the disk may look like after a power loss: of
the changes to a file that were not synced nothing, a part, zeros, a hole or all; of the names that
were not synced any prefix, over all folders or folder by folder.

Two simplifications, true for the journals of ext4, XFS, Btrfs and APFS but not promised by POSIX:
the sync of the folder that a file was renamed into keeps the whole rename, and the names of one
folder reach the disk in order.
"""

from __future__ import annotations

import errno
import itertools
import math
import random
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, TypeAlias

from stalklog.vault.disk import FILE_MODE, FOLDER_MODE, Disk, NotRegularFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from stalklog.vault.disk import Held, Kind, Reading, Writing

Special: TypeAlias = Literal["folder", "link", "other"]
Kept: TypeAlias = Literal["nothing", "half", "all"]
"""What of a file's unsynced changes a sync that fails has left on the disk."""
ROOT: Final = Path("model-vault")


class PowerCut(BaseException):
    """The process was stopped here, and so is every later call on the same disk.

    No `except Exception` may catch it: a killed process cleans nothing up.
    """


@dataclass(frozen=True, slots=True)
class Change:
    """An unsynced write; without data a cut to `offset` bytes."""

    offset: int
    data: bytes | None

    def on(self, content: bytes) -> bytes:
        """What the content is after the change."""
        if self.data is None:
            return content[: self.offset].ljust(self.offset, b"\0")
        end = self.offset + len(self.data)
        return content[: self.offset].ljust(self.offset, b"\0") + self.data + content[end:]


class Inode:
    """One file, under whatever names."""

    __slots__ = ("cache", "durable", "mode", "pending")

    def __init__(self, content: bytes = b"", mode: int = FILE_MODE) -> None:
        self.cache = content
        self.durable = content
        self.pending: list[Change] = []
        self.mode = mode

    def copy(self) -> Inode:
        twin = Inode(self.cache, self.mode)
        twin.durable = self.durable
        twin.pending = self.pending.copy()
        return twin

    def change(self, change: Change) -> None:
        self.cache = change.on(self.cache)
        self.pending.append(change)

    def sync(self) -> None:
        """The changes and the length reach the disk; not what a failed sync lost before."""
        self.durable = self.on_disk()
        self.pending.clear()

    def on_disk(self) -> bytes:
        """What is shown once the cache was dropped: zeros where a failed sync lost the bytes."""
        return apply(self.durable, self.pending)[: len(self.cache)].ljust(len(self.cache), b"\0")

    def forget(self) -> None:
        """Show what the disk has, and no longer what memory had."""
        self.cache = self.on_disk()

    def lose(self, kept: Kept) -> None:
        """A sync fails: the system forgets that the pages were dirty, and still shows them."""
        if kept == "all":
            self.durable = apply(self.durable, self.pending)
        elif kept == "half" and self.pending:
            outcomes = damaged(self.durable, self.pending[-1]) or [self.durable]
            self.durable = outcomes[len(outcomes) // 2]
        self.pending.clear()

    def outcomes(self) -> list[bytes]:
        """All that may be left of the file: any prefix of its changes, the last one damaged."""
        base = self.durable
        found = [base]
        for change in self.pending:
            whole = change.on(base)
            found += [*damaged(base, change), whole]
            base = whole
        if len(self.pending) > 1:  # the last reached the disk and those before it did not
            found.append(self.pending[-1].on(self.durable))
        return list(dict.fromkeys(found))


Node: TypeAlias = "Inode | Special"
Names: TypeAlias = "dict[str, dict[str, Node]]"


@dataclass(frozen=True, slots=True)
class NameChange:
    """A name made, moved or removed, of which the folder was not synced yet."""

    folder: str
    """The folder whose sync keeps it."""
    sets: tuple[tuple[str, str, Node | None], ...]
    """For each name, by folder, what stands there afterwards."""

    def on(self, names: Names) -> None:
        for folder, last, node in self.sets:
            members = names.setdefault(folder, {})  # a folder may be durable before its own name
            if node is None:
                members.pop(last, None)
            else:
                members[last] = node
                if node == "folder":
                    names.setdefault(_join(folder, last), {})


@dataclass(slots=True)
class Faults:
    """What goes wrong, and when: the numbers count from 0."""

    stop_at: int | None = None
    """The operation before which the process is stopped."""
    sync: int | None = None
    """The file sync that fails with EIO."""
    kept: Kept = "nothing"
    """What a failed sync left on the disk."""
    write: int | None = None
    """The write that ends half way with ENOSPC."""


@dataclass(slots=True)
class Counts:
    """How many operations there were."""

    operations: int = 0
    syncs: int = 0
    writes: int = 0


def _sync_nothing(_name: str, _content: bytes | None) -> bool:
    return False


class ModelDisk(Disk):
    """The files of one vault, in memory."""

    def __init__(self) -> None:
        super().__init__(ROOT)
        self.names: Names = {"": {}}
        self.durable_names: Names = {"": {}}
        self.pending_names: list[NameChange] = []
        self.faults = Faults()
        self.counts = Counts()
        self.skips: Callable[[str, bytes | None], bool] = _sync_nothing
        """For mutants: whether a sync (name, content; no content for a folder) is left out."""
        self.watcher: Callable[[ModelDisk], None] | None = None
        """Given a copy of the disk before every operation, and half way through each write."""
        self.is_named = True
        """Whether the vault's own name is on the disk: else a power loss may leave nothing."""
        self._held: list[bool] = []
        self._is_dead = False

    def close(self) -> None:
        """Nothing is open."""

    def place_for_others(self) -> None:
        """No other process sees this memory."""

    # For whoever drives

    def copy(self) -> ModelDisk:
        """The same disk, going its own way: what a killed process leaves to the next one."""
        twin = ModelDisk()
        memo: dict[Inode, Inode] = {}
        twin.names = _copy_names(self.names, memo)
        twin.durable_names = _copy_names(self.durable_names, memo)
        twin.pending_names = [
            NameChange(c.folder, tuple((f, n, _copied(node, memo)) for f, n, node in c.sets))
            for c in self.pending_names
        ]
        twin.skips = self.skips
        twin.is_named = self.is_named
        return twin

    def evict(self) -> None:
        """Drop the page cache: what a failed sync lost is not even shown any more."""
        for members in self.names.values():
            for node in members.values():
                if isinstance(node, Inode):
                    node.cache = node.on_disk()

    def put(self, name: str, content: bytes, mode: int = FILE_MODE) -> None:
        """Have a file there, durable, as if it had always been."""
        folder, last = _split(name)
        self.names[folder][last] = self.durable_names[folder][last] = Inode(content, mode)

    def plant(self, name: str, special: Special) -> None:
        """Have a link, a folder or a device there, durable."""
        folder, last = _split(name)
        self.drop(name)
        self.names[folder][last] = self.durable_names[folder][last] = special
        if special == "folder":
            self.names[name] = {}
            self.durable_names[name] = {}

    def drop(self, name: str) -> None:
        """Have nothing there any more."""
        folder, last = _split(name)
        for names in (self.names, self.durable_names):
            names[folder].pop(last, None)
            names.pop(name, None)

    def files(self) -> dict[str, bytes]:
        """Every file as it is shown."""
        return {
            _join(folder, last): node.cache
            for folder, members in self.names.items()
            for last, node in members.items()
            if isinstance(node, Inode)
        }

    def signature(self) -> int:
        """The same for disks that show the same."""
        return hash(
            frozenset(
                (folder, last, node.cache if isinstance(node, Inode) else node)
                for folder, members in self.names.items()
                for last, node in members.items()
            )
        )

    # Looking

    def kind(self, name: str) -> Kind | None:
        if name in self.names:
            return "folder"
        folder, last = _split(name)
        node = self.names.get(folder, {}).get(last)
        return "file" if isinstance(node, Inode) else node

    def mode(self, name: str) -> int:
        if not name:
            return FOLDER_MODE
        node = self._node(name)
        return node.mode if isinstance(node, Inode) else FOLDER_MODE

    def list(self, folder: str) -> list[str]:
        if folder not in self.names:
            raise _missing(folder)
        return sorted(self.names[folder]) if self.names[folder] else []

    def size(self, name: str) -> int:
        node = self._node(name)
        return len(node.cache) if isinstance(node, Inode) else 0

    def recall(self, name: str) -> Reading:
        inode = self._inode(name)
        inode.forget()
        return _OpenModelFile(inode)

    def follow(self, name: str) -> Reading:
        return _FollowedModelFile(self._inode(name))

    def open(self, name: str) -> Reading:
        return _OpenModelFile(self._inode(name))

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        content = self._inode(name).cache
        return content[start:] if length is None else content[start : start + max(0, length)]

    def stream(self, name: str) -> BinaryIO:
        return BytesIO(self._inode(name).cache)

    # Writing

    def make_folder(self, name: str) -> None:
        folder, last = _split(name)
        if folder not in self.names:
            raise _missing(name)
        if last in self.names[folder]:
            return
        self._step()
        self._change_names(NameChange(folder, ((folder, last, "folder"),)))

    def create(self, name: str, mode: int = FILE_MODE) -> Writing:
        folder, last = _split(name)
        if folder not in self.names:
            raise _missing(name)
        if last in self.names[folder]:
            raise FileExistsError(errno.EEXIST, "exists", name)
        self._step()
        inode = Inode(mode=mode)
        self._change_names(NameChange(folder, ((folder, last, inode),)))
        return _NewModelFile(self, name, inode)

    def write_at(self, name: str, offset: int, data: bytes) -> None:
        self.write_inode(self._inode(name), offset, data)

    def truncate(self, name: str, size_bytes: int) -> None:
        inode = self._inode(name)
        self._step()
        inode.change(Change(size_bytes, None))

    def sync(self, name: str) -> None:
        self.sync_inode(name, self._inode(name))

    def sync_many(self, names: Sequence[str]) -> None:
        for name in names:
            self.sync(name)

    def sync_folders(self, names: Sequence[str]) -> None:
        for name in names:
            self.sync_folder(name)

    def sync_folder(self, name: str) -> None:
        if name not in self.names:
            raise _missing(name)
        self._step()
        if not self.skips(name, None):
            kept = _selected(self.pending_names, lambda _at, change: change.folder == name)
            _apply_names(self.durable_names, self.pending_names, kept)
            self.pending_names = [c for at, c in enumerate(self.pending_names) if at not in kept]

    def sync_parent(self) -> None:
        """The model has no parent folder, and knows only whether the name in it is durable."""
        self._step()
        self.is_named = self.is_named or not self.skips("..", None)

    def rename(self, source: str, target: str) -> None:
        from_folder, from_last = _split(source)
        to_folder, to_last = _split(target)
        node = self._node(source)
        if to_folder not in self.names:
            raise _missing(target)
        if self.names[to_folder].get(to_last) == "folder":
            raise IsADirectoryError(errno.EISDIR, "a folder", target)
        self._step()
        self._change_names(
            NameChange(to_folder, ((to_folder, to_last, node), (from_folder, from_last, None)))
        )

    def remove(self, name: str) -> None:
        if not name.startswith("tmp/"):
            raise ValueError(name)
        self._node(name)
        self._step()
        folder, last = _split(name)
        self._change_names(NameChange(folder, ((folder, last, None),)))

    # Locking

    def try_lock(self, *, exclusive: bool) -> Held | None:
        if exclusive and self.kind("lock") is None:
            self.create("lock").close()
        self._inode("lock")
        if self._held and (exclusive or self._held[0]):
            return None
        self._held.append(exclusive)
        return _HeldModelLock(self._held)

    # What an operation does

    def write_inode(self, inode: Inode, offset: int, data: bytes) -> None:
        """Write, in two steps: a process can be stopped between them."""
        self._step()
        half = len(data) // 2
        if self.counts.writes == self.faults.write:
            self.counts.writes += 1
            inode.change(Change(offset, data[:half]))
            raise OSError(errno.ENOSPC, "no space left on device")
        self.counts.writes += 1
        if self.watcher and half:
            before = inode.cache, inode.pending.copy()
            inode.change(Change(offset, data[:half]))
            self.watcher(self.copy())
            inode.cache, inode.pending = before
        inode.change(Change(offset, data))

    def sync_inode(self, name: str, inode: Inode) -> None:
        """Have the file's changes durable, unless this is the sync that fails."""
        self._step()
        if self.counts.syncs == self.faults.sync:
            self.counts.syncs += 1
            inode.lose(self.faults.kept)
            raise OSError(errno.EIO, "input/output error", name)
        self.counts.syncs += 1
        if not self.skips(name, inode.cache):
            inode.sync()

    def _step(self) -> None:
        if self._is_dead or self.counts.operations == self.faults.stop_at:
            self._is_dead = True
            raise PowerCut
        self.counts.operations += 1
        if self.watcher:
            self.watcher(self.copy())

    def _change_names(self, change: NameChange) -> None:
        change.on(self.names)
        self.pending_names.append(change)

    def _node(self, name: str) -> Node:
        folder, last = _split(name)
        try:
            return self.names[folder][last]
        except KeyError:
            raise _missing(name) from None

    def _inode(self, name: str) -> Inode:
        node = self._node(name)
        if not isinstance(node, Inode):
            raise NotRegularFileError(errno.EINVAL, "not a regular file", name)
        return node


class _OpenModelFile:
    def __init__(self, inode: Inode) -> None:
        self._inode = inode
        self._at = 0
        self.size_bytes = len(inode.cache)

    def read_into(self, buffer: memoryview) -> int:
        part = self._inode.cache[self._at : self._at + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        pass


class _FollowedModelFile(_OpenModelFile):
    def read_into(self, buffer: memoryview) -> int:
        self._inode.forget()  # the disk has it, and may still lose it: no sync, so no promise
        return super().read_into(buffer)


class _NewModelFile:
    def __init__(self, disk: ModelDisk, name: str, inode: Inode) -> None:
        self._disk = disk
        self._name = name
        self._inode = inode
        self._written = 0

    def write(self, data: bytes | memoryview) -> None:
        self._disk.write_inode(self._inode, self._written, bytes(data))
        self._written += len(data)

    def write_through(self, data: memoryview) -> None:
        self.write(data)

    def sync(self) -> None:
        self._disk.sync_inode(self._name, self._inode)

    def close(self) -> None:
        pass


class _HeldModelLock:
    def __init__(self, held: list[bool]) -> None:
        self._held = held

    def release(self) -> None:
        self._held.pop()


def apply(content: bytes, changes: Iterable[Change]) -> bytes:
    """What a content is after all these changes."""
    for change in changes:
        content = change.on(content)
    return content


def damaged(content: bytes, change: Change) -> list[bytes]:
    """What a power loss may leave of one change: a half, zeros, a hole; never all of it.

    Where the file was that long before, the old bytes stay instead of zeros: a page that is written
    again in place is the old one or the new one.
    """
    data = change.data
    if not data:
        return []
    old = content[change.offset : change.offset + len(data)].ljust(len(data), b"\0")
    found: list[bytes] = []
    for cut in dict.fromkeys((data.find(b"\n") + 1, len(data) // 2)):
        if 0 < cut < len(data):
            found += [data[:cut], old[:cut] + data[cut:], data[:cut] + old[cut:]]
    found.append(old)
    return [Change(change.offset, part).on(content) for part in dict.fromkeys(found)]


def power_loss(disk: ModelDisk) -> ModelDisk:
    """The disk after a power loss that kept nothing that was not synced."""
    return _Crash(disk).state(frozenset(), {}) if disk.is_named else _nothing(disk)


def crash_states(
    disk: ModelDisk, *, limit: int | None = None, seed: int = 0
) -> Iterator[ModelDisk]:
    """What the disk may look like after a power loss now, each state once.

    Args:
        disk: The disk; it is not changed.
        limit: How many states at most; where there are more, the extremes are kept and the rest
            is drawn evenly, by a fixed seed.
        seed: Which ones are drawn.
    """
    crash = _Crash(disk)
    seen: set[int] = set()
    if not disk.is_named:
        yield _nothing(disk)
    for names, chosen in crash.choices(limit, random.Random(seed)):  # noqa: S311 - no secret
        state = crash.state(names, chosen)
        signature = state.signature()
        if signature not in seen:
            seen.add(signature)
            yield state
            if len(seen) == limit:
                return


def _nothing(disk: ModelDisk) -> ModelDisk:
    """The folder is gone, and is made again by the next command."""
    after = ModelDisk()
    after.skips, after.is_named = disk.skips, False
    return after


Chosen: TypeAlias = "dict[Inode, bytes]"


class _Crash:
    """One moment at which the power fails."""

    def __init__(self, disk: ModelDisk) -> None:
        self._disk = disk
        self._pending = disk.pending_names

    def choices(
        self, limit: int | None, draw: random.Random
    ) -> Iterator[tuple[frozenset[int], Chosen]]:
        plans = [(names, self._open_inodes(names)) for names in self._name_choices(draw)]
        sizes = [math.prod(len(inode.outcomes()) for inode in inodes) for _, inodes in plans]
        if limit is None or sum(sizes) <= limit:
            for names, inodes in plans:
                for picked in itertools.product(*(inode.outcomes() for inode in inodes)):
                    yield names, dict(zip(inodes, picked, strict=True))
            return
        for names, inodes in (plans[0], plans[-1]):
            yield names, {}
            yield names, {inode: inode.outcomes()[-1] for inode in inodes}
        for _ in range(limit * 4):
            names, inodes = draw.choice(plans)
            yield names, {inode: draw.choice(inode.outcomes()) for inode in inodes}

    def state(self, kept: frozenset[int], chosen: Chosen) -> ModelDisk:
        """The disk with these names and contents kept, nothing pending and no lock held."""
        after = ModelDisk()
        names = self._names(kept)
        twins: dict[Inode, Inode] = {}
        for folder in sorted(names):  # a folder comes before those in it
            if _is_reachable(folder, after.names):
                members = names[folder].items()
                after.names[folder] = {
                    last: self._left(node, chosen, twins) for last, node in members
                }
        after.durable_names = {folder: found.copy() for folder, found in after.names.items()}
        after.skips = self._disk.skips
        return after

    def _left(self, node: Node, chosen: Chosen, twins: dict[Inode, Inode]) -> Node:
        if not isinstance(node, Inode):
            return node
        if node not in twins:
            twins[node] = Inode(chosen.get(node, node.durable), node.mode)
        return twins[node]

    def _name_choices(self, draw: random.Random) -> list[frozenset[int]]:
        """Which of the unsynced names are kept: prefixes over all, then folder by folder."""
        count = len(self._pending)
        found = [frozenset(range(length)) for length in range(count + 1)]
        folders = sorted({change.folder for change in self._pending})
        if len(folders) > 1:
            lengths = [
                range(sum(change.folder == folder for change in self._pending) + 1)
                for folder in folders
            ]
            if math.prod(len(choice) for choice in lengths) <= _MANY_NAMES:
                picks = list(itertools.product(*lengths))
            else:
                picks = [tuple(draw.choice(r) for r in lengths) for _ in range(_MANY_NAMES)]
            found += [self._prefixes(dict(zip(folders, pick, strict=True))) for pick in picks]
        last = found.pop(count)
        return [*(f for f in dict.fromkeys(found) if f != last), last]

    def _prefixes(self, lengths: dict[str, int]) -> frozenset[int]:
        left = dict(lengths)

        def takes(_at: int, change: NameChange) -> bool:
            left[change.folder] -= 1
            return left[change.folder] >= 0

        picked = {at for at, change in enumerate(self._pending) if takes(at, change)}
        return _selected(self._pending, lambda at, _change: at in picked)

    def _names(self, kept: frozenset[int]) -> Names:
        names = {folder: found.copy() for folder, found in self._disk.durable_names.items()}
        _apply_names(names, self._pending, kept)
        return names

    def _open_inodes(self, kept: frozenset[int]) -> list[Inode]:
        """The files with unsynced changes that have a name in this state."""
        return list(
            dict.fromkeys(
                node
                for members in self._names(kept).values()
                for node in members.values()
                if isinstance(node, Inode) and node.pending
            )
        )


_MANY_NAMES = 64


def _is_reachable(folder: str, names: Names) -> bool:
    parent, last = _split(folder)
    return not folder or names.get(parent, {}).get(last) == "folder"


def _selected(
    changes: Sequence[NameChange], is_kept: Callable[[int, NameChange], bool]
) -> frozenset[int]:
    """The kept changes, and those before them to the same names, which stay in order."""
    touched: set[tuple[str, str]] = set()
    kept: set[int] = set()
    for at in range(len(changes) - 1, -1, -1):
        names = {(folder, last) for folder, last, _ in changes[at].sets}
        if is_kept(at, changes[at]) or names & touched:
            kept.add(at)
            touched |= names
    return frozenset(kept)


def _apply_names(names: Names, changes: Sequence[NameChange], kept: frozenset[int]) -> None:
    for at in sorted(kept):
        changes[at].on(names)


def _copy_names(names: Names, memo: dict[Inode, Inode]) -> Names:
    return {
        folder: {last: _kept(node, memo) for last, node in members.items()} if members else {}
        for folder, members in names.items()
    }


def _kept(node: Node, memo: dict[Inode, Inode]) -> Node:
    if not isinstance(node, Inode):
        return node
    if node not in memo:
        memo[node] = node.copy()
    return memo[node]


def _copied(node: Node | None, memo: dict[Inode, Inode]) -> Node | None:
    return None if node is None else _kept(node, memo)


@lru_cache(maxsize=4096)
def _split(name: str) -> tuple[str, str]:
    folder, _, last = name.rpartition("/")
    return folder, last


def _join(folder: str, last: str) -> str:
    return f"{folder}/{last}" if folder else last


def _missing(name: str) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, "no such file", name)
