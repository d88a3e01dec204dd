"""Check that every original is there, with the bytes that it had."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from stalklog.core.threads import begin_many
from stalklog.i18n import gettext as _
from stalklog.vault.disk import NotRegularFileError
from stalklog.vault.findings import Finding
from stalklog.vault.layout import object_name
from stalklog.vault.objects import hash_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from stalklog.vault.disk import Disk

_LARGE_BYTES: Final = 128 * 1024
"""Where none is of this size, one thread is as quick as several."""
_SHARE_FILES: Final = 64
_SHARE_BYTES: Final = 16 << 20
"""A thread is given so many files, or so many bytes, at a time."""
_BLOCK_BYTES: Final = 1 << 20
"""How much a thread reads and hashes at once: more than elsewhere, as it waits for the others each
time that it comes back to Python."""


class _Wanted(NamedTuple):
    """An original that an entry names."""

    sha256: str
    size_bytes: int
    """-1 where it is not known."""
    seq: int


@dataclass(frozen=True, slots=True)
class Counted:
    """How much was there and right."""

    objects: int
    size_bytes: int


def check_objects(
    disk: Disk,
    objects: Mapping[str, tuple[int, int]],
    findings: list[Finding],
    progress: Callable[[int, int], None] | None,
) -> Counted:
    """Read every original that an entry names.

    Args:
        disk: The vault.
        objects: For each hash the size in bytes, or -1 where it is not known, and the seq of the
            first entry that names it.
        findings: Grows by what is found.
        progress: Told of each file, in files and bytes.
    """
    good, good_bytes = 0, 0
    for finding, size_bytes in _check_all(disk, objects):
        if finding is None:
            good, good_bytes = good + 1, good_bytes + size_bytes
        else:
            findings.append(finding)
        if progress is not None:
            progress(1, size_bytes)
    return Counted(good, good_bytes)


def _check_all(
    disk: Disk, objects: Mapping[str, tuple[int, int]]
) -> Iterator[tuple[Finding | None, int]]:
    wanted = [_Wanted(sha256, *known) for sha256, known in objects.items()]
    check = partial(_check_share, disk)
    is_worth_it = any(item.size_bytes >= _LARGE_BYTES for item in wanted)
    threads = begin_many(os.cpu_count() or 1) if is_worth_it else None
    if threads is None:
        yield from chain.from_iterable(map(check, _shares(wanted)))
        return
    with threads:
        yield from chain.from_iterable(threads.map(check, _shares(wanted)))


def _shares(wanted: Iterable[_Wanted]) -> Iterator[list[_Wanted]]:
    """The originals in shares that are worth the way to another thread."""
    share: list[_Wanted] = []
    share_bytes = 0
    for item in wanted:
        share.append(item)
        share_bytes += item.size_bytes
        if len(share) == _SHARE_FILES or share_bytes >= _SHARE_BYTES:
            yield share
            share, share_bytes = [], 0
    if share:
        yield share


def _check_share(disk: Disk, share: Sequence[_Wanted]) -> list[tuple[Finding | None, int]]:
    buffer = memoryview(bytearray(_BLOCK_BYTES))
    return [_check(disk, item, buffer) for item in share]


def _check(disk: Disk, item: _Wanted, buffer: memoryview) -> tuple[Finding | None, int]:
    sha256, size_bytes, seq = item
    name = object_name(sha256)
    try:
        found_sha256, found_bytes = hash_file(disk, name, buffer)
    except FileNotFoundError:
        return Finding("OBJECT_MISSING", name, seq, _("the original is not there")), 0
    except (NotRegularFileError, NotADirectoryError):
        return Finding("OBJECT_NOT_FILE", name, seq, _("there is no file where one should be")), 0
    except OSError as error:
        message = _("the original cannot be read ({reason})").format(reason=error.strerror)
        return Finding("OBJECT_UNREADABLE", name, seq, message), 0
    if size_bytes >= 0 and found_bytes != size_bytes:
        message = _("it has {found} bytes and had {size}").format(
            found=found_bytes, size=size_bytes
        )
        return Finding("OBJECT_SIZE", name, seq, message), 0
    if found_sha256 != sha256:
        return Finding("OBJECT_CHANGED", name, seq, _("the original was changed")), 0
    return None, found_bytes
