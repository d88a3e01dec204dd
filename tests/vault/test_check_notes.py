"""What is wrong with a note is told in full: its code, its file, the place, and the words."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from tests.vault.desk import Promise, make_report, run
from tests.vault.test_tampering import filled

from stalklog.core.merkle import leaf_hash
from stalklog.core.note import Checkpoint, NoteSignatureError, Signer
from stalklog.vault.check_notes import find_notes
from stalklog.vault.checkpoint import MAX_NOTE_BYTES, load_note, load_signer
from stalklog.vault.findings import Finding
from stalklog.vault.layout import HEADER, LATEST_NOTE, SIGNER, parse_header
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.vault.model_disk import ModelDisk

    from stalklog.vault.layout import Header

TOTAL = 24
KEPT = f"checkpoints/{TOTAL}.note"
OTHER = Signer("witness.example.org", bytes(32))


@pytest.fixture
def disk() -> ModelDisk:
    """The filled vault with a kept note of its 24 entries, and the entry of the report."""
    disk = filled().copy()
    run(disk, make_report, Promise())
    return disk


def header_of(disk: ModelDisk) -> Header:
    return parse_header(disk.read(HEADER))


def signed(disk: ModelDisk, origin: str, size: int) -> bytes:
    signer = load_signer(disk, header_of(disk))
    assert signer is not None
    return signer.sign(Checkpoint(origin, size, leaf_hash(b"another")))


def test_every_note_that_holds_is_found(disk: ModelDisk) -> None:
    findings: list[Finding] = []
    disk.put("checkpoints/notes.txt", b"no note")
    notes = find_notes(disk, header_of(disk), findings)
    assert {name: note.size for name, note in notes.items()} == {KEPT: TOTAL, LATEST_NOTE: 25}
    assert not findings
    assert not find_notes(disk, None, findings)
    told = [found.code for found in check_vault(disk, wait_s=0).findings]
    assert told == ["STRAY_FILE"]


@pytest.mark.parametrize("name", [KEPT, LATEST_NOTE])
@pytest.mark.parametrize(
    ("note", "code", "message"),
    [
        (lambda _disk: b"", "CHECKPOINT_BAD_FORMAT", "no signature"),
        (
            lambda disk: signed(disk, "stalklog/other", 3),
            "CHECKPOINT_BAD_FORMAT",
            "it names another tree",
        ),
        (
            lambda disk: OTHER.sign(Checkpoint(header_of(disk).origin, 3, bytes(32))),
            "CHECKPOINT_BAD_SIGNATURE",
            "not signed by this vault's key",
        ),
    ],
    ids=["empty", "another tree", "another key"],
)
def test_a_note_that_does_not_hold_is_told(
    disk: ModelDisk, name: str, note: Callable[[ModelDisk], bytes], code: str, message: str
) -> None:
    findings: list[Finding] = []
    disk.put(name, note(disk))
    assert name not in find_notes(disk, header_of(disk), findings)
    assert findings == [Finding(code, name, None, message)]


def test_a_note_that_is_not_there_cannot_be_read(disk: ModelDisk) -> None:
    findings: list[Finding] = []
    disk.drop(LATEST_NOTE)
    find_notes(disk, header_of(disk), findings)
    expected = Finding("CHECKPOINT_BAD_FORMAT", LATEST_NOTE, None, "it is missing or no file")
    assert findings == [expected]


@pytest.mark.parametrize("name", [KEPT, LATEST_NOTE])
@pytest.mark.parametrize(
    ("size", "code", "seq", "message"),
    [
        (99, "CHECKPOINT_AHEAD", 25, "it vouches for 99 entries, and there are 25"),
        (7, "CHECKPOINT_WRONG_ROOT", None, "an entry that it vouches for was changed"),
    ],
)
def test_a_note_that_the_chain_contradicts_is_told(
    disk: ModelDisk, name: str, size: int, code: str, seq: int | None, message: str
) -> None:
    disk.put(name, signed(disk, header_of(disk).origin, size))
    assert Finding(code, name, seq, message) in check_vault(disk, wait_s=0).findings


def test_no_more_of_a_note_is_read_than_one_may_hold(disk: ModelDisk) -> None:
    findings: list[Finding] = []
    disk.put(LATEST_NOTE, disk.read(LATEST_NOTE) + "— a AAAA\n".encode() * MAX_NOTE_BYTES)
    find_notes(disk, header_of(disk), findings)
    assert [found.message for found in findings] == ["no signature"]


def test_the_key_of_another_vault_signs_nothing(disk: ModelDisk) -> None:
    assert load_note(disk, header_of(disk)).size == 25
    disk.put(SIGNER, Signer(header_of(disk).origin, bytes(32)).to_text().encode())
    assert load_signer(disk, header_of(disk)) is None


@pytest.mark.parametrize("content", [b"", b"\xff"])
def test_what_is_no_key_signs_nothing(disk: ModelDisk, content: bytes) -> None:
    disk.put(SIGNER, content)
    assert load_signer(disk, header_of(disk)) is None


def test_a_header_with_no_key_vouches_for_no_note(disk: ModelDisk) -> None:
    header = dataclasses.replace(header_of(disk), key="none")
    with pytest.raises(NoteSignatureError, match=r"^the vault's key in VAULT is none$"):
        load_note(disk, header)


def test_a_file_in_place_of_the_notes_is_told_as_a_note_missing(disk: ModelDisk) -> None:
    findings: list[Finding] = []
    disk.drop("checkpoints")
    disk.put("checkpoints", b"")
    assert not find_notes(disk, header_of(disk), findings)
    assert [found.where for found in findings] == [LATEST_NOTE]
