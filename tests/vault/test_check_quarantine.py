"""What is wrong with a piece in quarantine is told in full, and no other place is looked at."""

from __future__ import annotations

import errno
import hashlib
from typing import TYPE_CHECKING

import pytest
from tests.vault.model_disk import ModelDisk

from stalklog.vault import check_quarantine as checked
from stalklog.vault.findings import Finding

if TYPE_CHECKING:
    from tests.vault.model_disk import Special

TORN = b'{"torn'
SHA256 = hashlib.sha256(TORN).hexdigest()
FILE = f"quarantine/threats-0-{SHA256[:16]}"
MISSING = Finding(
    "QUARANTINE_MISSING", FILE, 7, "what an interruption left is no longer kept there"
)


@pytest.fixture
def disk() -> ModelDisk:
    disk = ModelDisk()
    disk.plant("quarantine", "folder")
    disk.put(FILE, TORN)
    return disk


def found(disk: ModelDisk, file: str = FILE) -> list[Finding]:
    findings: list[Finding] = []
    checked.check_quarantine(disk, [(file, SHA256, 7)], findings)
    return findings


def test_what_is_kept_as_it_was_is_right(disk: ModelDisk) -> None:
    assert found(disk) == []


def test_what_was_changed_is_told(disk: ModelDisk) -> None:
    disk.put(FILE, TORN + b"x")
    assert found(disk) == [
        Finding("QUARANTINE_CHANGED", FILE, 7, "what an interruption left was changed")
    ]


@pytest.mark.parametrize("special", [None, "link", "folder"])
def test_what_is_no_longer_a_file_is_missing(disk: ModelDisk, special: Special | None) -> None:
    if special is None:
        disk.drop(FILE)
    else:
        disk.plant(FILE, special)
    assert found(disk) == [MISSING]


@pytest.mark.parametrize(
    "file", [FILE.removeprefix("quarantine/"), "quarantine/note", f"quarantine/../{FILE}", "VAULT"]
)
def test_no_other_place_is_looked_at(
    disk: ModelDisk, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checked, "hash_file", lambda *_: pytest.fail("it was looked at"))
    assert found(disk, file) == [Finding(MISSING.code, file, 7, MISSING.message)]


def test_a_disk_that_fails_is_told_with_its_reason(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(checked, "hash_file", fail)
    message = "what an interruption left cannot be read (Input/output error)"
    assert found(disk) == [Finding("QUARANTINE_UNREADABLE", FILE, 7, message)]
