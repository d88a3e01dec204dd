"""What a check says of the whole vault: each finding, and what is proven all the same."""

from __future__ import annotations

import dataclasses
import errno
from typing import TYPE_CHECKING

import pytest
from tests.vault.desk import AUTHOR, Promise, add_files, init, log_threat
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import ADVOCATE, HERS, give, init_sealed, lines_of
from tests.vault.test_recovery import (
    TORN,
    append,
    history,
    put_back,
    sign,
    state_of,
    whole_line,
    with_state,
)

from stalklog.core.hashing import sha256_hex
from stalklog.core.note import Signer
from stalklog.errors import VaultBusyError, VaultError
from stalklog.records.types import LOGS
from stalklog.vault import verify as tested
from stalklog.vault.findings import Finding
from stalklog.vault.keys import read_owner, write_owner
from stalklog.vault.layout import (
    HEADER,
    IDENTITY,
    LATEST_NOTE,
    OWNER,
    STATE,
    log_name,
    object_name,
    parse_header,
)
from stalklog.vault.state import empty_state, parse_state
from stalklog.vault.vault import Vault
from stalklog.vault.verify import Expectation, Verification, check_locked, check_vault

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.vault.model_disk import Special

    from stalklog.vault.disk import Held

LOG = log_name("threats")
LEFT = "an interrupted command left this; the next one moves it to quarantine"
UNTOLD = "what was acknowledged is not written down; the next command makes it again"


@pytest.fixture
def disk() -> ModelDisk:
    return history()[-1].copy()


def found_in(disk: ModelDisk, expect: Expectation | None = None) -> list[Finding]:
    return list(check_vault(disk, wait_s=0, expect=expect).findings)


def codes_in(disk: ModelDisk) -> list[tuple[str, str, int | None]]:
    return [(found.code, found.where, found.seq) for found in found_in(disk)]


@pytest.mark.parametrize("at", range(5))
def test_of_an_intact_vault_all_is_proven(at: int) -> None:
    disk = history()[at]
    state = state_of(disk)
    objects = [data for name, data in disk.files().items() if name.startswith("objects/")]
    assert check_vault(disk, wait_s=0) == Verification(
        findings=(),
        entries=state.size,
        objects=len(objects),
        size_bytes=sum(map(len, objects)),
        size=state.size,
        head=state.head,
        root=state.tree().root().hex(),
        was_compared=False,
    )


def test_a_check_changes_nothing(disk: ModelDisk) -> None:
    append(disk, "threats", TORN)
    before, operations = disk.signature(), disk.counts.operations
    check_vault(disk, wait_s=0)
    assert (disk.signature(), disk.counts.operations) == (before, operations)


def test_progress_is_told_of_lines_and_of_originals(disk: ModelDisk) -> None:
    told: list[tuple[int, int]] = []

    def progress(files: int, size_bytes: int) -> None:
        told.append((files, size_bytes))

    checked = check_vault(disk, wait_s=0, progress=progress)
    lines = sum(disk.size(log_name(log)) for log in LOGS)
    assert sum(files for files, _ in told) == checked.objects == 2
    assert sum(size for _, size in told) == lines + checked.size_bytes


# The lock


def test_a_check_waits_for_a_writer_and_gives_up_after_a_while(disk: ModelDisk) -> None:
    held = disk.try_lock(exclusive=True)
    assert held is not None
    with pytest.raises(VaultBusyError):
        check_vault(disk, wait_s=0)
    held.release()
    reader = disk.try_lock(exclusive=False)
    assert reader is not None
    assert found_in(disk) == []
    reader.release()
    assert disk.try_lock(exclusive=True) is not None


def test_a_place_without_locks_is_checked_all_the_same(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*, exclusive: bool) -> Held | None:  # noqa: ARG001
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(disk, "try_lock", fail)
    assert found_in(disk) == []


def test_a_check_waits_half_a_minute_unless_it_is_told_otherwise(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, object]] = []

    def locked(_disk: object, **how: object) -> None:
        asked.append(how)
        raise VaultError("no lock here")

    monkeypatch.setattr(tested, "locked", locked)
    check_vault(disk)
    check_vault(disk, wait_s=2)
    assert asked == [{"exclusive": False, "wait_s": 30.0}, {"exclusive": False, "wait_s": 2}]
    assert check_locked(disk) == check_vault(disk)


# VAULT, state and the logs


@pytest.mark.parametrize(("data", "reason"), [(b"", "not one line"), (b"{}\n", "no format")])
def test_a_header_that_is_none_is_told_and_the_chain_still_checked(
    disk: ModelDisk, data: bytes, reason: str
) -> None:
    size = state_of(disk).size
    disk.put(HEADER, data)
    checked = check_vault(disk, wait_s=0)
    assert checked.findings == (Finding("VAULT_BAD", HEADER, None, reason),)
    assert (checked.size, checked.entries) == (size, size)


def test_a_header_that_cannot_be_read_is_told(disk: ModelDisk) -> None:
    disk.drop(HEADER)
    assert found_in(disk) == [
        Finding("VAULT_BAD", HEADER, None, f"[Errno 2] no such file: '{HEADER}'")
    ]
    disk.put(HEADER, history()[0].read(HEADER)[:-1] + b" " * (1 << 16) + b"\n")
    assert found_in(disk) == [Finding("VAULT_BAD", HEADER, None, "not one line")]


def test_the_header_of_another_vault_is_not_the_one_that_entry_0_follows(
    disk: ModelDisk,
) -> None:
    other = ModelDisk()
    init(other, Promise())
    disk.put(HEADER, other.read(HEADER))
    assert [one[:2] for one in codes_in(disk)] == [
        ("CHECKPOINT_BAD_SIGNATURE", LATEST_NOTE),
        ("CHAIN_BROKEN", f"{log_name('custody')}:1"),
    ]


def test_of_a_sealed_vault_without_a_header_the_log_is_found() -> None:
    disk = ModelDisk()
    init_sealed(disk)
    disk.drop(HEADER)
    assert found_in(disk)[0].code == "VAULT_BAD"
    assert not [found for found in found_in(disk) if found.code == "LOG_MISSING"]
    disk.put(log_name("evidence"), b"")
    assert {where for code, where, _ in codes_in(disk) if code == "LOG_MISSING"} == {
        log_name(log) for log in LOGS[1:]
    }
    disk.drop(log_name("evidence"))
    disk.drop(log_name("entries"))
    assert {where for code, where, _ in codes_in(disk) if code == "LOG_MISSING"} == {
        log_name(log) for log in LOGS
    }


@pytest.mark.parametrize("torn", [b"", TORN, bytes(9), b"\0" * 5 + b"x"])
def test_without_state_the_lines_end_where_the_last_newline_is(
    disk: ModelDisk, torn: bytes
) -> None:
    end = disk.size(LOG)
    disk.drop(STATE)
    append(disk, "threats", torn)
    state = Finding("STATE_BAD", STATE, None, UNTOLD)
    rest = Finding("TORN_TAIL", f"{LOG}@{end}", None, LEFT)
    assert found_in(disk) == ([state, rest] if torn else [state])
    assert check_vault(disk, wait_s=0).size == state_of(history()[-1]).size


def test_without_state_a_log_of_torn_bytes_alone_has_no_lines(disk: ModelDisk) -> None:
    disk.drop(STATE)
    disk.put(log_name("demands"), TORN)
    assert Finding("TORN_TAIL", f"{log_name('demands')}@0", None, LEFT) in found_in(disk)


def test_only_the_end_of_a_long_log_is_looked_at_for_its_last_newline(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As much as the longest line takes; what is longer is a line, and named as one too long."""
    monkeypatch.setattr(tested, "MAX_LINE_BYTES", 20)
    end = disk.size(LOG)
    disk.drop(STATE)
    for torn, where in ((b"x" * 20, end), (b"x" * 21, end), (b"x" * 22, end + 1)):
        copy = disk.copy()
        append(copy, "threats", torn)
        assert [one.where for one in found_in(copy) if one.code == "TORN_TAIL"] == [
            f"{LOG}@{where}"
        ]


def test_what_an_interruption_left_is_no_fault(disk: ModelDisk) -> None:
    end = disk.size(LOG)
    append(disk, "threats", TORN)
    assert found_in(disk) == [Finding("TORN_TAIL", f"{LOG}@{end}", None, LEFT)]


def test_whole_lines_that_were_not_acknowledged_are_counted(disk: ModelDisk) -> None:
    old = history()[1]
    put_back(disk, old, STATE, LATEST_NOTE)
    size, now = state_of(old).size, state_of(history()[-1])
    message = f"{now.size - size} entries lie past what was acknowledged"
    assert found_in(disk) == [Finding("TORN_TAIL", STATE, size, message)]
    checked = check_vault(disk, wait_s=0)
    assert (checked.size, checked.head) == (now.size, now.head)


def test_a_whole_line_that_contradicts_the_chain_is_a_fault(disk: ModelDisk) -> None:
    size, end = state_of(disk).size, disk.size(LOG)
    append(disk, "threats", whole_line(disk, seq=size))
    message = "lines were added that do not go on with the chain"
    assert found_in(disk) == [Finding("CHAIN_BROKEN", f"{LOG}@{end}", size, message)]


def test_bytes_put_in_below_state_are_told_line_by_line(disk: ModelDisk) -> None:
    disk.put(LOG, b"no entry\n" + disk.read(LOG))
    assert codes_in(disk) == [("NOT_JSON", f"{LOG}:1", None)]
    disk.put(LOG, b"no entry\n" + disk.read(LOG) + TORN)
    assert [code for code, _, _ in codes_in(disk)] == ["NOT_JSON", "NOT_JSON", "NOT_JSON"]


@pytest.mark.parametrize(("special", "code"), [(None, "LOG_MISSING"), ("folder", "LOG_NOT_FILE")])
@pytest.mark.parametrize("is_state_there", [True, False])
def test_a_log_that_is_gone_is_told_once(
    disk: ModelDisk, special: Special | None, code: str, is_state_there: bool
) -> None:
    if special is None:
        disk.drop(LOG)
    else:
        disk.plant(LOG, special)
    if not is_state_there:
        disk.drop(STATE)
    told = codes_in(disk)
    assert (code, LOG, None) in told
    assert not [one for one in told if one[0] == "LOG_TRUNCATED"]


def test_a_log_that_is_shorter_than_acknowledged_is_told_once(disk: ModelDisk) -> None:
    last = state_of(disk).last_log
    lines = disk.read(log_name(last)).splitlines(keepends=True)
    disk.put(log_name(last), b"".join(lines[:-1]))
    told = codes_in(disk)
    assert [one[:2] for one in told] == [
        ("LOG_TRUNCATED", log_name(last)),
        ("CHECKPOINT_AHEAD", LATEST_NOTE),
    ]


def test_entries_that_were_acknowledged_and_are_missing_are_told(disk: ModelDisk) -> None:
    """The logs are as long as `state` says, and the chain is not."""
    state = state_of(disk)
    told = dataclasses.replace(state, size=state.size + 1, frontier=())
    nodes = tuple(bytes(32) for _ in range((state.size + 1).bit_count()))
    disk.put(STATE, dataclasses.replace(told, frontier=nodes).to_bytes())
    message = "entries that were acknowledged are missing"
    assert found_in(disk) == [Finding("LOG_TRUNCATED", STATE, state.size, message)]


def test_a_last_entry_that_was_not_acknowledged_is_told(disk: ModelDisk) -> None:
    state = state_of(disk)
    put_back(disk, history()[1], LATEST_NOTE)
    disk.put(STATE, dataclasses.replace(state, head="0a" * 32).to_bytes())
    message = "the last entry is not the one that was acknowledged"
    assert found_in(disk) == [Finding("CHAIN_BROKEN", STATE, state.size - 1, message)]


def test_a_state_with_another_tree_is_only_a_bad_state(disk: ModelDisk) -> None:
    state = state_of(disk)
    nodes = tuple(bytes(32) for _ in state.frontier)
    disk.put(STATE, dataclasses.replace(state, frontier=nodes).to_bytes())
    message = "its tree is not the tree of the entries"
    assert found_in(disk) == [Finding("STATE_BAD", STATE, None, message)]


def test_a_state_of_no_entry_yet_is_no_fault(disk: ModelDisk) -> None:
    state = state_of(disk)
    with_state(disk, **dict.fromkeys(LOGS, 0))
    logs = parse_state(disk.read(STATE)).logs
    empty = dataclasses.replace(
        state, size=0, head=parse_header(disk.read(HEADER)).line_sha256, logs=logs, frontier=()
    )
    disk.put(
        STATE,
        dataclasses.replace(
            empty, logs={log: dataclasses.replace(told, last=0) for log, told in logs.items()}
        ).to_bytes(),
    )
    message = f"{state.size} entries lie past what was acknowledged"
    assert found_in(disk) == [Finding("TORN_TAIL", STATE, 0, message)]


def test_where_there_is_no_entry_none_is_missing(disk: ModelDisk) -> None:
    for log in LOGS:
        disk.put(log_name(log), b"")
    disk.put(STATE, empty_state(parse_header(disk.read(HEADER)).line_sha256).to_bytes())
    assert [one[:2] for one in codes_in(disk)] == [
        ("CHECKPOINT_AHEAD", LATEST_NOTE),
        *(("ORPHAN_OBJECT", name) for name in disk.files() if name.startswith("objects/")),
    ]


# Notes and a kept head


def test_each_note_is_held_against_the_tree(disk: ModelDisk) -> None:
    sign(disk, "checkpoints/2.note", 2, bytes(32))
    message = "an entry that it vouches for was changed"
    assert found_in(disk) == [Finding("CHECKPOINT_WRONG_ROOT", "checkpoints/2.note", None, message)]


def test_a_note_that_is_gone_is_told(disk: ModelDisk) -> None:
    disk.drop(LATEST_NOTE)
    message = "it is missing or no file"
    assert found_in(disk) == [Finding("CHECKPOINT_BAD_FORMAT", LATEST_NOTE, None, message)]


def head_at(disk: ModelDisk, size: int) -> str:
    lines = {
        int(line.partition(b'"seq":')[2].partition(b",")[0]): line
        for log in LOGS
        for line in disk.read(log_name(log)).splitlines()
    }
    return sha256_hex(lines[size - 1])


def test_a_kept_head_is_found_wherever_it_stood(disk: ModelDisk) -> None:
    for size in range(1, state_of(disk).size + 1):
        checked = check_vault(disk, wait_s=0, expect=Expectation(size, head_at(disk, size)))
        assert (checked.findings, checked.is_complete) == ((), True)
        assert checked.completeness == "checked"
    assert check_vault(disk, wait_s=0).completeness == "not-checked"
    assert not check_vault(disk, wait_s=0).is_complete


@pytest.mark.parametrize(("size", "seq"), [(0, 0), (1, 0), (3, 2), (99, 98)])
def test_a_kept_head_that_is_not_there_is_told(disk: ModelDisk, size: int, seq: int) -> None:
    checked = check_vault(disk, wait_s=0, expect=Expectation(size, "0a" * 32))
    message = f"the entry at size {size} is not the one whose head was kept"
    assert checked.findings == (Finding("HEAD_NOT_EXPECTED", STATE, seq, message),)
    assert not checked.is_complete
    assert checked.first_broken_seq == seq


# What cannot be read, and what is named besides


def test_where_a_log_cannot_be_read_nothing_is_said_of_the_chain(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(disk, monkeypatch, LOG)
    disk.put("objects/00/" + "0" * 64, b"a copy that the unread log may name")
    checked = check_vault(disk, wait_s=0)
    reason = "it cannot be read (Permission denied)"
    assert checked.findings == (Finding("FILE_UNREADABLE", LOG, None, reason),)
    assert (checked.size, checked.head, checked.verdict) == (0, "", "not-checked")
    threats = len(history()[-1].read(LOG).splitlines())
    assert checked.entries == state_of(disk).size - threats


def failing(disk: ModelDisk, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def refusing(good: Callable[..., object]) -> Callable[..., object]:
        def call(found: str, *given: int) -> object:
            if found == name:
                raise PermissionError(errno.EACCES, "Permission denied")
            return good(found, *given)

        return call

    for what in ("open", "read"):
        monkeypatch.setattr(disk, what, refusing(getattr(disk, what)))


def test_originals_quarantine_and_strays_are_looked_at(disk: ModelDisk) -> None:
    originals = [name for name in disk.files() if name.startswith("objects/")]
    disk.drop(originals[0])
    disk.put(object_name("0" * 64), b"x")
    disk.put("note.txt", b"")
    assert [one[:2] for one in codes_in(disk)] == [
        ("OBJECT_MISSING", originals[0]),
        ("STRAY_FILE", "note.txt"),
        ("ORPHAN_OBJECT", object_name("0" * 64)),
    ]


def test_what_a_recovery_named_must_still_be_kept(disk: ModelDisk) -> None:
    append(disk, "threats", TORN)
    give(disk, log_threat)
    assert found_in(disk) == []
    (piece,) = disk.list("quarantine")
    disk.drop(f"quarantine/{piece}")
    assert [one[:2] for one in codes_in(disk)] == [("QUARANTINE_MISSING", f"quarantine/{piece}")]


# A sealed vault


def test_the_inside_of_a_sealed_vault_is_checked_with_the_key_alone() -> None:
    disk = ModelDisk()
    init_sealed(disk)
    give(disk, log_threat, add_files(1))
    size = len(lines_of(disk))
    without = check_vault(disk, wait_s=0)
    assert [found.code for found in without.findings] == ["SEALED_NO_KEY"]
    assert (without.size, without.objects, without.verdict) == (size, 1, "not-checked")
    told: list[tuple[int, int]] = []
    with_key = check_vault(disk, wait_s=0, opening=HERS, progress=lambda *both: told.append(both))
    assert (with_key.findings, with_key.size, with_key.objects) == ((), size, 1)
    assert sum(files for files, _ in told) == 2  # the ciphertext, and what is inside
    lines = sum(size_bytes for files, size_bytes in told if not files)
    assert lines == disk.size(log_name("entries"))
    append(disk, "entries", TORN)
    torn = check_vault(disk, wait_s=0, opening=HERS)
    assert [found.code for found in torn.findings] == ["TORN_TAIL"]
    disk.drop(log_name("entries"))
    assert ("LOG_MISSING", log_name("entries"), None) in codes_in(disk)


def test_a_sealed_log_that_is_shorter_than_acknowledged_is_told() -> None:
    disk = ModelDisk()
    init_sealed(disk)
    give(disk, log_threat)
    name = log_name("entries")
    disk.put(name, disk.read(name)[:-1])
    assert ("LOG_TRUNCATED", name, None) in codes_in(disk)


def test_keys_that_the_owner_did_not_change_are_told() -> None:
    disk = ModelDisk()
    init_sealed(disk)
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        writer.change_keys(Signer.make("stalklog/another/owner"), writer.recipients)
        writer.commit()
    assert "KEYS_UNAPPROVED" in {code for code, _, _ in codes_in(disk)}


def test_a_plain_vault_needs_no_key_and_does_not_mind_one(disk: ModelDisk) -> None:
    assert check_vault(disk, wait_s=0, opening=HERS).findings == ()


def test_a_key_made_for_another_vault_is_told() -> None:
    disk = ModelDisk()
    init_sealed(disk)
    of_this, of_another = Vault(disk).header.line_sha256, "ab" * 32
    assert check_vault(disk, wait_s=0, opening=HERS.for_vault(of_this)).findings == ()
    found = check_vault(disk, wait_s=0, opening=HERS.for_vault(of_another)).findings
    assert found == (
        Finding("VAULT_BAD", HEADER, None, "it is not the one that the key was made for"),
    )


def test_her_key_file_is_missed_only_where_it_should_lie_in_the_vault() -> None:
    disk = ModelDisk()
    init_sealed(disk)
    assert check_vault(disk, wait_s=0, opening=HERS).findings == ()
    assert check_locked(disk, opening=HERS).findings == ()
    found = check_vault(disk, wait_s=0, opening=HERS, is_identity_here=True).findings
    assert [(one.code, one.where) for one in found] == [("KEY_MISSING", IDENTITY)]


def test_an_owner_key_of_somebody_else_is_told_to_who_can_open_it() -> None:
    disk = ModelDisk()
    init_sealed(disk)
    recipients = Vault(disk).header.recipients
    write_owner(disk, Signer.make("stalklog/another/owner"), recipients)
    assert codes_in(disk) == []
    found = check_vault(disk, wait_s=0, opening=HERS).findings
    assert [(one.code, one.where) for one in found] == [("KEYS_UNAPPROVED", OWNER)]


def test_the_changes_of_the_keys_that_the_owner_signed_are_told() -> None:
    disk = ModelDisk()
    init_sealed(disk, ADVOCATE)
    assert check_vault(disk, wait_s=0).key_changes == ()
    owner = read_owner(disk, Vault(disk).header, HERS)
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        planned = writer.change_keys(owner, writer.recipients[:2])
        writer.commit()
    told = check_vault(disk, wait_s=0).key_changes
    assert told is not None
    went = [(change.seq, [one.recipient for one in change.went]) for change in told]
    assert went == [(planned.seq, [ADVOCATE.recipients[0]])]
