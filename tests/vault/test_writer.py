"""What a command adds is on the disk in the format's order, or nothing of it counts."""

from __future__ import annotations

import errno
import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest
from tests.vault.desk import (
    AUTHOR,
    Promise,
    add_files,
    attach,
    init,
    keep_file,
    log_threat,
    note_case,
    run,
    threat,
)
from tests.vault.model_disk import ModelDisk, crash_states
from tests.vault.sealed_desk import ADVOCATE, HERS, RECOVERY, init_sealed, inner_bytes, lines_of

from stalklog.core.hashing import sha256_hex
from stalklog.core.merkle import leaf_hash
from stalklog.core.note import Checkpoint
from stalklog.errors import (
    NoSuchEntryError,
    ReadOnlyVaultError,
    RecordNotValidError,
    StalklogError,
    VaultBusyError,
)
from stalklog.vault.checkpoint import load_note, load_signer
from stalklog.vault.cipher import NotForThisKeyError
from stalklog.vault.keys import read_owner
from stalklog.vault.layout import (
    HEADER,
    LATEST_NOTE,
    RECIPIENTS,
    SIGNER,
    STATE,
    log_name,
    note_name,
    object_name,
    parse_header,
)
from stalklog.vault.log import parse_line
from stalklog.vault.recovery import find_footing
from stalklog.vault.sealed import parse_outer
from stalklog.vault.state import LogState, State, parse_state
from stalklog.vault.vault import Vault
from stalklog.vault.verify import check_vault
from stalklog.vault.writer import Planned, Receipt, Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from stalklog.core.entry import JsonObject
    from stalklog.vault.disk import Held
    from stalklog.vault.layout import Header

DATA = b"a screenshot"
WORDS = threat("I know where you are.")


class Noting(ModelDisk):
    """A disk that notes what is done with it, by the names of files; copies have one name."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[tuple[str, str]] = []

    @classmethod
    def like(cls, other: ModelDisk) -> Noting:
        disk, twin = cls(), other.copy()
        disk.names, disk.durable_names = twin.names, twin.durable_names
        return disk

    def write_at(self, name: str, offset: int, data: bytes) -> None:
        self.done.append(("write", name))
        super().write_at(name, offset, data)

    def sync(self, name: str) -> None:
        self.done.append(("sync", "tmp" if name.startswith("tmp/") else name))
        super().sync(name)

    def sync_folder(self, name: str) -> None:
        self.done.append(("sync", name))
        super().sync_folder(name)

    def rename(self, source: str, target: str) -> None:
        self.done.append(("rename", target))
        super().rename(source, target)

    def truncate(self, name: str, size_bytes: int) -> None:
        self.done.append(("cut", name))
        super().truncate(name, size_bytes)


@cache
def begun() -> ModelDisk:
    """A plain vault with a file in it; not to be changed."""
    disk, promise = ModelDisk(), Promise()
    init(disk, promise)
    run(disk, add_files(1), promise)
    return disk


@cache
def begun_sealed() -> ModelDisk:
    disk = ModelDisk()
    init_sealed(disk)
    return disk


@pytest.fixture
def disk() -> Noting:
    return Noting.like(begun())


@pytest.fixture
def sealed() -> Noting:
    return Noting.like(begun_sealed())


def header_of(disk: ModelDisk) -> Header:
    return parse_header(disk.read(HEADER))


def state_of(disk: ModelDisk) -> State:
    return parse_state(disk.read(STATE), header_of(disk).logs)


def writer_on(disk: ModelDisk) -> Writer:
    header = header_of(disk)
    return Writer(disk, header, find_footing(disk, header), load_signer(disk, header), AUTHOR)


def add(writer: Writer) -> Planned:
    return writer.add("threat.logged", WORDS)


def test_what_was_planned_is_there_once_the_receipt_is(disk: Noting) -> None:
    old, writer = state_of(disk), writer_on(disk)
    evidence, _data = keep_file(writer, "shot.png", DATA)
    planned = [add(writer), add(writer)]
    expected = [Planned("E-0002", 2), Planned("T-0001", 3), Planned("T-0002", 4)]
    assert [evidence, *planned] == ["E-0002", *expected[1:]]
    receipt = writer.commit()
    tail = {
        log: disk.read(log_name(log))[told.size_bytes :].splitlines()
        for log, told in old.logs.items()
    }
    assert {log: len(lines) for log, lines in tail.items() if lines} == {
        "evidence": 1,
        "threats": 2,
    }
    lines = [*tail["evidence"], *tail["threats"]]
    before = old.head
    for line, told in zip(lines, expected, strict=True):
        entry, prev = parse_line(line)
        assert (entry.id, entry.seq, prev) == (told.id, told.seq, before)
        before = sha256_hex(line)
    tree = old.tree()
    for line in lines:
        tree.add(leaf_hash(line))
    assert receipt == Receipt(tuple(expected), before, 5)
    logs = dict(old.logs)
    logs["evidence"] = LogState(disk.size(log_name("evidence")), 2)
    logs["threats"] = LogState(disk.size(log_name("threats")), 2)
    assert state_of(disk) == State(5, before, "threats", logs, tree.nodes)
    note = load_note(disk, header_of(disk))
    assert note == Checkpoint(header_of(disk).origin, 5, tree.root())
    assert disk.read(object_name(hashlib.sha256(DATA).hexdigest())) == DATA


def test_everything_reaches_the_disk_in_the_format_s_order(disk: Noting) -> None:
    writer = writer_on(disk)
    keep_file(writer, "shot.png", DATA)
    add(writer)
    name = object_name(hashlib.sha256(DATA).hexdigest())
    assert not any(found.startswith(("logs", "objects")) for _what, found in disk.done)
    disk.done.clear()
    writer.commit()
    assert disk.done == [
        ("sync", "tmp"),
        ("rename", name),
        ("sync", name.rpartition("/")[0]),
        ("write", log_name("evidence")),
        ("write", log_name("threats")),
        ("sync", log_name("evidence")),
        ("sync", log_name("threats")),
        ("rename", LATEST_NOTE),
        ("sync", "checkpoints"),
        ("rename", STATE),
        ("sync", ""),
    ]


def test_a_writer_says_where_it_stands(disk: Noting) -> None:
    old, writer = state_of(disk), writer_on(disk)
    assert (writer.size, writer.head, writer.makes_notes) == (old.size, old.head, True)
    assert writer.recipients == ()
    add(writer)
    assert writer.size == old.size
    assert writer.head != old.head
    receipt = writer.commit()
    assert (writer.size, writer.head) == (old.size + 1, receipt.head)


def test_one_command_after_another_goes_on(disk: Noting) -> None:
    writer = writer_on(disk)
    ids = []
    for _ in range(3):
        add(writer)
        ids += [planned.id for planned in writer.commit().entries]
    assert ids == ["T-0001", "T-0002", "T-0003"]
    assert find_footing(disk, header_of(disk)).state == state_of(disk)


def test_where_nothing_was_planned_nothing_is_written(disk: Noting) -> None:
    state = state_of(disk)
    assert writer_on(disk).commit() == Receipt((), state.head, state.size)
    assert disk.done == []


def test_what_was_abandoned_leaves_no_trace(disk: Noting) -> None:
    before, state, writer = disk.signature(), state_of(disk), writer_on(disk)
    keep_file(writer, "shot.png", DATA)
    add(writer)
    writer.abandon()
    assert disk.signature() == before
    assert writer.commit() == Receipt((), state.head, state.size)
    assert add(writer) == Planned("T-0001", state.size)


def test_a_record_that_is_not_valid_is_refused_by_its_field(disk: Noting) -> None:
    writer = writer_on(disk)
    with pytest.raises(RecordNotValidError) as caught:
        writer.add("evidence.added", {"sha256": "ab" * 32, "size_bytes": -1})
    assert caught.value.message == (
        "The record is not complete or not valid (size_bytes does not hold what it should). "
        "Nothing was written."
    )
    assert writer.commit().entries == ()


def test_only_what_is_there_can_be_named(disk: Noting) -> None:
    writer = writer_on(disk)
    for evidence, is_there in (("E-0002", False), ("E-0001", True)):
        body: JsonObject = {**WORDS, "evidence": [evidence]}
        if is_there:
            assert writer.add("threat.logged", body).id == "T-0001"
        else:
            with pytest.raises(NoSuchEntryError, match=evidence):
                writer.add("threat.logged", body)


def test_corrections_are_counted_over_all_commands(disk: Noting) -> None:
    writer = writer_on(disk)
    body: JsonObject = {"amends": "E-0001", "set": {"note": "x"}, "reason": "remembered"}
    ids = []
    for _ in range(2):
        ids += [writer.add("entry.amended", body).id, writer.add("entry.amended", body).id]
        writer.commit()
    ids.append(writer_on(disk).add("entry.amended", body).id)
    assert ids == [f"E-0001.{number}" for number in range(1, 6)]


def failing(disk: Noting, monkeypatch: pytest.MonkeyPatch, what: str, name: str) -> None:
    """Have this done to that file fail."""
    good: Callable[..., None] = getattr(disk, what)

    def fail(found: str, *arguments: Any) -> None:  # noqa: ANN401
        if found == name:
            raise OSError(errno.ENOSPC, "no space left")
        good(found, *arguments)

    monkeypatch.setattr(disk, what, fail)


@pytest.mark.parametrize("log", ["evidence", "threats"])
def test_a_command_that_cannot_be_written_whole_is_taken_back(
    disk: Noting, monkeypatch: pytest.MonkeyPatch, log: str
) -> None:
    logs = {name: disk.read(name) for name in map(log_name, ("evidence", "threats"))}
    state, writer = disk.read(STATE), writer_on(disk)
    keep_file(writer, "shot.png", DATA)
    add(writer)
    failing(disk, monkeypatch, "write_at", log_name(log))
    with pytest.raises(OSError, match="no space left"):
        writer.commit()
    assert {name: disk.read(name) for name in logs} == logs
    assert disk.read(STATE) == state


def test_what_was_cut_back_does_not_come_again_with_a_power_cut() -> None:
    """The disk is full at any write; the next command touches another log, and saves."""
    counting = begun().copy()
    run(counting, attach, Promise())
    judged = 0
    for number in range(counting.counts.writes):
        disk = begun().copy()
        disk.faults.write = number
        with pytest.raises(StalklogError, match="saved"):
            run(disk, attach, Promise())
        after = disk.copy()
        run(after, note_case, Promise())
        for state in crash_states(after, limit=12, seed=number):
            judged += 1
            assert check_vault(state, wait_s=0).verdict == "intact"
    assert judged > counting.counts.writes


def test_a_log_that_cannot_be_cut_keeps_no_other_from_it(
    disk: Noting, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = log_name("evidence"), log_name("threats")
    before, writer = disk.read(second), writer_on(disk)
    keep_file(writer, "shot.png", DATA)
    add(writer)
    disk.faults.write = disk.counts.writes + 1  # the second write stops half way
    failing(disk, monkeypatch, "truncate", first)
    with pytest.raises(OSError, match="no space left"):
        writer.commit()
    assert disk.read(second) == before
    assert find_footing(disk, header_of(disk)).state.size == 3  # the whole line is a good one


def test_without_the_signer_adding_works_and_no_note_is_made(disk: Noting) -> None:
    disk.drop(SIGNER)
    note, writer = disk.read(LATEST_NOTE), writer_on(disk)
    assert not writer.makes_notes
    add(writer)
    writer.keep_note()
    assert writer.commit().size == 3
    assert disk.read(LATEST_NOTE) == note
    assert disk.list("checkpoints") == ["latest.note"]


def test_a_note_is_kept_under_the_size_that_it_vouches_for(disk: Noting) -> None:
    writer = writer_on(disk)
    add(writer)
    writer.keep_note()
    assert load_note(disk, header_of(disk), note_name(2)).size == 2
    writer.commit()
    writer.keep_note()
    assert disk.read(note_name(3)) == disk.read(LATEST_NOTE)


def test_what_was_found_is_published_though_nothing_is_added(disk: Noting) -> None:
    note, state = disk.read(LATEST_NOTE), disk.read(STATE)
    disk.drop(LATEST_NOTE)
    disk.drop(STATE)
    disk.put(LATEST_NOTE, note)
    writer_on(disk).publish()
    assert (disk.read(STATE), disk.read(LATEST_NOTE)) == (state, note)


# A sealed vault


def test_only_a_sealed_vault_carries_lines(disk: Noting, sealed: Noting) -> None:
    with pytest.raises(TypeError, match=r"^only a sealed vault carries the lines of a plain one$"):
        writer_on(disk).carry(b"{}", "threats", [])
    writer = writer_on(sealed)
    stored = [writer.store([b"one"]), writer.store([b"two"])]
    assert [one.sha256 for one in stored] == [
        hashlib.sha256(data).hexdigest() for data in (b"one", b"two")
    ]
    assert writer.carry(b"{}", "threats", stored) == Planned("#1", 1)
    writer.commit()
    line = lines_of(sealed)[1]
    assert b'"type":"entry.carried"' in inner_bytes(line)
    assert b'"log":"threats"' in inner_bytes(line)
    names = [f"{sha256[:2]}/{sha256}" for sha256 in objects_of(line)]
    assert len(names) == 2
    assert all(sealed.kind(f"objects/{name}") == "file" for name in names)


def objects_of(line: bytes) -> list[str]:
    return list(parse_outer(line).objects)


def test_a_sealed_original_is_claimed_by_its_evidence_alone(sealed: Noting) -> None:
    writer = writer_on(sealed)
    keep_file(writer, "shot.png", DATA)
    add(writer)
    writer.commit()
    _first, evidence, words = lines_of(sealed)
    assert len(objects_of(evidence)) == 1
    assert objects_of(words) == []


def told_by(writer: Writer) -> tuple[str, ...]:
    return writer.recipients


def test_what_is_added_after_a_change_of_keys_is_sealed_to_the_new_ones(sealed: Noting) -> None:
    old = (HERS.recipients[0], RECOVERY.recipients[0])
    new = (*old, ADVOCATE.recipients[0])
    writer = writer_on(sealed)
    assert told_by(writer) == old
    owner = read_owner(sealed, header_of(sealed), HERS)
    add(writer)
    assert writer.change_keys(owner, new) == Planned("#2", 2)
    add(writer)
    assert told_by(writer) == old
    assert sealed.read(RECIPIENTS).decode().split() == list(old)
    writer.commit()
    assert told_by(writer) == new
    assert sealed.read(RECIPIENTS).decode().split() == list(new)
    _created, before, _change, after = lines_of(sealed)
    assert b"threat.logged" in inner_bytes(after, ADVOCATE)
    with pytest.raises(NotForThisKeyError):
        inner_bytes(before, ADVOCATE)
    assert writer_on(sealed).recipients == new


def test_a_change_of_keys_counts_from_where_its_line_stands(sealed: Noting) -> None:
    """Even where the command was stopped before it said how far it came."""
    before = {name: sealed.read(name) for name in (STATE, LATEST_NOTE, RECIPIENTS)}
    writer = writer_on(sealed)
    new = (*writer.recipients, ADVOCATE.recipients[0])
    writer.change_keys(read_owner(sealed, header_of(sealed), HERS), new)
    writer.commit()
    for name, data in before.items():
        sealed.put(name, data)
    assert writer_on(sealed).recipients == new
    assert sealed.read(RECIPIENTS).decode().split() == list(new)


def test_only_a_place_that_was_given_can_be_named(sealed: Noting) -> None:
    writer = writer_on(sealed)
    body: JsonObject = {**WORDS, "evidence": ["#1"]}
    with pytest.raises(NoSuchEntryError, match="#1"):
        writer.add("threat.logged", body)
    add(writer)
    assert writer.add("threat.logged", body) == Planned("#2", 2)


def test_a_change_of_keys_that_is_abandoned_changes_none(sealed: Noting) -> None:
    writer = writer_on(sealed)
    old = writer.recipients
    owner = read_owner(sealed, header_of(sealed), HERS)
    writer.change_keys(owner, (*old, ADVOCATE.recipients[0]))
    writer.abandon()
    before = sealed.read(RECIPIENTS)
    add(writer)
    writer.commit()
    assert writer.recipients == old
    assert sealed.read(RECIPIENTS) == before
    assert ("rename", RECIPIENTS) not in sealed.done


def test_recipients_that_the_chain_does_not_name_are_refused(sealed: Noting) -> None:
    sealed.put(RECIPIENTS, ADVOCATE.recipients[0].encode() + b"\n")
    with pytest.raises(ReadOnlyVaultError, match=r"\(RECIPIENTS_CHANGED\)"):
        writer_on(sealed)


# Where the lock holds nothing back


class Unlocked(ModelDisk):
    """A disk whose locks everybody gets: some network disks, or where `lock` was removed."""

    def try_lock(self, *, exclusive: bool) -> Held | None:
        super().try_lock(exclusive=exclusive)
        return Mock()


@pytest.mark.parametrize("log", ["the same log", "another log"])
def test_over_anothers_lines_nothing_is_written(log: str) -> None:
    disk, promise = Unlocked(), Promise()
    init(disk, promise)
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        writer.add("threat.logged", WORDS)
        if log == "the same log":
            run(disk, log_threat, promise)
        else:
            run(disk, add_files(1), promise)
        before = disk.files()
        with pytest.raises(VaultBusyError, match="Nothing of this one was saved") as told:
            writer.commit()
        assert "network disk" in told.value.hint
        assert not writer.is_unsure
        assert disk.files() == before
    assert promise.broken_on(disk) is None
    run(disk, log_threat, promise)
    assert check_vault(disk, wait_s=0).verdict == "intact"
    assert promise.broken_on(disk) is None
