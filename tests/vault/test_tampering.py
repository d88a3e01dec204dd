"""Whatever is changed in a vault is found, and called by its right name."""

from __future__ import annotations

import errno
import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING, Final

import pytest
import rfc8785
from tests.vault.campaign import IS_LONG
from tests.vault.desk import (
    Promise,
    add_files,
    amend_threat,
    attach,
    demand,
    init,
    log_threat,
    note_case,
    run,
    withdraw_threat,
)
from tests.vault.model_disk import Inode, ModelDisk

from stalklog.errors import StalklogError, VaultError
from stalklog.records.types import LOGS
from stalklog.vault.layout import HEADER, LATEST_NOTE, STATE, log_name
from stalklog.vault.vault import load_header
from stalklog.vault.verify import Expectation, check_vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.vault.model_disk import Special

    from stalklog.vault.disk import Reading
    from stalklog.vault.verify import Verification

BITS: Final = range(8) if IS_LONG else (None,)
"""Which bits of each byte are flipped; None for one of the eight, by the byte's place."""

# Which names are right for which change. A line whose form is broken is named by that; a line that
# is still an entry is named by the field, or by the chain: by the next line's `prev`, or, where it
# is the last one, by the note.
CHAIN: Final = frozenset({"CHAIN_BROKEN", "CHECKPOINT_WRONG_ROOT"})
SEQ: Final = frozenset({"SEQ_GAP", "SEQ_REPEAT", "SEQ_BACKWARDS"})
RIGHT_FOR_FIELD: Final = {
    "v": frozenset({"SCHEMA_BAD"}),
    "seq": SEQ,
    "prev": frozenset({"CHAIN_BROKEN", "SCHEMA_BAD"}),
    "log": frozenset({"WRONG_LOG", "SCHEMA_BAD"}),
    "id": frozenset({"ID_BAD", "ID_REPEAT"}),
    "type": frozenset({"UNKNOWN_TYPE"}),
    "at": CHAIN | {"SCHEMA_BAD"},
    "tz": CHAIN | {"SCHEMA_BAD"},
    "salt": CHAIN | {"SCHEMA_BAD"},
    "by": CHAIN,
    "tool": CHAIN,
    "body": CHAIN
    | {"SCHEMA_BAD", "ID_BAD", "REF_DANGLING", "OBJECT_MISSING", "OBJECT_SIZE"}
    | {"QUARANTINE_MISSING", "QUARANTINE_CHANGED"},
}
RIGHT_FOR_HEADER: Final = CHAIN | {
    "VAULT_BAD",
    "CHECKPOINT_BAD_FORMAT",
    "CHECKPOINT_BAD_SIGNATURE",
}
CONSEQUENCES: Final = (
    CHAIN | SEQ | {"REF_DANGLING", "OBJECT_MISSING", "CHECKPOINT_AHEAD", "LOG_TRUNCATED"}
)
"""What may be named besides, because a damaged line is missing elsewhere."""


@cache
def filled() -> ModelDisk:
    """A vault of 24 entries over all logs, five originals among them; not to be changed."""
    disk, promise = ModelDisk(), Promise()
    init(disk, promise)
    for command in (
        log_threat,
        add_files(1, 2),
        note_case,
        attach,
        amend_threat,
        demand,
        add_files(3),
        log_threat,
        withdraw_threat,
        attach,
        log_threat,
        amend_threat,
        add_files(4),
        demand,
        note_case,
        add_files(1),
        log_threat,
        attach,
        demand,
    ):
        run(disk, command, promise)
    assert faults_of(disk) == frozenset()
    return disk


def faults(checked: Verification) -> frozenset[str]:
    return frozenset(found.code for found in checked.findings if found.severity == "fault")


def faults_of(disk: ModelDisk) -> frozenset[str]:
    checked = check_vault(disk, wait_s=0)
    found = faults(checked)
    assert checked.verdict == ("damaged" if found else "intact")
    return found


class Tampered:
    """A copy of the filled vault, of which one file at a time is changed and put back."""

    def __init__(self) -> None:
        self.disk = filled().copy()

    def faults(self, name: str, content: bytes) -> frozenset[str]:
        node = self.disk.names[name.rpartition("/")[0]][name.rpartition("/")[2]]
        assert isinstance(node, Inode)
        good, node.cache = node.cache, content
        try:
            return faults_of(self.disk)
        finally:
            node.cache = good


def flips(content: bytes) -> Iterator[bytes]:
    for at, byte in enumerate(content):
        for bit in BITS:
            flipped = byte ^ 1 << (bit if bit is not None else (at * 5 + 3) % 8)
            yield content[:at] + bytes([flipped]) + content[at + 1 :]


def right_for_line(
    line: bytes, before: bytes | None, by_field: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    """Which names are right for a changed line: judged without the code that is tested."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return frozenset({"NOT_UTF8"})
    try:
        value = json.loads(text, object_pairs_hook=_pairs)
    except _RepeatedError:
        return frozenset({"DUPLICATE_KEY"})
    except ValueError:
        return frozenset({"NOT_JSON"})
    if not isinstance(value, dict) or rfc8785.dumps(value) != line:
        return frozenset({"NOT_CANONICAL", "NOT_JSON"})
    was = json.loads(before) if before else {}
    changed = {key for key in value.keys() | was.keys() if value.get(key) != was.get(key)}
    known = [by_field[key] for key in changed if key in by_field and key in value]
    if len(known) < len(changed):
        return frozenset({"SCHEMA_BAD", "NOT_CANONICAL"})  # a key was changed
    return frozenset().union(*known)


class _RepeatedError(Exception):
    pass


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) < len(pairs):
        raise _RepeatedError
    return dict(pairs)


def wrongly_named(
    good: bytes,
    changed: bytes,
    found: frozenset[str],
    by_field: Mapping[str, frozenset[str]] = RIGHT_FOR_FIELD,
) -> str | None:
    """Why these names are wrong for that change of a log; None where they are right."""
    before, after = good.split(b"\n"), changed.split(b"\n")
    rights: list[frozenset[str]] = []
    for number, line in enumerate(after):
        if line and line not in before:
            was = before[number] if len(before) == len(after) else None
            rights.append(right_for_line(line, was, by_field))
    missing = [sorted(right) for right in rights if not right & found]
    other = found - CONSEQUENCES - frozenset().union(*rights)
    if missing or other or not found:
        return f"{sorted(found)} instead of {[sorted(right) for right in rights]}"
    return None


@pytest.mark.parametrize("log", LOGS)
def test_every_flipped_byte_of_a_log_is_found(
    log: str, record_property: Callable[[str, object], None]
) -> None:
    tampered, good, count = Tampered(), filled().read(log_name(log)), 0
    for changed in flips(good):
        wrong = wrongly_named(good, changed, tampered.faults(log_name(log), changed))
        assert wrong is None, (wrong, changed)
        count += 1
    record_property("tamperings", count)


def test_every_flipped_byte_of_vault_is_found(
    record_property: Callable[[str, object], None],
) -> None:
    tampered, good, count = Tampered(), filled().read(HEADER), 0
    for changed in flips(good):
        found = tampered.faults(HEADER, changed)
        assert found, changed
        assert found <= RIGHT_FOR_HEADER, (found, changed)
        count += 1
    record_property("tamperings", count)


def lines_of(log: str) -> list[bytes]:
    return filled().read(log_name(log)).splitlines(keepends=True)


def every_line() -> Iterator[tuple[str, list[bytes], int]]:
    for log in LOGS:
        lines = lines_of(log)
        for number in range(len(lines)):
            yield log, lines, number


def test_every_deleted_line_is_found(record_property: Callable[[str, object], None]) -> None:
    tampered, count = Tampered(), 0
    for log, lines, number in every_line():
        found = tampered.faults(log_name(log), b"".join(lines[:number] + lines[number + 1 :]))
        assert found & {"SEQ_GAP", "LOG_TRUNCATED", "CHECKPOINT_AHEAD"}, (log, number, found)
        count += 1
    record_property("tamperings", count)


def test_every_doubled_line_is_found(record_property: Callable[[str, object], None]) -> None:
    tampered, count = Tampered(), 0
    for log, lines, number in every_line():
        for place in {number + 1, len(lines)}:
            changed = [*lines[:place], lines[number], *lines[place:]]
            found = tampered.faults(log_name(log), b"".join(changed))
            assert "SEQ_REPEAT" in found, (log, number, place, found)
            assert "NOT_JSON" not in found, (log, number, place, found)
            count += 1
    record_property("tamperings", count)


def test_every_swapped_pair_is_found(record_property: Callable[[str, object], None]) -> None:
    tampered, count = Tampered(), 0
    for log, lines, number in every_line():
        if number:
            changed = lines.copy()
            changed[number - 1], changed[number] = changed[number], changed[number - 1]
            found = tampered.faults(log_name(log), b"".join(changed))
            assert "SEQ_BACKWARDS" in found, (log, number, found)
            count += 1
    record_property("tamperings", count)


def seq_of(line: bytes) -> int:
    seq: int = json.loads(line)["seq"]
    return seq


def test_every_line_moved_to_another_log_is_found(
    record_property: Callable[[str, object], None],
) -> None:
    """In its place by `seq`, or at the end, where a whole line that repeats is named so too."""
    count = 0
    for log, lines, number in every_line():
        for other in LOGS:
            if other == log:
                continue
            disk = filled().copy()
            disk.put(log_name(log), b"".join(lines[:number] + lines[number + 1 :]))
            there: list[bytes] = [*lines_of(other), lines[number]]
            in_order: list[bytes] = sorted(there, key=seq_of)
            disk.put(log_name(other), b"".join(there))
            assert faults_of(disk) & {"WRONG_LOG", "SEQ_REPEAT"}, (log, number, other)
            disk.put(log_name(other), b"".join(in_order))
            found = faults_of(disk)
            assert "WRONG_LOG" in found or there == in_order, (log, number, other, found)
            assert "NOT_JSON" not in found, (log, number, other, found)
            count += 2
    record_property("tamperings", count)


@pytest.mark.parametrize("log", LOGS)
def test_a_log_cut_at_any_byte_is_found(
    log: str, record_property: Callable[[str, object], None]
) -> None:
    """At every byte near the end of a line, and at every fourth elsewhere; all if long."""
    tampered, good, count = Tampered(), filled().read(log_name(log)), 0
    for length in range(len(good)):
        if length % 4 and not IS_LONG and b"\n" not in good[length - 2 : length + 3]:
            continue
        assert "LOG_TRUNCATED" in tampered.faults(log_name(log), good[:length]), length
        count += 1
    record_property("tamperings", count)


def test_bytes_put_behind_a_log_are_torn_or_a_fault(
    record_property: Callable[[str, object], None],
) -> None:
    """What an interruption can leave is a warning; a whole line that contradicts is a fault."""
    tampered = Tampered()
    last = max((line for log in LOGS for line in lines_of(log)), key=seq_of)
    value = json.loads(last)
    log = value["log"]
    good = filled().read(log_name(log))
    value |= {"seq": value["seq"] + 1, "id": "T-0999"}
    against = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    torn = (b"\0" * 50, last[:-30], b"\0" * 50 + last[50:], b"garbage\n", b"\xff\n")
    for tail in torn:
        assert tampered.faults(log_name(log), good + tail) == frozenset(), tail
    assert "SEQ_REPEAT" in tampered.faults(log_name(log), good + last)
    assert "CHAIN_BROKEN" in tampered.faults(log_name(log), good + against.encode() + b"\n")
    record_property("tamperings", len(torn) + 2)


@pytest.mark.parametrize(
    ("special", "code"),
    [("link", "LOG_NOT_FILE"), ("folder", "LOG_NOT_FILE"), ("other", "LOG_NOT_FILE")],
)
def test_a_log_that_is_no_file_is_found(special: Special, code: str) -> None:
    for log in LOGS:
        disk = filled().copy()
        disk.plant(log_name(log), special)
        assert code in faults_of(disk)


def test_a_log_that_is_missing_is_found() -> None:
    for log in LOGS:
        disk = filled().copy()
        disk.drop(log_name(log))
        assert "LOG_MISSING" in faults_of(disk)
        with pytest.raises(StalklogError):
            run(disk, log_threat, Promise())
        assert disk.kind(log_name(log)) is None


def test_vault_that_is_missing_or_no_file_is_found() -> None:
    disk = filled().copy()
    disk.drop(HEADER)
    assert "VAULT_BAD" in faults_of(disk)
    disk.plant(HEADER, "link")
    assert "VAULT_BAD" in faults_of(disk)


@pytest.mark.parametrize("number", ["9" * 5_000, "0", "२"])
def test_a_format_with_a_number_that_is_none_is_found(number: str) -> None:
    disk = filled().copy()
    named = disk.read(HEADER).replace(b"stalklog-vault/1", f"stalklog-vault/{number}".encode())
    disk.put(HEADER, named)
    assert "VAULT_BAD" in faults_of(disk)
    with pytest.raises(VaultError, match="VAULT_BAD"):
        load_header(disk)


def test_every_changed_object_is_found(record_property: Callable[[str, object], None]) -> None:
    names = [name for name in filled().files() if name.startswith("objects/")]
    tampered, count = Tampered(), 0
    for name in names:
        good = filled().read(name)
        for changed in (good[:-1], good + b"x", b""):
            assert tampered.faults(name, changed) == {"OBJECT_SIZE"}
        for changed in flips(good):
            assert tampered.faults(name, changed) == {"OBJECT_CHANGED"}
            count += 1
        for special in ("folder", "link", "other"):
            disk = filled().copy()
            disk.plant(name, special)
            assert faults_of(disk) == {"OBJECT_NOT_FILE"}
        disk = filled().copy()
        disk.drop(name)
        assert faults_of(disk) == {"OBJECT_MISSING"}
        count += 7
    assert len(names) == 5
    record_property("tamperings", count)


def test_every_flipped_byte_of_state_is_a_warning_and_nothing_is_lost(
    record_property: Callable[[str, object], None],
) -> None:
    good, count = filled().read(STATE), 0
    for changed in flips(good):
        disk = filled().copy()
        disk.put(STATE, changed)
        checked = check_vault(disk, wait_s=0)
        assert checked.verdict == "intact"
        assert [found.code for found in checked.findings] == ["STATE_BAD"]
        count += 1
    record_property("tamperings", count)


def test_every_flipped_byte_of_the_note_is_found(
    record_property: Callable[[str, object], None],
) -> None:
    tampered, good, count = Tampered(), filled().read(LATEST_NOTE), 0
    for changed in flips(good):
        found = tampered.faults(LATEST_NOTE, changed)
        assert found in (
            {"CHECKPOINT_BAD_FORMAT"},
            {"CHECKPOINT_BAD_SIGNATURE"},
        ), (found, changed)
        count += 1
    record_property("tamperings", count)


def test_a_missing_note_is_found_and_nothing_is_added() -> None:
    disk = filled().copy()
    disk.drop(LATEST_NOTE)
    assert faults_of(disk) == {"CHECKPOINT_BAD_FORMAT"}
    before = disk.files()
    with pytest.raises(StalklogError):
        run(disk, log_threat, Promise())
    assert {name: disk.files()[name] for name in before} == before


# Older copies put back: `old` is the vault three commands ago.


@cache
def old_and_new() -> tuple[ModelDisk, ModelDisk]:
    old, promise = filled(), Promise()
    new = old.copy()
    for command in (attach, demand, log_threat):
        run(new, command, promise)
    return old, new


def put_back(*names: str) -> ModelDisk:
    old, new = old_and_new()
    disk = new.copy()
    for name in names:
        disk.put(name, old.read(name))
    return disk


ALL_LOGS: Final = tuple(log_name(log) for log in LOGS)
CHANGED_LOGS: Final = tuple(log_name(log) for log in ("evidence", "contacts", "demands", "threats"))


@pytest.mark.parametrize("names", [(STATE,), (LATEST_NOTE,), (STATE, LATEST_NOTE)])
def test_an_old_state_or_note_loses_nothing(names: tuple[str, ...]) -> None:
    disk = put_back(*names)
    assert faults_of(disk) == frozenset()
    new = old_and_new()[1]
    run(disk, log_threat, Promise())
    for name in ALL_LOGS:
        assert disk.read(name).startswith(new.read(name))
    assert faults_of(disk) == frozenset()


@pytest.mark.parametrize("name", CHANGED_LOGS)
def test_an_old_log_is_found(name: str) -> None:
    assert "LOG_TRUNCATED" in faults_of(put_back(name))
    assert "LOG_TRUNCATED" in faults_of(put_back(name, LATEST_NOTE))
    assert faults_of(put_back(name, STATE)) & {"SEQ_GAP", "CHECKPOINT_AHEAD", "CHAIN_BROKEN"}


def test_old_logs_with_a_newer_note_are_found() -> None:
    assert faults_of(put_back(*ALL_LOGS, STATE)) == {"CHECKPOINT_AHEAD"}
    disk = put_back(*ALL_LOGS, STATE)
    before = disk.files()
    with pytest.raises(StalklogError, match="CHECKPOINT_AHEAD"):
        run(disk, log_threat, Promise())
    assert {name: disk.files()[name] for name in before} == before


def test_old_logs_with_a_newer_state_are_found() -> None:
    assert "LOG_TRUNCATED" in faults_of(put_back(*ALL_LOGS, LATEST_NOTE))


def test_a_whole_old_copy_is_found_by_a_kept_head_alone() -> None:
    kept = check_vault(old_and_new()[1], wait_s=0)
    rolled_back = put_back(*ALL_LOGS, STATE, LATEST_NOTE)
    unaware = check_vault(rolled_back, wait_s=0)
    assert (unaware.verdict, unaware.completeness) == ("intact", "not-checked")
    aware = check_vault(rolled_back, expect=Expectation(kept.size, kept.head), wait_s=0)
    assert faults(aware) == {"HEAD_NOT_EXPECTED"}
    assert (aware.verdict, aware.completeness) == ("damaged", "checked")


def test_every_head_ever_given_can_be_expected() -> None:
    disk, promise = filled(), Promise()
    for log in LOGS:
        for line in lines_of(log):
            promise.lines[json.loads(line)["seq"]] = (log, line)
    for seq, (_log, line) in promise.lines.items():
        head = hashlib.sha256(line[:-1]).hexdigest()
        right = check_vault(disk, expect=Expectation(seq + 1, head), wait_s=0)
        assert (right.verdict, right.completeness) == ("intact", "checked")
        for size, other in ((seq + 1, "0" * 64), (seq + 2, head), (seq, head)):
            wrong = check_vault(disk, expect=Expectation(size, other), wait_s=0)
            assert faults(wrong) == {"HEAD_NOT_EXPECTED"}


def test_a_cut_tail_with_old_bounds_is_found_by_a_kept_head_alone() -> None:
    """Who holds an old `state` and an old note can cut what came after: the format says so."""
    kept = check_vault(old_and_new()[1], wait_s=0)
    disk = put_back(*ALL_LOGS, STATE, LATEST_NOTE)
    run(disk, log_threat, Promise())
    assert faults_of(disk) == frozenset()
    aware = check_vault(disk, expect=Expectation(kept.size, kept.head), wait_s=0)
    assert aware.verdict == "damaged"


def test_a_last_line_rewritten_with_its_state_is_found_by_the_note() -> None:
    """Whoever can write every file but cannot sign: the note's root betrays the new line."""
    old, _new = old_and_new()
    disk = old.copy()
    name = log_name("demands")
    lines = disk.read(name).splitlines(keepends=True)
    changed = lines[-1].replace(b"Do not contact me", b"Do contact me not")
    assert changed != lines[-1]
    disk.put(name, b"".join([*lines[:-1], changed]))
    disk.drop(STATE)
    assert faults_of(disk) == {"CHECKPOINT_WRONG_ROOT"}
    with pytest.raises(StalklogError, match="CHECKPOINT_WRONG_ROOT"):
        run(disk, log_threat, Promise())


@pytest.mark.parametrize("change", ["withdrawal", "record"])
def test_an_id_that_its_type_does_not_have_is_found(change: str) -> None:
    """All else fits, as for whoever holds the signer key and has rewritten state and note."""
    disk, promise = ModelDisk(), Promise()
    init(disk, promise)
    run(disk, log_threat, promise)
    run(disk, log_threat if change == "record" else withdraw_threat, promise)
    name = log_name("threats")
    first, last = disk.read(name).splitlines(keepends=True)
    wrong = {"record": (b'"id":"T-0002"', b'"id":"T-0001.1"')}.get(
        change, (b'"id":"T-0001.1"', b'"id":"T-0002.1"')
    )
    changed = last.replace(*wrong)
    assert changed != last
    disk.put(name, first + changed)
    found = faults_of(disk)
    assert "ID_BAD" in found
    disk.drop(STATE)
    with pytest.raises(StalklogError, match="damaged"):
        run(disk, log_threat, Promise())


@pytest.mark.parametrize("folder", ["tmp", "quarantine", "objects/7a"])
def test_a_folder_that_a_copy_left_out_is_told_and_made_again(folder: str) -> None:
    disk, promise = ModelDisk(), Promise()
    init(disk, promise)
    run(disk, log_threat, promise)
    parent, _, name = folder.rpartition("/")
    del disk.names[parent][name]
    del disk.names[folder]
    checked = check_vault(disk, wait_s=0)
    told = [(found.code, found.where) for found in checked.findings]
    assert (checked.verdict, told) == ("intact", [("FOLDER_MISSING", folder)])
    run(disk, add_files(*range(1, 40)), promise)
    assert check_vault(disk, wait_s=0).findings == ()


class FailingDisk(ModelDisk):
    """A copy of which one name cannot be read."""

    failing = "nothing"

    def open(self, name: str) -> Reading:
        if name == self.failing:
            raise PermissionError(errno.EACCES, "no right")
        return super().open(name)

    def list(self, folder: str) -> list[str]:
        if folder == self.failing:
            raise PermissionError(errno.EACCES, "no right")
        return super().list(folder)


@pytest.mark.parametrize("name", [log_name("threats"), "objects/7a", "quarantine", "checkpoints"])
def test_what_cannot_be_read_is_not_checked_and_not_called_damaged(name: str) -> None:
    disk, promise = FailingDisk(), Promise()
    init(disk, promise)
    run(disk, log_threat, promise)
    disk.failing = name
    checked = check_vault(disk, wait_s=0)
    told = [(found.code, found.where) for found in checked.findings]
    assert (checked.verdict, told) == ("not-checked", [("FILE_UNREADABLE", name)])
