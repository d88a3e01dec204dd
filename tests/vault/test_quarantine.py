"""What lies in quarantine stays there: nothing is ever put over it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from tests.vault.desk import Promise, init, recover

from stalklog.errors import ReadOnlyVaultError
from stalklog.vault.disk import Disk
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from pathlib import Path

TORN = b'{"torn'
SHA256 = hashlib.sha256(TORN).hexdigest()


@pytest.fixture
def torn(tmp_path: Path) -> Path:
    disk = Disk(tmp_path)
    init(disk, Promise())
    disk.close()
    with (tmp_path / "logs" / "threats.jsonl").open("ab") as log:
        log.write(TORN)
    return tmp_path


def _recover(vault: Path) -> None:
    disk = Disk(vault)
    try:
        recover(disk)
    finally:
        disk.close()


def test_other_bytes_of_the_same_name_stay(torn: Path) -> None:
    quarantine = torn / "quarantine"
    (quarantine / f"threats-0-{SHA256[:16]}").write_bytes(b"other")
    _recover(torn)
    assert (quarantine / f"threats-0-{SHA256[:16]}").read_bytes() == b"other"
    assert (quarantine / f"threats-0-{SHA256}").read_bytes() == TORN
    named = (torn / "logs" / "custody.jsonl").read_text()
    assert f"quarantine/threats-0-{SHA256}" in named
    assert check_vault(Disk(torn)).verdict == "intact"


def test_where_every_name_is_taken_nothing_is_cut(torn: Path) -> None:
    quarantine = torn / "quarantine"
    for part in (SHA256[:16], SHA256):
        (quarantine / f"threats-0-{part}").write_bytes(b"other")
    with pytest.raises(ReadOnlyVaultError):
        _recover(torn)
    assert (torn / "logs" / "threats.jsonl").read_bytes() == TORN


def test_a_name_with_an_offset_that_no_log_has_stops_nobody(torn: Path) -> None:
    other = torn / "quarantine" / f"threats-{'9' * 100}-{SHA256[:16]}"
    other.write_bytes(b"other")
    _recover(torn)
    assert other.read_bytes() == b"other"
    assert other.name not in (torn / "logs" / "custody.jsonl").read_text()


def test_the_same_bytes_are_not_copied_twice(torn: Path) -> None:
    _recover(torn)
    with (torn / "logs" / "threats.jsonl").open("ab") as log:
        log.write(TORN)
    _recover(torn)
    assert [path.name for path in (torn / "quarantine").iterdir()] == [f"threats-0-{SHA256[:16]}"]
