"""What a disk fails to read is told as that: not as damage, not as something that is missing."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Final

import pytest
from tests.vault.desk import AUTHOR, Promise, attach, init, log_threat, make_report, run
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import HERS, LOG, init_sealed, opened
from tests.vault.test_tampering import filled

from stalklog.errors import StalklogError, VaultError
from stalklog.vault.checkpoint import load_note, load_signer
from stalklog.vault.keys import read_recipients
from stalklog.vault.layout import (
    HEADER,
    LATEST_NOTE,
    RECIPIENTS,
    SIGNER,
    STATE,
    log_name,
    parse_header,
)
from stalklog.vault.recovery import Allowed, load_state, read_state
from stalklog.vault.vault import Vault
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from tests.vault.desk import Command

    from stalklog.vault.writer import Writer

REASON: Final = os.strerror(errno.EIO)
KEPT: Final = "checkpoints/24.note"
SURE: Final = f"Not saved: {REASON}. What was saved before is untouched."
UNSURE: Final = (
    f"It is not certain that this was saved: {REASON}. What was saved before is untouched."
)
LOOK: Final = (
    "Before you write it again, have it finished: stalklog repair. Then see whether it is there: "
    "stalklog list all"
)


@pytest.fixture
def disk() -> ModelDisk:
    """The filled vault with a kept note of its 24 entries, and the entry of the report."""
    disk = filled().copy()
    run(disk, make_report, Promise())
    return disk


@pytest.fixture
def sealed() -> ModelDisk:
    disk = ModelDisk()
    init_sealed(disk)
    return disk


def fail(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch, what: str, name: str, code: int = errno.EIO
) -> None:
    """Have this done to that file fail from now on."""
    good = getattr(disk, what)

    def refuse(found: str, *rest: object, **named: object) -> object:
        if found == name:
            raise OSError(code, os.strerror(code), name)
        return good(found, *rest, **named)

    monkeypatch.setattr(disk, what, refuse)


def content(disk: ModelDisk) -> dict[str, bytes]:
    return dict(disk.files())


@pytest.mark.parametrize("name", [HEADER, STATE, LATEST_NOTE, KEPT])
def test_verify_says_that_it_could_not_check_it(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    fail(disk, monkeypatch, "read", name)
    checked = check_vault(disk, wait_s=0)
    assert checked.verdict == "not-checked"
    found = [(one.code, one.where, one.message) for one in checked.findings]
    assert found == [("FILE_UNREADABLE", name, f"it cannot be read ({REASON})")]


def test_verify_says_so_of_the_recipients_too(
    sealed: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(sealed, monkeypatch, "read", RECIPIENTS)
    checked = check_vault(sealed, wait_s=0, opening=HERS)
    assert [(one.code, one.where) for one in checked.findings] == [("FILE_UNREADABLE", RECIPIENTS)]
    with pytest.raises(OSError, match=REASON):
        read_recipients(sealed)


@pytest.mark.parametrize("name", [STATE, LATEST_NOTE, KEPT, SIGNER, log_name("custody")])
@pytest.mark.parametrize("allowed", [Allowed(), Allowed(sign_anew=True, set_aside=True)])
def test_a_writer_begins_nothing_where_it_cannot_read(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch, name: str, allowed: Allowed
) -> None:
    if name == KEPT:
        disk.put(STATE, b"")  # only then are the notes looked at that were kept before
    before = content(disk)
    fail(disk, monkeypatch, "read", name)
    begin = Vault(disk).writing(AUTHOR, wait_s=0, allowed=allowed)
    with pytest.raises(VaultError) as caught, begin:
        pytest.fail("it began")
    assert (type(caught.value), caught.value.message) == (VaultError, SURE)
    assert content(disk) == before


def test_a_signer_that_may_not_be_read_keeps_nobody_from_adding(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = parse_header(disk.read(HEADER))
    fail(disk, monkeypatch, "read", SIGNER, errno.EACCES)
    assert load_signer(disk, header) is None


def test_a_note_is_judged_only_where_it_can_be_read(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = parse_header(disk.read(HEADER))
    fail(disk, monkeypatch, "read", LATEST_NOTE)
    with pytest.raises(OSError, match=REASON):
        load_note(disk, header)


def test_whoever_only_reads_goes_on_without_state(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(disk, monkeypatch, "read", STATE)
    assert load_state(disk) is None
    with pytest.raises(OSError, match=REASON):
        read_state(disk, Vault(disk).header.logs)


def test_a_part_of_a_log_is_not_taken_for_all(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(disk, monkeypatch, "read", log_name("threats"))
    with pytest.raises(OSError, match=REASON):
        list(Vault(disk).entries())


def test_a_part_of_a_sealed_log_is_not_taken_for_all(
    sealed: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = opened(sealed)
    fail(sealed, monkeypatch, "read", LOG)
    with pytest.raises(OSError, match=REASON):
        list(vault.entries())


# Whether it was saved


def give(disk: ModelDisk, command: Command) -> None:
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        command(writer)
        writer.commit()


def saving(disk: ModelDisk, command: Command) -> StalklogError:
    """What is told of a command that fails."""
    with pytest.raises(StalklogError) as caught:
        give(disk, command)
    return caught.value


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("sync", log_name("threats")),
        ("sync_folder", "checkpoints"),
        ("sync_folder", ""),
    ],
)
def test_from_the_first_line_on_nobody_knows_whether_it_was_saved(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch, what: str, name: str
) -> None:
    fail(disk, monkeypatch, what, name)
    told = saving(disk, log_threat)
    assert (told.exit_code, told.message, told.hint) == (20, UNSURE, LOOK)


def test_what_was_cut_back_was_not_saved(disk: ModelDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(disk, monkeypatch, "write_at", log_name("threats"))
    assert saving(disk, log_threat).message == SURE


def test_what_cannot_be_cut_back_may_be_there(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(disk, monkeypatch, "write_at", log_name("contacts"))
    fail(disk, monkeypatch, "truncate", log_name("evidence"))
    assert saving(disk, attach).message == UNSURE


def test_after_a_receipt_the_next_one_begins_anew(disk: ModelDisk) -> None:
    def twice(writer: Writer) -> list[bytes]:
        log_threat(writer)
        writer.commit()
        raise OSError(errno.EIO, REASON)

    assert saving(disk, twice).message == SURE


def test_it_is_sure_but_between_the_first_line_and_the_receipt(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        seen = [writer.is_unsure]
        log_threat(writer)
        seen.append(writer.is_unsure)
        writer.commit()
        seen.append(writer.is_unsure)
        log_threat(writer)
        fail(disk, monkeypatch, "write_at", log_name("threats"))
        fail(disk, monkeypatch, "truncate", log_name("threats"))
        with pytest.raises(OSError, match=REASON):
            writer.commit()
        seen.append(writer.is_unsure)
    assert list(map(repr, seen)) == ["False", "False", "False", "True"]


@pytest.mark.parametrize(("size", "is_synced"), [(1, True), (2, False)])
def test_the_first_command_after_init_has_the_vaults_own_names_on_the_disk(
    monkeypatch: pytest.MonkeyPatch, size: int, *, is_synced: bool
) -> None:
    disk = ModelDisk()
    init(disk, Promise())
    if size > 1:
        run(disk, log_threat, Promise())
    done: list[str] = []
    monkeypatch.setattr(disk, "sync_folder", lambda name: done.append(name or "."))
    monkeypatch.setattr(disk, "sync_parent", lambda: done.append(".."))
    with Vault(disk).writing(AUTHOR, wait_s=0):
        assert done == ([".", ".."] if is_synced else [])


def test_a_full_disk_is_told_as_that_where_it_is_not_certain(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(disk, monkeypatch, "sync", log_name("threats"), errno.ENOSPC)
    assert "saved: the disk is full." in saving(disk, log_threat).message
