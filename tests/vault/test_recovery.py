"""What an interruption left is mended, and what no interruption leaves is touched by nobody."""

from __future__ import annotations

import dataclasses
import hashlib
from functools import cache
from typing import TYPE_CHECKING

import pytest
from tests.vault.desk import Promise, add_files, amend_threat, init, log_threat, recover, run
from tests.vault.model_disk import Inode, ModelDisk
from tests.vault.sealed_desk import init_sealed

from stalklog.core import canonical
from stalklog.core.hashing import sha256_hex
from stalklog.core.merkle import leaf_hash
from stalklog.core.note import Checkpoint, Signer
from stalklog.errors import ReadOnlyVaultError
from stalklog.records.types import LOGS
from stalklog.vault.checkpoint import load_signer
from stalklog.vault.layout import (
    FOLDERS,
    HEADER,
    LATEST_NOTE,
    OBJECT_FOLDERS,
    SEALED_LOGS,
    STATE,
    log_name,
    note_name,
    parse_header,
)
from stalklog.vault.recovery import NOTHING_MORE, Allowed, find_footing, load_state
from stalklog.vault.state import LogState, State, parse_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.vault.model_disk import Special

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.vault.layout import Header
    from stalklog.vault.recovery import Footing

TORN = b'{"torn'
SHA256 = hashlib.sha256(TORN).hexdigest()
LOG = log_name("threats")
ALL = Allowed(sign_anew=True, set_aside=True)


@cache
def history() -> tuple[ModelDisk, ...]:
    """A vault after each of some commands; not to be changed."""
    disk, promise = ModelDisk(), Promise()
    init(disk, promise)
    found = [disk.copy()]
    for command in (log_threat, add_files(1, 2), log_threat, amend_threat):
        run(disk, command, promise)
        found.append(disk.copy())
    return tuple(found)


@pytest.fixture
def disk() -> ModelDisk:
    return history()[-1].copy()


def header_of(disk: ModelDisk) -> Header:
    return parse_header(disk.read(HEADER))


def state_of(disk: ModelDisk) -> State:
    return parse_state(disk.read(STATE))


def append(disk: ModelDisk, log: str, data: bytes) -> None:
    disk.put(log_name(log), disk.read(log_name(log)) + data)


def put_back(disk: ModelDisk, old: ModelDisk, *names: str) -> None:
    for name in names:
        disk.put(name, old.read(name))


def find(disk: ModelDisk, allowed: Allowed = NOTHING_MORE) -> Footing:
    """Where a writer stands; whatever was done to get there is on the disk."""
    footing = find_footing(disk, header_of(disk), allowed)
    nodes = [node for members in disk.names.values() for node in members.values()]
    assert not disk.pending_names
    assert not any(node.pending for node in nodes if isinstance(node, Inode))
    assert footing.tree.nodes == footing.state.frontier
    return footing


def refused(disk: ModelDisk, allowed: Allowed = NOTHING_MORE) -> str:
    """The fault that is named; nothing was touched."""
    before = disk.signature()
    with pytest.raises(ReadOnlyVaultError) as caught:
        find_footing(disk, header_of(disk), allowed)
    assert disk.signature() == before
    return caught.value.message.partition("(")[2].partition(")")[0]


def sign(disk: ModelDisk, name: str, size: int, root: bytes) -> None:
    signer = load_signer(disk, header_of(disk))
    assert signer is not None
    disk.put(name, signer.sign(Checkpoint(header_of(disk).origin, size, root)))


# Where nothing has to be done


@pytest.mark.parametrize("at", range(5))
def test_where_nothing_was_interrupted_nothing_is_done(at: int) -> None:
    disk = history()[at].copy()
    before = disk.counts.operations
    footing = find(disk)
    assert (footing.state, footing.cuts, footing.is_recovered) == (state_of(disk), (), False)
    assert disk.counts.operations == before


def test_what_was_acknowledged_is_what_state_says(disk: ModelDisk) -> None:
    assert load_state(disk) == state_of(disk)
    assert load_state(disk, SEALED_LOGS) is None
    disk.put(STATE, b"no state\n")
    assert load_state(disk) is None
    disk.drop(STATE)
    assert load_state(disk) is None


def test_no_more_of_state_is_read_than_one_may_hold(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []

    def read(*arguments: object) -> bytes:
        asked.append(arguments)
        return b""

    monkeypatch.setattr(disk, "read", read)
    load_state(disk)
    assert asked == [(STATE, 0, 1 << 16)]


# What an interruption leaves


@pytest.mark.parametrize("at", range(4))
def test_good_lines_that_nothing_vouches_for_are_taken(at: int) -> None:
    """The command was stopped before it said how far it came."""
    disk, old = history()[-1].copy(), history()[at]
    put_back(disk, old, STATE, LATEST_NOTE)
    for log in LOGS:  # written, and never synced
        size, data = state_of(old).logs[log].size_bytes, disk.read(log_name(log))
        if size < len(data):
            disk.put(log_name(log), data[:size])
            disk.write_at(log_name(log), size, data[size:])
    footing = find(disk)
    assert footing.state == state_of(history()[-1])
    assert (footing.cuts, footing.is_recovered) == ((), True)
    assert {log: disk.read(log_name(log)) for log in LOGS} == {
        log: history()[-1].read(log_name(log)) for log in LOGS
    }


def test_a_state_that_is_lost_is_found_again(disk: ModelDisk) -> None:
    disk.drop(STATE)
    footing = find(disk)
    assert footing.state == state_of(history()[-1])
    assert (footing.cuts, footing.is_recovered) == ((), True)


@pytest.mark.parametrize("is_state_there", [True, False])
def test_of_a_sealed_vault_the_same_is_found(is_state_there: bool) -> None:
    disk = ModelDisk()
    init_sealed(disk)
    state = parse_state(disk.read(STATE), SEALED_LOGS)
    if not is_state_there:
        disk.drop(STATE)
    footing = find(disk)
    assert (footing.state, footing.is_recovered) == (state, not is_state_there)


@pytest.mark.parametrize("is_state_there", [True, False])
@pytest.mark.parametrize("torn", [TORN, bytes(7)])
def test_a_torn_line_is_moved_to_quarantine_and_told(
    disk: ModelDisk, torn: bytes, is_state_there: bool
) -> None:
    before, offset = disk.read(LOG), disk.size(LOG)
    append(disk, "threats", torn)
    if not is_state_there:
        disk.drop(STATE)
    footing = find(disk)
    digest = hashlib.sha256(torn).hexdigest()
    name = f"quarantine/threats-{offset}-{digest[:16]}"
    assert footing.cuts == (
        {
            "log": "threats",
            "offset": offset,
            "bytes": len(torn),
            "sha256": digest,
            "file": name,
        },
    )
    assert (disk.read(LOG), disk.read(name)) == (before, torn)
    assert (footing.state, footing.is_recovered) == (state_of(history()[-1]), True)


def test_nothing_is_cut_before_it_lies_safe_in_quarantine(disk: ModelDisk) -> None:
    append(disk, "threats", TORN)
    append(disk, "evidence", TORN + b"2")
    steps: list[ModelDisk] = []
    disk.watcher = steps.append
    find(disk)
    assert len(steps) > 6
    for step in steps:
        kept = {
            node.durable
            for members in step.durable_names.values()
            for node in members.values()
            if isinstance(node, Inode)
        }
        for log, torn in (("threats", TORN), ("evidence", TORN + b"2")):
            whole = history()[-1].read(log_name(log)) + torn
            assert whole in kept or torn in kept


def test_what_lies_in_quarantine_already_is_not_copied_again(disk: ModelDisk) -> None:
    name = f"quarantine/threats-{disk.size(LOG)}-{SHA256[:16]}"
    append(disk, "threats", TORN)
    inode = disk.create(name)
    inode.write(TORN)  # and never synced
    disk.sync_folder("quarantine")
    assert [cut["file"] for cut in find(disk).cuts] == [name]
    assert list(disk.names["quarantine"]) == [name.rpartition("/")[2]]


@pytest.mark.parametrize("other", [b"other", "folder", "link"])
def test_what_lies_there_under_such_a_name_stays(disk: ModelDisk, other: bytes | Special) -> None:
    offset = disk.size(LOG)
    short, long = (f"quarantine/threats-{offset}-{part}" for part in (SHA256[:16], SHA256))
    append(disk, "threats", TORN)
    put_there(disk, short, other)
    kind = disk.kind(short)
    cuts = find(disk).cuts
    assert [cut["file"] for cut in cuts] == ([short, long] if other == b"other" else [long])
    assert disk.read(long) == TORN
    assert disk.kind(short) == kind
    if isinstance(other, bytes):
        assert disk.read(short) == other


def put_there(disk: ModelDisk, name: str, other: bytes | Special) -> None:
    if isinstance(other, bytes):
        disk.put(name, other)
    else:
        disk.plant(name, other)


def test_where_every_name_is_taken_nothing_is_cut(disk: ModelDisk) -> None:
    for part in (SHA256[:16], SHA256):
        disk.put(f"quarantine/threats-{disk.size(LOG)}-{part}", b"other")
    append(disk, "threats", TORN)
    assert refused(disk) == "TORN_TAIL"


def test_every_piece_that_no_entry_names_is_told_in_order(disk: ModelDisk) -> None:
    names = [f"threats-7-{SHA256}", f"custody-0-{SHA256[:16]}", f"entries-12-{SHA256[:16]}"]
    for name in names:
        disk.put(f"quarantine/{name}", TORN)
    for name in ("tmp-0", f"threats-7-{SHA256[:15]}", f"x-threats-7-{SHA256}"):
        disk.put(f"quarantine/{name}", TORN)
    disk.plant(f"quarantine/demands-7-{SHA256}", "link")
    disk.plant(f"quarantine/demands-8-{SHA256}", "folder")
    footing = find(disk)
    assert [cut["file"] for cut in footing.cuts] == [f"quarantine/{name}" for name in sorted(names)]
    assert [(cut["log"], cut["offset"]) for cut in footing.cuts] == [
        ("custody", 0),
        ("entries", 12),
        ("threats", 7),
    ]
    assert not footing.is_recovered


@pytest.mark.parametrize("make", [lambda disk: init(disk, Promise()), init_sealed])
def test_what_an_entry_names_is_told_no_more(make: Callable[[ModelDisk], object]) -> None:
    disk = ModelDisk()
    make(disk)
    header = header_of(disk)
    log = header.logs[0]
    append(disk, log, TORN)
    recover(disk)
    assert len(disk.list("quarantine")) == 1
    assert find_footing(disk, header).cuts == ()
    disk.put(f"quarantine/{log}-7-{SHA256}", TORN)
    assert len(find_footing(disk, header).cuts) == 1


def test_what_lies_in_tmp_goes_to_quarantine_and_over_nothing(disk: ModelDisk) -> None:
    disk.put("quarantine/tmp-1", b"older")
    for name in ("a", "b", "c"):
        disk.put(f"tmp/{name}", name.encode())
    footing = find(disk)
    assert disk.list("tmp") == []
    found = {name: disk.read(f"quarantine/{name}") for name in disk.list("quarantine")}
    assert found == {"tmp-0": b"a", "tmp-1": b"older", "tmp-2": b"b", "tmp-3": b"c"}
    assert (footing.cuts, footing.is_recovered) == ((), False)


@pytest.mark.parametrize("folder", ["tmp", "quarantine", "objects/3f"])
def test_a_folder_that_a_copy_left_out_is_made_again(disk: ModelDisk, folder: str) -> None:
    for name in disk.list(folder):
        disk.drop(f"{folder}/{name}")
    disk.drop(folder)
    before = disk.counts.operations
    find(disk)
    assert disk.kind(folder) == "folder"
    assert disk.counts.operations == before + 2  # made, and its name synced


def test_where_all_originals_are_gone_their_folders_are_made_again(disk: ModelDisk) -> None:
    for folder in (*OBJECT_FOLDERS, "objects"):
        disk.drop(folder)
    find(disk)
    assert all(disk.kind(folder) == "folder" for folder in (*FOLDERS, *OBJECT_FOLDERS))


# What no interruption leaves


def test_what_to_do_is_told_and_that_nothing_was_changed(disk: ModelDisk) -> None:
    disk.drop(LOG)
    with pytest.raises(ReadOnlyVaultError) as caught:
        find_footing(disk, header_of(disk))
    assert caught.value.message == (
        "The vault is damaged (LOG_MISSING) and can only be read. Nothing was changed."
    )
    assert "stalklog verify" in caught.value.hint
    assert "stalklog repair" in caught.value.hint


@pytest.mark.parametrize("allowed", [NOTHING_MORE, ALL])
@pytest.mark.parametrize("log", LOGS)
def test_a_log_that_is_gone_or_no_file_is_refused(
    disk: ModelDisk, log: str, allowed: Allowed
) -> None:
    disk.drop(log_name(log))
    assert refused(disk, allowed) == "LOG_MISSING"
    disk.plant(log_name(log), "folder")
    assert refused(disk, allowed) == "LOG_NOT_FILE"


def log_of_last(disk: ModelDisk) -> str:
    return state_of(disk).last_log


def with_state(disk: ModelDisk, **sizes: int) -> None:
    """Have `state` say that these logs are so long."""
    state = state_of(disk)
    logs = {
        log: LogState(sizes.get(log, told.size_bytes), told.last)
        for log, told in state.logs.items()
    }
    disk.put(STATE, dataclasses.replace(state, logs=logs).to_bytes())


@pytest.mark.parametrize("allowed", [NOTHING_MORE, ALL])
def test_a_log_shorter_than_what_was_acknowledged_is_refused(
    disk: ModelDisk, allowed: Allowed
) -> None:
    disk.put(LOG, disk.read(LOG)[:-1])
    assert refused(disk, allowed) == "LOG_TRUNCATED"


def test_a_log_in_which_no_line_ends_where_state_says_is_refused(disk: ModelDisk) -> None:
    with_state(disk, evidence=disk.size(log_name("evidence")) - 1)
    assert refused(disk, ALL) == "NOT_JSON"


def test_another_last_line_than_state_names_is_refused(disk: ModelDisk) -> None:
    name = log_name(log_of_last(disk))
    disk.put(name, disk.read(name).replace(b"remembered later", b"remembered never"))
    assert refused(disk, ALL) == "CHAIN_BROKEN"


def test_a_last_line_that_has_no_end_is_refused(disk: ModelDisk) -> None:
    log = log_of_last(disk)
    with_state(disk, **{log: 0})
    assert refused(disk, ALL) == "CHAIN_BROKEN"


@pytest.mark.parametrize("allowed", [NOTHING_MORE, ALL])
@pytest.mark.parametrize("name", [LATEST_NOTE, note_name(99)])
def test_a_note_of_more_entries_than_there_are_is_refused(
    disk: ModelDisk, name: str, allowed: Allowed
) -> None:
    sign(disk, name, state_of(disk).size + 1, bytes(32))
    assert refused(disk, allowed) == "CHECKPOINT_AHEAD"


@pytest.mark.parametrize("allowed", [NOTHING_MORE, ALL])
@pytest.mark.parametrize("name", [LATEST_NOTE, note_name(99)])
def test_a_note_of_other_entries_is_refused(disk: ModelDisk, name: str, allowed: Allowed) -> None:
    sign(disk, name, state_of(disk).size, bytes(32))
    assert refused(disk, allowed) == "CHECKPOINT_WRONG_ROOT"


@pytest.mark.parametrize("name", [LATEST_NOTE, note_name(99)])
def test_a_note_is_held_against_the_lines_past_state(disk: ModelDisk, name: str) -> None:
    size, old = state_of(disk).size, history()[1]
    put_back(disk, old, STATE, LATEST_NOTE)
    base = state_of(old)
    roots = {}
    for later in history()[1:]:
        state = state_of(later)
        roots[state.size] = state.tree().root()
    assert list(roots) == [base.size, base.size + 2, base.size + 3, size]
    for at, root in roots.items():
        sign(disk, name, at, root)
        assert find(disk.copy()).state.size == size
        sign(disk, name, at, bytes(32))
        assert refused(disk) == "CHECKPOINT_WRONG_ROOT"
    sign(disk, name, base.size - 1, bytes(32))  # below `state` nothing is known of it here
    assert find(disk).state.size == size


def test_a_kept_note_that_is_none_is_passed_over(disk: ModelDisk) -> None:
    for name in (note_name(7), note_name(99), "checkpoints/x99.note", "checkpoints/99.notes"):
        disk.put(name, b"no note")
    origin = header_of(disk).origin
    disk.put(note_name(98), Signer(origin, bytes(32)).sign(Checkpoint(origin, 98, bytes(32))))
    assert not find(disk).is_recovered


def test_a_kept_note_is_read_by_its_number(disk: ModelDisk) -> None:
    """One that is named below `state` was held against the chain when it was kept."""
    size = state_of(disk).size
    sign(disk, note_name(size - 1), size, bytes(32))
    assert not find(disk).is_recovered
    sign(disk, note_name(size), size, bytes(32))
    assert refused(disk) == "CHECKPOINT_WRONG_ROOT"


@pytest.mark.parametrize(
    ("note", "fault"),
    [
        (b"", "CHECKPOINT_BAD_FORMAT"),
        (None, "CHECKPOINT_BAD_FORMAT"),
        ("another", "CHECKPOINT_BAD_SIGNATURE"),
    ],
)
def test_only_who_says_yes_has_the_tree_signed_anew(
    disk: ModelDisk, note: bytes | str | None, fault: str
) -> None:
    disk.drop(LATEST_NOTE)
    if note == "another":
        origin = header_of(disk).origin
        disk.put(LATEST_NOTE, Signer(origin, bytes(32)).sign(Checkpoint(origin, 1, bytes(32))))
    elif isinstance(note, bytes):
        disk.put(LATEST_NOTE, note)
    assert refused(disk) == fault
    assert refused(disk, Allowed(set_aside=True)) == fault
    footing = find(disk, Allowed(sign_anew=True))
    assert (footing.state, footing.cuts, footing.is_recovered) == (state_of(disk), (), True)


def whole_line(disk: ModelDisk, **fields: JsonValue) -> bytes:
    """An entry of another chain."""
    line = disk.read(LOG).splitlines()[0]
    return canonical.encode(canonical.decode(line) | fields) + b"\n"


@pytest.mark.parametrize("is_state_there", [True, False])
def test_only_who_says_yes_has_whole_lines_set_aside(disk: ModelDisk, is_state_there: bool) -> None:
    before, line = disk.read(LOG), whole_line(disk, seq=state_of(disk).size)
    append(disk, "threats", line)
    if not is_state_there:
        disk.drop(STATE)
    assert refused(disk) == "CHAIN_BROKEN"
    assert refused(disk, Allowed(sign_anew=True)) == "CHAIN_BROKEN"
    footing = find(disk, Allowed(set_aside=True))
    assert [cut["bytes"] for cut in footing.cuts] == [len(line)]
    assert (disk.read(LOG), footing.is_recovered) == (before, True)


@pytest.mark.parametrize("rest", [b"no entry\n", b"no entry\n\0", b"\0\n\0", b"\n"])
def test_without_state_a_whole_line_is_no_torn_one(disk: ModelDisk, rest: bytes) -> None:
    append(disk, "threats", rest)
    with_it = disk.copy()
    assert len(find(with_it).cuts) == 1
    disk.drop(STATE)
    assert refused(disk) == "STATE_BAD"
    assert len(find(disk, Allowed(set_aside=True)).cuts) == 1


# What the entries say of quarantine


def custody(disk: ModelDisk, line: bytes) -> None:
    """Have one line more in the log of custody, acknowledged."""
    state, data = state_of(disk), disk.read(log_name("custody")) + line + b"\n"
    tree = state.tree()
    tree.add(leaf_hash(line))
    logs = {**state.logs, "custody": LogState(len(data), state.logs["custody"].last + 1)}
    disk.put(log_name("custody"), data)
    told = State(state.size + 1, sha256_hex(line), "custody", logs, tree.nodes)
    disk.put(STATE, told.to_bytes())
    sign(disk, LATEST_NOTE, told.size, tree.root())


def recovery_line(body: JsonObject | None) -> bytes:
    return canonical.encode({"body": body, "type": "recovery.done"})


NAME = f"custody-0-{SHA256[:16]}"
NAMED: JsonObject = {"file": f"quarantine/{NAME}", "sha256": SHA256}


@pytest.mark.parametrize(
    ("body", "is_named"),
    [
        ({"cut": [NAMED]}, True),
        ({"cut": [{}, "x", {"file": 1}, NAMED]}, True),
        ({"cut": [{"file": NAME}]}, True),
        ({"cut": [{"file": f"quarantine/{NAME}0"}]}, False),
        ({"cut": NAMED}, False),
        ({"cut": None}, False),
        ({}, False),
        (None, False),
    ],
)
def test_a_recovery_names_pieces_as_well_as_it_can(
    disk: ModelDisk, body: JsonObject | None, is_named: bool
) -> None:
    disk.put(f"quarantine/{NAME}", TORN)
    custody(disk, recovery_line(body))
    assert [cut["file"] for cut in find(disk).cuts] == ([] if is_named else [f"quarantine/{NAME}"])


def test_only_a_recovery_is_asked(disk: ModelDisk) -> None:
    disk.put(f"quarantine/{NAME}", TORN)
    custody(disk, canonical.encode({"body": {"cut": [NAMED]}, "type": "case.noted"}))
    custody(disk, b"no entry")
    custody(disk, recovery_line({"cut": []}))
    assert len(find(disk).cuts) == 1


def test_what_is_torn_off_a_recovery_is_only_torn(disk: ModelDisk) -> None:
    append(disk, "custody", b'{"type":"recovery.done"')
    assert [cut["log"] for cut in find(disk).cuts] == ["custody"]


def test_a_recovery_that_cannot_be_read_is_refused(disk: ModelDisk) -> None:
    custody(disk, b'{"type":"recovery.done"')
    custody(disk, b"{}")
    before = disk.copy()
    assert find(before).cuts == ()  # nobody has to ask it
    disk.put(f"quarantine/{NAME}", TORN)
    assert refused(disk) == "NOT_JSON"
    disk.drop(f"quarantine/{NAME}")
    append(disk, "threats", TORN)
    assert refused(disk) == "NOT_JSON"
