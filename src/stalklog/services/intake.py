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

    path: str
    name: str
    relative_path: str | None
    """Where it lay in the folder that was named, with `/`; None where the file itself was."""
    size_bytes: int


class _Found(NamedTuple):
    """A name that was found, before anything is known of it."""

    path: str
    name: str
    relative_path: str | None


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was left out, and why."""

    path: str
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
    pending = [_Found(os.fspath(top), top.name, None)]
    while pending:
        here = pending.pop()
        try:
            found = os.lstat(here.path)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or _("no such file")
            yield Skipped(here.path, "unreadable", why)
            continue
        if not stat.S_ISDIR(found.st_mode):
            yield _judge(here, found)
        elif os.path.samefile(here.path, vault):  # noqa: PTH121 - many names, and no path of each
            yield Skipped(here.path, "own-vault", _("it is the vault itself"))
        else:
            yield from _open_folder(here.path, here.relative_path or named, pending)


def _open_folder(folder: str, relative: str, pending: list[_Found]) -> Iterator[Skipped]:
    try:
        names = sorted(os.listdir(folder), reverse=True)  # noqa: PTH208 - names as they are
    except OSError as error:
        yield Skipped(folder, "unreadable", error.strerror or _("it cannot be opened"))
        return
    inside = "" if folder == os.curdir else os.path.join(folder, "")  # noqa: PTH118 - as above
    above = f"{relative}/" if relative else ""
    pending.extend(_Found(inside + name, name, above + name) for name in names)


def _name_of(top: Path) -> str:
    """The name of the folder that was named, even where `.` was; links stay as named."""
    return os.path.basename(os.path.abspath(top))  # noqa: PTH100, PTH119 - resolve follows links


def _judge(here: _Found, found: os.stat_result) -> Candidate | Skipped:
    if stat.S_ISLNK(found.st_mode):
        return Skipped(here.path, "link", _("it is a link, and links are not followed"))
    if not stat.S_ISREG(found.st_mode):
        return Skipped(here.path, "not-a-file", _("it is a device, a pipe or a socket"))
    return Candidate(*here, found.st_size)
