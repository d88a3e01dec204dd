"""A vault is read as far as it was acknowledged, changed by nobody who looks, and mended first."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
from typing import TYPE_CHECKING

import pytest
from tests.vault.desk import AUTHOR, add_files, keep_file, log_threat, threat
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import (
    ADVOCATE,
    HERS,
    STRANGER,
    give,
    init_sealed,
    lines_of,
    opened,
    resealed,
)
from tests.vault.sealed_filled import resign
from tests.vault.test_check_carried import lines
from tests.vault.test_recovery import (
    TORN,
    append,
    history,
    put_back,
    state_of,
    whole_line,
)

from stalklog.core.hashing import sha256_hex
from stalklog.errors import (
    NewerVaultError,
    NoVaultError,
    PassphraseError,
    ReadOnlyVaultError,
    VaultBusyError,
    VaultError,
)
from stalklog.records.types import LOGS
from stalklog.records.view import current
from stalklog.vault import original
from stalklog.vault import vault as tested
from stalklog.vault.layout import HEADER, LATEST_NOTE, STATE, log_name, object_name
from stalklog.vault.log import parse_line
from stalklog.vault.original import OriginalChangedError, TooLongToOpenError
from stalklog.vault.recovery import Allowed
from stalklog.vault.vault import Vault, load_header, not_saved
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.vault.model_disk import Special

    from stalklog.core.entry import Entry, JsonValue
    from stalklog.records.view import Shown
    from stalklog.vault.cipher import Opening
    from stalklog.vault.disk import Disk
    from stalklog.vault.layout import Header
    from stalklog.vault.writer import Writer

LOG = log_name("threats")


@pytest.fixture
def disk() -> ModelDisk:
    return history()[-1].copy()


@pytest.fixture
def sealed() -> ModelDisk:
    """A threat, a piece of evidence, and a correction of the threat."""
    disk = ModelDisk()
    init_sealed(disk)
    give(disk, log_threat, add_files(1), amend)
    return disk


def amend(writer: Writer) -> list[bytes]:
    writer.add("entry.amended", {"amends": "#1", "set": {"place": "x"}, "reason": "later"})
    return []


ENTRIES = [parse_line(line)[0] for line in lines()]


def seqs(entries: object) -> list[int]:
    return [entry.seq for entry in entries]  # type: ignore[attr-defined]


# Reading


def test_the_entries_come_in_the_order_of_the_chain(disk: ModelDisk) -> None:
    vault = Vault(disk)
    assert list(vault.entries()) == ENTRIES
    assert list(vault.entries(("threats", "evidence"))) == [
        entry for entry in ENTRIES if entry.log in {"threats", "evidence"}
    ]
    assert (vault.unreadable_lines, vault.unopened_lines) == (0, 0)


def test_who_has_read_nothing_has_passed_over_nothing(disk: ModelDisk) -> None:
    assert (Vault(disk).unreadable_lines, Vault(disk).unopened_lines) == (0, 0)


def test_only_what_was_acknowledged_is_read(disk: ModelDisk) -> None:
    append(disk, "threats", whole_line(disk, seq=99))
    assert list(Vault(disk).entries()) == ENTRIES
    disk.drop(STATE)
    assert seqs(Vault(disk).entries()) == [*seqs(ENTRIES), 99]


def test_progress_tells_how_far_reading_has_come(disk: ModelDisk) -> None:
    told: list[int] = []
    vault = Vault(disk)
    list(vault.entries(progress=told.append))
    assert sum(told) == vault.size_bytes() == sum(disk.size(log_name(log)) for log in LOGS)
    assert vault.size_bytes(("threats",)) == disk.size(LOG)
    assert len(told) == len(ENTRIES)


def test_without_state_nobody_knows_how_much_there_is(disk: ModelDisk) -> None:
    disk.drop(STATE)
    vault = Vault(disk)
    assert vault.state is None
    assert (vault.size_bytes(), vault.unconfirmed_bytes()) == (0, 0)
    assert not vault.holds_line(ENTRIES[0].line_sha256)
    assert vault.holds("T-0002")
    assert not vault.holds("T-0003")


@pytest.mark.parametrize(
    "bad",
    [b"no entry", b"[]", b"{}", b"\xff", b"[" * 9000, b'{"a":1}', b"x" * ((1 << 20) + 1)],
    ids=["words", "list", "no fields", "no UTF-8", "deep", "one field", "long"],
)
def test_a_line_that_is_no_entry_is_passed_over_and_counted(disk: ModelDisk, bad: bytes) -> None:
    disk.drop(STATE)
    append(disk, "threats", bad + b"\n" + whole_line(disk, seq=99) + bad + b"\n")
    vault = Vault(disk)
    assert seqs(vault.entries()) == [*seqs(ENTRIES), 99]
    assert vault.unreadable_lines == 2
    list(vault.entries(("evidence",)))
    assert vault.unreadable_lines == 0  # counted anew


def test_a_line_that_has_no_end_is_passed_over(disk: ModelDisk) -> None:
    disk.drop(STATE)
    append(disk, "threats", whole_line(disk, seq=99)[:-1])
    vault = Vault(disk)
    assert list(vault.entries()) == ENTRIES
    assert vault.unreadable_lines == 1


@pytest.mark.parametrize("fields", [{"seq": -1}, {"id": "T-1"}, {"more": 1}, {"v": 2}])
def test_an_entry_of_another_form_is_passed_over(disk: ModelDisk, fields: dict[str, int]) -> None:
    disk.drop(STATE)
    append(disk, "threats", whole_line(disk, **fields))
    vault = Vault(disk)
    assert list(vault.entries()) == ENTRIES
    assert vault.unreadable_lines == 1


def nested(disk: ModelDisk, depth: int, brackets: int) -> bytes:
    """A threat nested so deep, in a line that has so many brackets."""
    value: JsonValue = [[]] * (brackets - depth)
    for _ in range(depth):
        value = [value]
    line = whole_line(disk, seq=99, body={"occurred": {"precision": "unknown"}, "tags": "HERE"})
    return line.replace(b'"HERE"', json.dumps(value, separators=(",", ":")).encode())


@pytest.mark.parametrize(
    ("depth", "brackets", "is_read"),
    [(40, 44, True), (40, 45, False), (2, 4000, True), (12, 4000, True), (40, 4000, False)],
)
def test_an_entry_nested_too_deep_to_be_shown_is_passed_over(
    disk: ModelDisk, depth: int, brackets: int, is_read: bool
) -> None:
    """Looked for only in a line that has more than 48 brackets: three objects and a list here."""
    disk.drop(STATE)
    append(disk, "threats", nested(disk, depth, brackets))
    vault = Vault(disk)
    assert (99 in seqs(vault.entries())) == is_read
    assert vault.unreadable_lines == (not is_read)


def test_an_entry_that_cannot_be_reckoned_with_is_passed_over(disk: ModelDisk) -> None:
    disk.drop(STATE)
    append(disk, "threats", whole_line(disk, seq=99, body={"words": "x"}))
    vault = Vault(disk)
    assert list(vault.entries()) == ENTRIES
    assert vault.unreadable_lines == 1


def test_a_log_that_cannot_be_read_is_counted(disk: ModelDisk) -> None:
    disk.drop(LOG)
    vault = Vault(disk)
    assert list(vault.entries()) == [entry for entry in ENTRIES if entry.log != "threats"]
    assert vault.unreadable_lines == 1
    disk.drop(log_name("evidence"))
    list(vault.entries())
    assert vault.unreadable_lines == 2


def test_corrections_are_found_without_reading_the_rest(disk: ModelDisk) -> None:
    found = [entry for entry in ENTRIES if entry.type == "entry.amended"]
    vault = Vault(disk)
    assert list(vault.corrections()) == found
    assert list(vault.corrections(("evidence",))) == []
    assert len(found) == 1
    disk.drop(STATE)
    append(disk, "threats", b"no entry.\nnor this\n")
    vault = Vault(disk)
    for _ in range(2):
        assert list(vault.corrections()) == found
        assert vault.unreadable_lines == 1


def test_corrections_come_in_the_order_of_the_chain(disk: ModelDisk) -> None:
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        for name in ("T-0002", "E-0001", "T-0001"):
            writer.add("entry.withdrawn", {"withdraws": name, "reason": "logged twice"})
        writer.commit()
    found = [entry.id for entry in Vault(disk).corrections()]
    assert found == ["T-0001.1", "T-0002.1", "E-0001.1", "T-0001.2"]


def test_only_what_is_a_correction_is_one(disk: ModelDisk) -> None:
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        writer.add("threat.logged", threat("see entry.amended, she said"))
        writer.commit()
    assert [entry.id for entry in Vault(disk).corrections()] == ["T-0001.1"]


def test_an_id_finds_its_entry_and_its_corrections(disk: ModelDisk) -> None:
    vault = Vault(disk)
    assert [entry.id for entry in vault.entries_naming("T-0001")] == ["T-0001", "T-0001.1"]
    assert [entry.id for entry in vault.entries_naming("T-0002")] == ["T-0002"]
    assert list(vault.entries_naming("T-1")) == []
    assert list(vault.entries_naming("E-0099")) == []
    vault.unreadable_lines = 7
    list(vault.entries_naming("T-1"))
    assert vault.unreadable_lines == 0


@pytest.mark.parametrize(
    ("name", "is_held"),
    [
        *(("T-0001", True), ("T-0002", True), ("T-0003", False), ("T-0001.1", True)),
        *(("T-0001.2", False), ("T-0002.1", False), ("X-0001", True), ("x", False)),
    ],
)
def test_whether_there_is_such_an_entry(disk: ModelDisk, name: str, is_held: bool) -> None:
    assert Vault(disk).holds(name) is is_held


def test_whether_a_line_stands_in_the_chain(disk: ModelDisk) -> None:
    vault = Vault(disk)
    assert all(vault.holds_line(sha256_hex(line)) for line in lines())
    assert not vault.holds_line("0a" * 32)
    append(disk, "threats", TORN + b"\n")
    assert not vault.holds_line(sha256_hex(TORN))


@pytest.mark.parametrize("special", [None, "folder"])
def test_what_an_interruption_left_is_counted(disk: ModelDisk, special: Special | None) -> None:
    vault = Vault(disk)
    assert vault.unconfirmed_bytes() == 0
    append(disk, "threats", TORN)
    append(disk, "evidence", TORN + TORN)
    assert vault.unconfirmed_bytes() == 3 * len(TORN)
    disk.put(LOG, b"")  # shorter than acknowledged: that is another thing
    if special:
        disk.plant(LOG, special)
    else:
        disk.drop(LOG)
    assert vault.unconfirmed_bytes() == 2 * len(TORN)


def original_of(vault: Vault, entry: Entry | Shown) -> bytes:
    parts: list[bytes] = []
    vault.copy_original(entry, parts.append)
    return b"".join(parts)


def test_an_original_is_handed_on_as_it_lies(disk: ModelDisk) -> None:
    vault = Vault(disk)
    for entry in ENTRIES:
        if entry.objects:
            assert original_of(vault, entry) == disk.read(object_name(entry.objects[0]))
        else:
            with pytest.raises(FileNotFoundError, match="the entry names no original") as caught:
                original_of(vault, entry)
            told = (caught.value.errno, caught.value.strerror)
            assert told == (errno.ENOENT, "the entry names no original")


def test_an_original_is_opened_proven(disk: ModelDisk) -> None:
    vault = Vault(disk)
    shown = {one.seq: one for one in current(ENTRIES)}
    for entry in ENTRIES:
        for asked in (entry, shown.get(entry.seq, entry)):
            if entry.objects:
                with vault.open_original(asked, must_seek=True) as opened_here:
                    assert opened_here.read() == disk.read(object_name(entry.objects[0]))
            else:
                with pytest.raises(FileNotFoundError) as caught:
                    vault.open_original(asked, must_seek=True)
                told = (caught.value.errno, caught.value.strerror)
                assert told == (errno.ENOENT, "the entry names no original")
    (changed, *_) = [entry for entry in ENTRIES if entry.objects]
    disk.put(object_name(changed.objects[0]), b"another")
    with pytest.raises(OriginalChangedError):
        vault.open_original(changed, must_seek=True)


# A sealed vault


def test_a_sealed_original_is_opened_into_memory_as_far_as_its_entry_says(
    sealed: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(sealed, lambda writer: [keep_file(writer, "a", b"x")[1]])
    vault = opened(sealed)
    first, one_byte = vault.entries(("evidence",))
    either: tuple[Entry | Shown, ...] = (first, one_byte, *current([first, one_byte]))
    for entry in either:
        with vault.open_original(entry, must_seek=True) as opened_here:
            assert sha256_hex(opened_here.read()) == sha256_hex(original_of(vault, entry))
    for size in (0, "1"):
        lying = dataclasses.replace(one_byte, body={**one_byte.body, "size_bytes": size})
        with pytest.raises(OriginalChangedError):
            vault.open_original(lying, must_seek=True)
    monkeypatch.setattr(original, "MAX_MEMORY_BYTES", 0)
    with pytest.raises(TooLongToOpenError):
        vault.open_original(one_byte, must_seek=True)
    with vault.open_original(one_byte, must_seek=False) as poured:
        assert poured.read() == b"x"


def test_a_reading_says_first_what_somebody_else_did(sealed: ModelDisk) -> None:
    warned: list[str] = []
    unopened: list[int] = []

    def read(keys: Opening, *tell: Callable[..., object]) -> Vault:
        vault = Vault(sealed, lambda _disk, _header: keys, *tell)
        list(vault.entries())
        return vault

    read(HERS, warned.append, unopened.append)
    assert (warned, unopened) == ([], [])
    another = HERS.for_vault("ab" * 32)
    read(another)
    read(another, warned.append, unopened.append)
    assert (warned, unopened) == (["VAULT_BAD"], [])
    read(STRANGER, warned.append, unopened.append)
    assert (warned, unopened) == (["VAULT_BAD"], [3])


def test_what_opens_and_is_no_record_is_counted_as_unreadable(sealed: ModelDisk) -> None:
    *before, last = lines_of(sealed)
    changed = resealed(last, Vault(sealed).header.recipients, body={"amends": "#1"})
    vault = opened(resign(sealed, [*before, changed]))
    assert [entry.id for entry in vault.entries()] == ["X-0001", "T-0001", "E-0001"]
    assert (vault.unreadable_lines, vault.unopened_lines) == (1, 0)


def test_the_key_is_asked_for_once_and_only_to_read(sealed: ModelDisk) -> None:
    asked: list[tuple[Disk, Header]] = []

    def unlock(disk: Disk, header: Header) -> Opening:
        asked.append((disk, header))
        return HERS

    vault = Vault(sealed, unlock)
    assert vault.size_bytes(("threats",)) == sealed.size(log_name("entries"))
    assert vault.unconfirmed_bytes() == 0
    assert vault.holds_line(vault.state.head if vault.state else "")
    assert asked == []
    for _ in range(2):
        assert [entry.id for entry in vault.entries()] == ["X-0001", "T-0001", "E-0001", "T-0001.1"]
    assert asked == [(sealed, vault.header)]
    assert vault.opening() is HERS
    assert len(asked) == 1


def test_a_sealed_vault_is_asked_as_a_plain_one(sealed: ModelDisk) -> None:
    vault = opened(sealed)
    assert [entry.id for entry in vault.entries(("threats",))] == ["T-0001", "T-0001.1"]
    assert [entry.id for entry in vault.corrections()] == ["T-0001.1"]
    assert [entry.id for entry in vault.corrections(("evidence",))] == []
    assert [entry.id for entry in vault.entries_naming("T-0001")] == ["T-0001", "T-0001.1"]
    assert vault.holds("T-0001.1")
    assert vault.holds("E-0001")
    assert not vault.holds("E-0002")
    (evidence,) = vault.entries(("evidence",))
    assert HERS.open(sealed.read(object_name(evidence.objects[0]))) == original_of(vault, evidence)


def test_a_sealed_vault_is_opened_once_and_anew_after_writing(sealed: ModelDisk) -> None:
    vault = opened(sealed)
    told: list[int] = []
    list(vault.entries(progress=told.append))
    list(vault.entries(progress=told.append))
    assert sum(told) == sealed.size(log_name("entries"))
    with vault.writing(AUTHOR, wait_s=0) as writer:
        writer.add("threat.logged", threat("again"))
        writer.commit()
    assert [entry.id for entry in vault.entries(("threats",))][-1] == "T-0002"


def test_what_is_sealed_to_others_is_counted(sealed: ModelDisk) -> None:
    vault = opened(sealed, STRANGER)
    assert [entry.id for entry in vault.entries()] == ["X-0001"]
    assert (vault.unopened_lines, vault.unreadable_lines) == (3, 0)
    append(sealed, "entries", b"no entry\n")
    sealed.drop(STATE)
    vault = opened(sealed, ADVOCATE)
    list(vault.entries())
    assert (vault.unopened_lines, vault.unreadable_lines) == (3, 1)


def test_only_the_acknowledged_part_of_a_sealed_log_is_opened(sealed: ModelDisk) -> None:
    before = {name: sealed.read(name) for name in (STATE, LATEST_NOTE)}
    give(sealed, log_threat)
    assert len(list(opened(sealed).entries())) == 5
    for name, data in before.items():
        sealed.put(name, data)
    assert len(list(opened(sealed).entries())) == 4
    sealed.drop(STATE)
    assert len(list(opened(sealed).entries())) == 5


def test_without_the_key_nothing_sealed_is_read(sealed: ModelDisk) -> None:
    vault = Vault(sealed)
    with pytest.raises(PassphraseError) as caught:
        vault.entries()
    assert caught.value.message == (
        "The vault is sealed: reading it needs its passphrase. Nothing was changed."
    )
    assert "--passphrase-file" in caught.value.hint
    with pytest.raises(PassphraseError):
        vault.opening()


# Writing


def test_an_interruption_is_mended_and_written_down_before_anything_is_added(
    disk: ModelDisk,
) -> None:
    append(disk, "threats", TORN)
    old = state_of(disk)
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        assert writer.size == old.size + 1
        assert state_of(disk).size == old.size + 1
    *_, last = Vault(disk).entries()
    (piece,) = disk.list("quarantine")
    assert last.type == "recovery.done"
    assert [cut["file"] for cut in last.body["cut"]] == [f"quarantine/{piece}"]  # type: ignore[index,union-attr,call-overload]
    assert check_vault(disk, wait_s=0).findings == ()


def test_what_nothing_vouched_for_is_published_first(disk: ModelDisk) -> None:
    put_back(disk, history()[1], STATE, LATEST_NOTE)
    with Vault(disk).writing(AUTHOR, wait_s=0):
        pass
    assert disk.read(STATE) == history()[-1].read(STATE)
    assert check_vault(disk, wait_s=0).findings == ()


def test_where_nothing_was_interrupted_opening_a_writer_changes_nothing(disk: ModelDisk) -> None:
    before, operations = disk.signature(), disk.counts.operations
    vault = Vault(disk)
    with vault.writing(AUTHOR, wait_s=0) as writer:
        assert writer.size == state_of(disk).size
        assert disk.try_lock(exclusive=False) is None
    held = disk.try_lock(exclusive=True)
    assert held is not None
    held.release()
    assert (disk.signature(), disk.counts.operations) == (before, operations)


def test_what_is_read_under_the_lock_is_the_newest(disk: ModelDisk) -> None:
    vault = Vault(disk)
    give(disk, log_threat)
    with vault.writing(AUTHOR, wait_s=0) as writer:
        assert vault.holds("T-0003")
        writer.add("threat.logged", threat("again"))
        writer.commit()
        assert not vault.holds("T-0004")
    assert vault.holds("T-0004")


def test_what_was_not_committed_is_gone(disk: ModelDisk) -> None:
    before = disk.files()
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        keep_file(writer, "shot.png", b"a screenshot")
    assert {name: data for name, data in disk.files().items() if name != "lock"} == {
        name: data for name, data in before.items() if name != "lock"
    }


def test_another_writer_is_waited_for_only_so_long(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = disk.try_lock(exclusive=False)
    assert held is not None
    with pytest.raises(VaultBusyError), Vault(disk).writing(AUTHOR, wait_s=0):
        pass
    held.release()
    asked: list[dict[str, object]] = []

    def locked(_disk: object, **how: object) -> None:
        asked.append(how)
        raise VaultBusyError("busy")

    monkeypatch.setattr(tested, "locked", locked)
    with pytest.raises(VaultBusyError), Vault(disk).writing(AUTHOR):
        pass
    assert asked == [{"exclusive": True, "wait_s": 30.0}]


def test_a_damaged_vault_opens_for_reading_alone(disk: ModelDisk) -> None:
    append(disk, "threats", whole_line(disk, seq=state_of(disk).size))
    vault = Vault(disk)
    with pytest.raises(ReadOnlyVaultError), vault.writing(AUTHOR, wait_s=0):
        pass
    assert list(vault.entries()) == ENTRIES
    allowed = Allowed(set_aside=True)
    with vault.writing(AUTHOR, wait_s=0, allowed=allowed):
        pass
    assert check_vault(disk, wait_s=0).verdict == "intact"


def test_a_note_is_signed_anew_where_that_was_allowed(disk: ModelDisk) -> None:
    disk.drop(LATEST_NOTE)
    with Vault(disk).writing(AUTHOR, wait_s=0, allowed=Allowed(sign_anew=True)):
        pass
    assert check_vault(disk, wait_s=0).findings == ()


@pytest.mark.parametrize(
    ("code", "told", "hint"),
    [
        (errno.ENOSPC, "the disk is full", "Make room"),
        (errno.EDQUOT, "the disk is full", "Make room"),
        (errno.EROFS, "it may not be written here", "read-only"),
        (errno.EACCES, "it may not be written here", "read-only"),
        (errno.EPERM, "it may not be written here", "read-only"),
        (errno.EIO, os.strerror(errno.EIO), "stalklog verify"),
    ],
)
def test_a_disk_that_refuses_is_told_with_what_to_do(
    disk: ModelDisk, code: int, told: str, hint: str
) -> None:
    with pytest.raises(VaultError) as caught, Vault(disk).writing(AUTHOR, wait_s=0):
        raise OSError(code, os.strerror(code))
    assert caught.value.message == f"Not saved: {told}. What was saved before is untouched."
    assert hint in caught.value.hint
    assert isinstance(caught.value.__cause__, OSError)
    assert "TimeoutError" in not_saved(TimeoutError()).message


# VAULT


def header_refused(disk: ModelDisk, kind: type[Exception]) -> tuple[str, str]:
    with pytest.raises(kind):
        Vault(disk)
    with pytest.raises(kind) as caught:
        load_header(disk)
    error = caught.value
    return error.message, error.hint  # type: ignore[attr-defined]


def test_a_folder_without_vault_is_none(disk: ModelDisk) -> None:
    disk.drop(HEADER)
    message, hint = header_refused(disk, NoVaultError)
    assert message == "There is no vault here."
    assert "stalklog init" in hint


def test_a_vault_of_a_later_format_is_told(disk: ModelDisk) -> None:
    disk.put(HEADER, b'{"format":"stalklog-vault/2"}\n')
    message, hint = header_refused(disk, NewerVaultError)
    assert "made by a newer stalklog" in message
    assert "newest stalklog" in hint


@pytest.mark.parametrize("data", [b"", b"{}\n", b" " * (1 << 16) + b"{}\n", None])
def test_a_vault_that_cannot_be_understood_is_told(disk: ModelDisk, data: bytes | None) -> None:
    if data is None:
        disk.plant(HEADER, "link")
    else:
        disk.put(HEADER, data)
    message, hint = header_refused(disk, VaultError)
    assert "(VAULT_BAD)" in message
    assert "stalklog verify" in hint


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (NotADirectoryError(errno.ENOTDIR, "Not a directory"), NoVaultError, "no vault here"),
        (OSError(errno.EIO, "Input/output error"), VaultError, "be read (Input/output error)"),
    ],
)
def test_a_disk_that_fails_to_show_it_is_told(
    disk: ModelDisk,
    monkeypatch: pytest.MonkeyPatch,
    error: OSError,
    kind: type[Exception],
    told: str,
) -> None:
    def fail(*given: object) -> bytes:
        assert given == (HEADER, 0, 1 << 16)
        raise error

    monkeypatch.setattr(disk, "read", fail)
    assert told in header_refused(disk, kind)[0]
