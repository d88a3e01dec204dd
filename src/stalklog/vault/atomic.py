"""Replace a small file whole: whoever looks finds the old one or the new one, never half of one."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stalklog.vault.disk import Disk


def replace_file(disk: Disk, name: str, data: bytes) -> None:
    """Have a file with these bytes, and its name, on the disk before this returns.

    Raises:
        OSError: The file under that name is the old one or the new one, whole.
    """
    temporary = temporary_name()
    writing = disk.create(temporary)
    try:
        writing.write(data)
        writing.sync()
    finally:
        writing.close()
    disk.rename(temporary, name)
    disk.sync_folder(name.rpartition("/")[0])


def temporary_name() -> str:
    """A name in `tmp/` that nothing has yet."""
    return f"tmp/{secrets.token_hex(12)}"
