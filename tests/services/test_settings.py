"""Settings that the disk cannot read are not taken to be others."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from stalklog.services.settings import Settings, read_settings
from stalklog.vault.disk import Disk
from stalklog.vault.layout import HEADER, SETTINGS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", [SETTINGS, HEADER])
def test_a_disk_that_fails_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Else an entry would carry another zone than hers, or another name than the advocate's."""
    read = Disk.read

    def refuse(disk: Disk, found: str, start: int = 0, length: int | None = None) -> bytes:
        if found == name:
            raise OSError(errno.EIO, os.strerror(errno.EIO), name)
        return read(disk, found, start, length)

    monkeypatch.setattr(Disk, "read", refuse)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        read_settings(tmp_path)


def test_what_is_not_there_has_its_usual_value(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()
