"""Check that every original is there, with the bytes that it had."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _
from stalklog.vault.disk import NotRegularFileError
from stalklog.vault.findings import Finding
from stalklog.vault.layout import object_name
from stalklog.vault.objects import hash_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stalklog.vault.disk import Disk

_LARGE_BYTES = 128 * 1024
"""From this size on a thread of its own pays; smaller files are quicker without."""


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
    wanted = [(sha256, size, seq) for sha256, (size, seq) in objects.items()]
    large = [item for item in wanted if item[1] >= _LARGE_BYTES]
    small = [item for item in wanted if item[1] < _LARGE_BYTES]
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        later = threads.map(lambda item: _check(disk, *item), large)
        for item in small if not large else ():
            yield _check(disk, *item)
        yield from later
        for item in small if large else ():
            yield _check(disk, *item)


def _check(disk: Disk, sha256: str, size_bytes: int, seq: int) -> tuple[Finding | None, int]:
    name = object_name(sha256)
    try:
        found_sha256, found_bytes = hash_file(disk, name)
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
