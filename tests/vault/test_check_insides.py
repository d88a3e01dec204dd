"""With the key every sealed original is opened, and is what each entry says that it is."""

from __future__ import annotations

import errno
import hashlib
from typing import TYPE_CHECKING

import pytest
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import HERS, STRANGER

from stalklog.vault.check_insides import Inside, check_insides
from stalklog.vault.cipher import seal
from stalklog.vault.findings import Finding
from stalklog.vault.layout import object_name

if TYPE_CHECKING:
    from stalklog.vault.cipher import Identities
    from stalklog.vault.disk import Reading

DATA = b"a screenshot" * 9000
NAMES = ("3f" + "0" * 62, "7a" + "0" * 62)
WHERE = object_name(NAMES[0])
CHANGED = "what is inside is not what was added"


@pytest.fixture
def disk() -> ModelDisk:
    disk = ModelDisk()
    for folder in ("objects", "objects/3f", "objects/7a"):
        disk.plant(folder, "folder")
    for name in NAMES:
        disk.put(object_name(name), seal(DATA, HERS.recipients))
    return disk


def inside(data: bytes = DATA, seq: int = 7) -> Inside:
    return Inside(hashlib.sha256(data).hexdigest(), len(data), seq)


def found(
    disk: ModelDisk, *told: Inside, keys: Identities = HERS, named: tuple[Finding, ...] = ()
) -> list[Finding]:
    findings = list(named)
    check_insides(disk, {NAMES[0]: told}, keys, findings, None)
    return findings[len(named) :]


def test_what_is_inside_is_what_was_added(disk: ModelDisk) -> None:
    assert found(disk, inside(), inside(seq=9)) == []


def test_each_entry_that_says_something_else_is_named(disk: ModelDisk) -> None:
    other = Inside(inside().sha256, len(DATA) - 1, 9)
    assert found(disk, inside(), other, inside(b"x", 11)) == [
        Finding("OBJECT_CHANGED", WHERE, 9, CHANGED),
        Finding("OBJECT_CHANGED", WHERE, 11, CHANGED),
    ]


def test_an_original_that_is_sealed_to_other_keys_than_its_entry_is_named(
    disk: ModelDisk,
) -> None:
    message = "the entry can be opened with this key, and the original cannot"
    told = found(disk, inside(), inside(seq=9), keys=STRANGER)
    assert told == [Finding("SEALED_BAD", WHERE, 7, message)]


@pytest.mark.parametrize("sealed", [b"", b"no age file", seal(DATA, HERS.recipients)[:-1]])
def test_an_original_that_cannot_be_opened_is_named(disk: ModelDisk, sealed: bytes) -> None:
    disk.put(WHERE, sealed)
    assert found(disk, inside()) == [
        Finding("SEALED_BAD", WHERE, 7, "the original cannot be opened")
    ]


def test_a_disk_that_fails_is_told_with_its_reason(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_name: str) -> Reading:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(disk, "open", fail)
    message = "the original cannot be read (Input/output error)"
    assert found(disk, inside()) == [Finding("OBJECT_UNREADABLE", WHERE, 7, message)]


def test_what_was_named_already_is_not_opened(disk: ModelDisk) -> None:
    disk.drop(WHERE)
    missing = Finding("OBJECT_MISSING", WHERE, 7, "the original is not there")
    findings = [missing]
    told: list[tuple[int, int]] = []
    insides = {NAMES[0]: [inside()], NAMES[1]: [inside(), inside(b"x", 9)]}
    check_insides(
        disk, insides, HERS, findings, lambda files, size_bytes: told.append((files, size_bytes))
    )
    assert findings == [missing, Finding("OBJECT_CHANGED", object_name(NAMES[1]), 9, CHANGED)]
    assert told == [(1, len(DATA))]
