"""What does not belong to a vault is named, what is gone too, and what others may open."""

from __future__ import annotations

import errno
from functools import cache
from typing import TYPE_CHECKING

import pytest
from tests.vault.desk import Promise, init
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import init_sealed

from stalklog.records.types import LOGS
from stalklog.vault.check_files import check_names, find_unread
from stalklog.vault.disk import FILE_MODE
from stalklog.vault.findings import Finding
from stalklog.vault.layout import (
    FOLDERS,
    HEADER,
    IDENTITY,
    LATEST_NOTE,
    OBJECT_FOLDERS,
    OWNER,
    README,
    RECIPIENTS,
    RECOVERY,
    SEALED_LOGS,
    SIGNER,
    STATE,
    log_name,
)

if TYPE_CHECKING:
    from tests.vault.model_disk import Inode

    from stalklog.vault.disk import Reading

HASH = "3f" + "0" * 62
PLACE = f"objects/3f/{HASH}"
STRAY = "it does not belong to the vault"
GONE = "the folder is gone; the next command that adds makes it again"
OPEN = "others who use this computer may open it"
KEYS = (SIGNER, RECIPIENTS, IDENTITY, OWNER, RECOVERY)


@cache
def begun(is_sealed: bool) -> ModelDisk:
    disk = ModelDisk()
    if is_sealed:
        init_sealed(disk)
    else:
        init(disk, Promise())
    return disk


@pytest.fixture
def disk() -> ModelDisk:
    return begun(is_sealed=False).copy()


@pytest.fixture
def sealed() -> ModelDisk:
    return begun(is_sealed=True).copy()


def names(
    disk: ModelDisk, objects: set[str] | None = None, logs: tuple[str, ...] = LOGS
) -> list[Finding]:
    findings: list[Finding] = []
    check_names(disk, logs, objects, findings)
    return findings


def strays(*found: str) -> list[Finding]:
    return [Finding("STRAY_FILE", name, None, STRAY) for name in found]


def test_what_a_vault_has_belongs_to_it(disk: ModelDisk, sealed: ModelDisk) -> None:
    for name in ("cache", "quarantine/anything", "tmp/anything", "checkpoints/any.note"):
        disk.put(name, b"")
    assert names(disk, set()) == []
    for name in KEYS:
        sealed.put(name, b"")
    sealed.plant(f"checkpoints/{'0a' * 16}", "folder")
    assert names(sealed, set(), SEALED_LOGS) == []


@pytest.mark.parametrize(
    "name",
    [
        *("notes.txt", "logs/entries.jsonl", "logs/threats.jsonl~", "keys/owner.age"),
        *("keys/recipients.txt", "objects/0", "objects/100", "objects/3F", "checkpoints/a.txt"),
        *("checkpoints/note", f"checkpoints/{'0a' * 16}"),
    ],
)
def test_a_file_that_does_not_belong_is_named(disk: ModelDisk, name: str) -> None:
    disk.put(name, b"")
    assert names(disk) == strays(name)


@pytest.mark.parametrize(
    "name", ["logs/threats.jsonl", "keys/other.age", f"checkpoints/{'0a' * 15}", "checkpoints/x"]
)
def test_in_a_sealed_vault_other_names_do_not_belong(sealed: ModelDisk, name: str) -> None:
    sealed.put(name, b"")
    assert names(sealed, None, SEALED_LOGS) == strays(name)


def test_every_stray_is_named_folder_by_folder(disk: ModelDisk) -> None:
    found = ("a", "b", "logs/a", "keys/a", "objects/a", "checkpoints/a")
    for name in reversed(found):
        disk.put(name, b"")
    assert names(disk) == strays(*found)


def test_a_copy_that_no_entry_names_is_told_where_all_entries_are_known(disk: ModelDisk) -> None:
    disk.put(PLACE, b"")
    assert names(disk, {HASH}) == []
    assert names(disk, set()) == [
        Finding("ORPHAN_OBJECT", PLACE, None, "a copy that no entry names")
    ]
    assert names(disk, None) == []


@pytest.mark.parametrize("folder", [*FOLDERS, OBJECT_FOLDERS[0], OBJECT_FOLDERS[255]])
def test_a_folder_that_is_gone_is_named(disk: ModelDisk, folder: str) -> None:
    disk.drop(folder)
    gone = [Finding("FOLDER_MISSING", folder, None, GONE)]
    found = names(disk, set())
    if folder == "objects":
        assert found[0] == gone[0]
    else:
        assert found == gone


def test_where_not_all_entries_are_known_nothing_is_said_of_originals(disk: ModelDisk) -> None:
    disk.put(PLACE, b"")
    disk.drop("objects/00")
    assert names(disk, None) == []


def test_a_file_in_place_of_a_folder_holds_no_names(disk: ModelDisk) -> None:
    disk.drop("quarantine")
    disk.put("quarantine", b"")
    assert names(disk) == []


def failing(disk: ModelDisk, monkeypatch: pytest.MonkeyPatch, what: str, name: str) -> None:
    good = getattr(disk, what)

    def fail(found: str) -> object:
        if found == name:
            raise PermissionError(errno.EACCES, "Permission denied")
        return good(found)

    monkeypatch.setattr(disk, what, fail)


UNREADABLE = "it cannot be read (Permission denied)"


@pytest.mark.parametrize("what", ["list", "kind"])
@pytest.mark.parametrize("folder", ["", "logs", "checkpoints", "quarantine", "tmp", "objects/3f"])
def test_a_folder_that_cannot_be_read_is_named_and_the_others_are_looked_at(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch, what: str, folder: str
) -> None:
    disk.put("objects/ff/x", b"")
    failing(disk, monkeypatch, what, folder)
    assert names(disk, set()) == sorted(
        [
            Finding("FILE_UNREADABLE", folder or ".", None, UNREADABLE),
            Finding("ORPHAN_OBJECT", "objects/ff/x", None, "a copy that no entry names"),
        ],
        key=lambda one: one.code,
    )


def test_a_reason_without_words_is_told_by_its_name(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_folder: str) -> list[str]:
        raise TimeoutError

    monkeypatch.setattr(disk, "list", fail)
    assert names(disk)[0] == Finding(
        "FILE_UNREADABLE", ".", None, "it cannot be read (TimeoutError)"
    )


# Who may open it


def widen(disk: ModelDisk, name: str, mode: int) -> None:
    folder, _, last = name.rpartition("/")
    node = disk.names[folder][last]
    inode: Inode = node  # type: ignore[assignment]
    inode.mode = mode


@pytest.mark.parametrize("name", [HEADER, STATE, SIGNER, *map(log_name, LOGS)])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o601, 0o610, 0o777])
def test_a_file_that_others_may_open_is_named(disk: ModelDisk, name: str, mode: int) -> None:
    widen(disk, name, mode)
    assert names(disk) == [Finding("PERMISSIONS_WIDE", name, None, OPEN)]


@pytest.mark.parametrize("mode", [0o600, 0o700, FILE_MODE])
def test_what_she_alone_may_open_is_not_named(disk: ModelDisk, mode: int) -> None:
    widen(disk, STATE, mode)
    assert names(disk) == []


def test_a_text_for_whoever_finds_the_folder_may_be_open(disk: ModelDisk) -> None:
    widen(disk, README, 0o644)
    widen(disk, LATEST_NOTE, 0o644)
    assert names(disk) == []


def test_of_a_plain_vault_the_other_keys_are_only_strays(disk: ModelDisk) -> None:
    disk.put(RECIPIENTS, b"", 0o644)
    assert names(disk) == strays(RECIPIENTS)


def test_of_a_sealed_vault_every_key_is_looked_at(sealed: ModelDisk) -> None:
    for name in KEYS:
        sealed.put(name, b"", 0o644)
    assert names(sealed, None, SEALED_LOGS) == [
        Finding("PERMISSIONS_WIDE", name, None, OPEN) for name in sorted(KEYS)
    ]


@pytest.mark.parametrize("name", ["", "logs", "keys"])
def test_a_folder_that_others_may_open_is_named(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    good = disk.mode
    monkeypatch.setattr(disk, "mode", lambda found: 0o755 if found == name else good(found))
    assert names(disk) == [Finding("PERMISSIONS_WIDE", name or ".", None, OPEN)]


def test_a_link_has_no_rights_of_its_own_and_one_that_cannot_be_asked_stops_nothing(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    widen(disk, STATE, 0o644)
    disk.plant(HEADER, "link")
    monkeypatch.setattr(disk, "mode", lambda _name: 0o777)
    wide = {one.where for one in names(disk)}
    assert HEADER not in wide
    assert STATE in wide
    failing(disk, monkeypatch, "mode", "keys")
    wide = {one.where for one in names(disk)}
    assert "keys" not in wide
    assert STATE in wide


# What cannot be read at all


def test_a_log_that_can_be_read_is_read_to_its_end(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk.put(log_name("threats"), bytes((2 << 20) + 1))
    read: list[int] = []
    opened = disk.open

    def open_(name: str) -> Reading:
        reading = opened(name)
        into, close = reading.read_into, reading.close

        def read_into(buffer: memoryview) -> int:
            read.append(into(buffer))
            return read[-1]

        def close_() -> None:
            read.append(-1)
            close()

        monkeypatch.setattr(reading, "read_into", read_into)
        monkeypatch.setattr(reading, "close", close_)
        return reading

    monkeypatch.setattr(disk, "open", open_)
    findings: list[Finding] = []
    assert find_unread(disk, ("threats",), findings) == frozenset()
    assert findings == []
    assert read == [1 << 20, 1 << 20, 1, 0, -1]


@pytest.mark.parametrize("what", ["kind", "open"])
def test_a_log_that_cannot_be_read_is_named(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    failing(disk, monkeypatch, what, log_name("threats"))
    findings: list[Finding] = []
    assert find_unread(disk, LOGS, findings) == {"threats"}
    assert findings == [Finding("FILE_UNREADABLE", log_name("threats"), None, UNREADABLE)]


def test_of_a_log_that_is_gone_or_no_file_others_speak(disk: ModelDisk) -> None:
    disk.drop(log_name("threats"))
    disk.plant(log_name("demands"), "folder")
    findings: list[Finding] = []
    assert find_unread(disk, LOGS, findings) == frozenset()
    assert findings == []
