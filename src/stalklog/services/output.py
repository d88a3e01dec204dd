"""Put something finished under its name in a folder of the person's, never over another.

A file gets its name by a hard link, which fails where the name is taken. Where the file system has
no links, and for a folder, the name is claimed first: an empty file or folder is made under it,
which fails likewise, and then replaced by the finished one. In each case nothing that another
program put there, at whatever moment, is lost; and when the name is given, it is on the disk.
"""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from stalklog.errors import OutputError, WouldOverwriteError
from stalklog.i18n import gettext as _
from stalklog.vault.disk import FOLDER_MODE, Disk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PRIVATE = 0o600


@contextmanager
def appearing(target: Path, data: bytes) -> Iterator[None]:
    """A new file, whole on the disk, that gets its name only where all done inside went well.

    Raises:
        WouldOverwriteError: Something of that name is there; it is untouched.
        OutputError: It cannot be written there; nothing of that name was changed.
    """
    if os.path.lexists(target):
        raise taken()
    temporary = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with _output_errors():
            write_file(temporary, data)
        yield
        with _output_errors():
            give_name(temporary, target)
    finally:
        with suppress(OSError):  # where it got its name, it is gone
            temporary.unlink()


@contextmanager
def _output_errors() -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise taken() from None
    except OSError as error:
        raise OutputError(
            _("It cannot be written there ({reason}).").format(reason=error.strerror),
            hint=_("Name another place with -o."),
        ) from error


def taken() -> WouldOverwriteError:
    """What to tell where a name is taken."""
    return WouldOverwriteError(
        _("There is something of that name already. It was not touched."),
        hint=_("Name another place with -o."),
    )


def write_file(path: Path, data: bytes) -> None:
    """A new file that only this user can open, its bytes on the disk before this returns.

    Raises:
        OSError: The name is taken, or it cannot be written.
    """
    with open(create_file(path), "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def create_file(path: Path) -> int:
    """The descriptor of a new file that only this user can open.

    Raises:
        OSError: The name is taken, or it cannot be made.
    """
    return os.open(
        path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _PRIVATE
    )


def give_name(temporary: Path, target: Path) -> None:
    """Give a finished file or folder its name; the temporary one is gone afterwards.

    Raises:
        FileExistsError: Something of that name is there; it is untouched.
        OSError: It cannot be done there; nothing of that name was changed.
    """
    if temporary.is_dir():
        sync_folder(temporary)
        _name_folder(temporary, target)
    else:
        _name_file(temporary, target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Have a folder's names on the disk before this returns."""
    disk = Disk(folder)
    try:
        disk.sync_folder("")
    finally:
        disk.close()


def _name_file(temporary: Path, target: Path) -> None:
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):  # a file system without links, such as FAT
        os.close(create_file(target))
        temporary.replace(target)
    else:
        with suppress(OSError):  # it has its name; that the other one stays is no error
            temporary.unlink()


def _name_folder(temporary: Path, target: Path) -> None:
    if os.name == "nt":
        temporary.rename(target)  # refuses a name that is taken, there
        return
    target.mkdir(mode=FOLDER_MODE)
    try:
        temporary.rename(target)  # only ever over an empty folder
    except OSError:
        target.rmdir()
        raise
