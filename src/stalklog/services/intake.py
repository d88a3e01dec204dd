"""Which files a path stands for: a folder is taken whole, and what cannot be taken is named."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


class Candidate(NamedTuple):
    """A file to be taken."""

    path: Path
    relative_path: str | None
    """Where it lay in the folder that was named, with `/`; None where the file itself was."""
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was left out, and why."""

    path: Path
    code: str
    message: str


def find_files(paths: Sequence[Path], *, vault: Path) -> Iterator[Candidate | Skipped]:
    """All files that these paths stand for, in the order of their names.

    Args:
        paths: Files and folders.
        vault: The vault's own folder, which is never evidence of itself.
    """
    for path in paths:
        yield from _find(path, vault)


def _find(top: Path, vault: Path) -> Iterator[Candidate | Skipped]:
    named = _name_of(top)
    pending: list[tuple[Path, str | None]] = [(top, None)]
    while pending:
        here, relative = pending.pop()
        try:
            found = here.lstat()
        except (OSError, ValueError) as error:
            yield Skipped(here, "unreadable", getattr(error, "strerror", None) or _("no such file"))
            continue
        if not stat.S_ISDIR(found.st_mode):
            yield _judge(here, relative, found)
        elif here.samefile(vault):
            yield Skipped(here, "own-vault", _("it is the vault itself"))
        else:
            yield from _open_folder(here, relative or named, pending)


def _open_folder(
    folder: Path, relative: str, pending: list[tuple[Path, str | None]]
) -> Iterator[Skipped]:
    try:
        names = sorted(os.listdir(folder), reverse=True)  # noqa: PTH208 - names as they are
    except OSError as error:
        yield Skipped(folder, "unreadable", error.strerror or _("it cannot be opened"))
        return
    pending.extend((folder / name, f"{relative}/{name}" if relative else name) for name in names)


def _name_of(top: Path) -> str:
    """The name of the folder that was named, even where `.` was; links stay as named."""
    return os.path.basename(os.path.abspath(top))  # noqa: PTH100, PTH119 - resolve follows links


def _judge(path: Path, relative: str | None, found: os.stat_result) -> Candidate | Skipped:
    if stat.S_ISLNK(found.st_mode):
        return Skipped(path, "link", _("it is a link, and links are not followed"))
    if not stat.S_ISREG(found.st_mode):
        return Skipped(path, "not-a-file", _("it is a device, a pipe or a socket"))
    return Candidate(path, relative, found.st_size)
