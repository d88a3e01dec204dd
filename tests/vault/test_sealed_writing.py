"""Adding to a sealed vault needs the recipients alone, and only ciphertext reaches the disk."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.vault.desk import (
    AUTHOR,
    OCCURRED,
    StandingClock,
    add_files,
    amend_threat,
    attach,
    demand,
    log_threat,
    note_case,
    original,
    threat,
    withdraw_threat,
)
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import (
    HERS,
    LOG,
    RECOVERY,
    STRANGER,
    entries,
    give,
    init_sealed,
    lines_of,
    opened,
    original_of,
)

from stalklog.errors import (
    EvidenceUnreadableError,
    NoSuchEntryError,
    OverLimitError,
    RecordNotValidError,
    VaultError,
)
from stalklog.services.desk import Desk
from stalklog.services.evidence import add_evidence
from stalklog.vault.disk import Disk
from stalklog.vault.layout import IDENTITY, OBJECT_FOLDERS, OWNER, STATE
from stalklog.vault.layout import RECOVERY as RECOVERY_FILE
from stalklog.vault.source import Source
from stalklog.vault.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stalklog.core.entry import JsonObject
    from stalklog.vault.writer import Writer


@pytest.fixture
def disk() -> ModelDisk:
    disk = ModelDisk()
    init_sealed(disk)
    return disk


def objects(disk: ModelDisk) -> dict[str, bytes]:
    return {
        name: disk.read(f"{folder}/{name}")
        for folder in OBJECT_FOLDERS
        for name in disk.list(folder)
    }


def test_everything_is_added_while_no_secret_is_anywhere_near(disk: ModelDisk) -> None:
    for secret in (IDENTITY, OWNER, RECOVERY_FILE):
        if disk.kind(secret):
            disk.drop(secret)
    commands = (
        log_threat, add_files(1, 2), attach, demand, note_case, amend_threat, withdraw_threat,
    )  # fmt: skip
    give(disk, *commands)
    assert [entry.type for entry in entries(disk)] == [
        "vault.created",
        "threat.logged",
        "evidence.added",
        "evidence.added",
        "evidence.added",
        "contact.logged",
        "demand.made",
        "case.noted",
        "entry.amended",
        "entry.withdrawn",
    ]


@pytest.mark.parametrize("link", ["T-0001", "#1"])
def test_an_entry_is_amended_and_withdrawn_by_id_or_by_place(disk: ModelDisk, link: str) -> None:
    def amend(writer: Writer) -> list[bytes]:
        writer.add("entry.amended", {"amends": link, "set": {"place": "home"}, "reason": "later"})
        return []

    def withdraw(writer: Writer) -> list[bytes]:
        writer.add("entry.withdrawn", {"withdraws": link, "reason": "twice"})
        return []

    give(disk, log_threat, amend, withdraw)
    assert [entry.id for entry in entries(disk)] == ["X-0001", "T-0001", "T-0001.1", "T-0001.2"]
    assert entries(disk)[2].body["amends"] == "T-0001"


def test_a_command_names_what_it_just_planned_by_its_place(disk: ModelDisk) -> None:
    give(disk, attach)
    given = json.loads(inner(disk, 2))["body"]["evidence_given"]
    assert given == [{"ids": ["#1"]}]
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        assert writer.add("threat.logged", threat("x")).id == "#3"


def inner(disk: ModelDisk, seq: int) -> bytes:
    return HERS.open(base64.b64decode(json.loads(lines_of(disk)[seq])["sealed"]))


@pytest.mark.parametrize("link", ["#1", "#2", "#99999999999999", "T-0", "Q-0001", "1", "#-1"])
def test_a_link_to_what_cannot_be_there_is_refused(disk: ModelDisk, link: str) -> None:
    before = disk.signature()
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        body: JsonObject = {"withdraws": link, "reason": "no"}
        with pytest.raises((NoSuchEntryError, RecordNotValidError)):
            writer.add("entry.withdrawn", body)
    assert disk.signature() == before


def test_an_entry_that_is_too_long_is_refused(disk: ModelDisk) -> None:
    before = disk.signature()
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        with pytest.raises((OverLimitError, RecordNotValidError)):
            writer.add("threat.logged", threat("x" * 600_000))
        with pytest.raises(RecordNotValidError):
            writer.add("threat.logged", threat("\ud800"))
    assert disk.signature() == before


def test_every_sort_of_entry_looks_alike_from_outside(disk: ModelDisk) -> None:
    give(disk, log_threat, note_case, demand)
    shapes = {frozenset(json.loads(line)) for line in lines_of(disk)[1:]}
    assert len(shapes) == 1
    state = json.loads(disk.read(STATE))
    assert state["logs"] == {"entries": {"bytes": disk.size(LOG)}}


def test_the_same_original_twice_is_two_objects(disk: ModelDisk) -> None:
    give(disk, add_files(6, 6), add_files(6))
    held = objects(disk)
    named = [entry.objects for entry in entries(disk)[1:]]
    assert len(held) == 3
    assert sorted(name for names in named for name in names) == sorted(held)
    assert {original_of(disk, entry) for entry in entries(disk)[1:]} == {original(6)}


def test_an_object_is_named_by_its_ciphertext_and_no_name_tells_of_the_plaintext(
    disk: ModelDisk,
) -> None:
    give(disk, add_files(1, 2))
    plain = {hashlib.sha256(original(number)).hexdigest() for number in (1, 2)}
    for name, sealed in objects(disk).items():
        assert hashlib.sha256(sealed).hexdigest() == name
        assert name not in plain
    assert {entry.body["sha256"] for entry in entries(disk)[1:]} == plain
    assert not any(sha256.encode() in data for data in disk.files().values() for sha256 in plain)


def test_a_command_that_is_abandoned_leaves_nothing(disk: ModelDisk) -> None:
    before = disk.signature()
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        add_files(1, 2)(writer)
    assert disk.signature() == before


class _Corrupting(ModelDisk):
    """Changes what was written before it is read back, as a bad memory does."""

    def sync_many(self, names: Any) -> None:  # noqa: ANN401
        super().sync_many(names)
        content = self.read(names[-1])
        self.put(names[-1], content[:-1] + bytes([content[-1] ^ 1]))


def test_the_ciphertext_is_read_back_and_compared() -> None:
    disk = _Corrupting()
    init_sealed(disk)
    lines = lines_of(disk)
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        add_files(1, 2)(writer)
        with pytest.raises(VaultError, match="differs from what was written"):
            writer.commit()
    assert lines_of(disk) == lines
    assert not objects(disk)
    assert not disk.list("tmp")


def test_a_full_disk_while_an_original_is_sealed_is_told_and_nothing_is_kept(
    disk: ModelDisk,
) -> None:
    for data in (b"x", b"x" * 300_000):
        disk.counts.writes = 0
        disk.faults.write = 0
        with (
            pytest.raises(VaultError, match="disk is full"),
            Vault(disk).writing(AUTHOR, wait_s=0) as writer,
        ):
            writer.store([data])
        assert not disk.list("tmp")


def test_an_original_that_changes_while_it_is_read_leaves_nothing_in_tmp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    init_sealed(Disk(vault))
    growing = tmp_path / "growing.log"
    growing.write_bytes(b"x" * 10)
    blocks = Source.blocks

    def changing(source: Source) -> Iterator[bytes]:
        for block in blocks(source):
            with growing.open("ab") as more:
                more.write(b"y")
            yield block

    monkeypatch.setattr(Source, "blocks", changing)
    added = add_evidence(Desk(vault, StandingClock()), [growing], {})
    assert [item.code for item in added.skipped] == [EvidenceUnreadableError.code]
    assert not list((vault / "tmp").iterdir())
    assert not list((vault / "objects").glob("*/*"))
    assert not list((vault / "quarantine").iterdir())


def test_a_vault_sealed_to_others_only_is_no_vault_of_hers(disk: ModelDisk) -> None:
    give(disk, log_threat)
    vault = opened(disk, STRANGER)
    assert [entry.type for entry in vault.entries()] == ["vault.created"]
    assert len(entries(disk, RECOVERY)) == 2


def test_a_contact_that_names_itself_is_refused(disk: ModelDisk) -> None:
    body: JsonObject = {"occurred": OCCURRED, "how": "phone", "words": "x", "evidence": ["#1"]}
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer, pytest.raises(NoSuchEntryError):
        writer.add("threat.logged", body)
