"""No crash loses what a sealed vault gave a receipt for, nor the way to read it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

import pytest
from tests.vault.campaign import (
    IS_LONG,
    Scenario,
    Tally,
    disk_is_full,
    killed,
    killed_then_power_fails,
    power_fails,
    sync_fails,
)
from tests.vault.desk import (
    AUTHOR,
    Promise,
    add_files,
    amend_threat,
    attach,
    demand,
    log_threat,
    make_report,
    note_case,
    one_more,
    repair,
    withdraw_threat,
)
from tests.vault.model_disk import ModelDisk, crash_states, power_loss
from tests.vault.scenarios import crashed_in, different
from tests.vault.scenarios import furnished as furnished_plain
from tests.vault.sealed_desk import (
    ADVOCATE,
    HERS,
    LOG,
    RECOVERY,
    entries,
    init_sealed,
    original_of,
    sealing,
)

from stalklog.core.merkle import Frontier, leaf_hash
from stalklog.errors import StalklogError
from stalklog.vault.carry import carry_entries, carry_notes, first_body
from stalklog.vault.checkpoint import load_note
from stalklog.vault.create import create_vault
from stalklog.vault.identity import recover_identity
from stalklog.vault.keys import read_changes, read_owner
from stalklog.vault.layout import HEADER, LATEST_NOTE, OBJECT_FOLDERS, STATE, object_name
from stalklog.vault.vault import Vault
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.vault.desk import Command

    from stalklog.vault.disk import Disk
    from stalklog.vault.writer import Receipt, Writer


Skips = Callable[[str, bytes | None], bool]


@dataclass(slots=True)
class SealedPromise(Promise):
    """What receipts say is in the sealed vault, and what was known when they were given."""

    plain: dict[int, bytes] = field(default_factory=dict)
    """By `seq` of a piece of evidence: the bytes of its original."""

    def copy(self) -> SealedPromise:
        return SealedPromise(
            dict(self.lines), dict(self.objects), dict(self.notes), plain=dict(self.plain)
        )

    def broken_on(self, disk: Disk) -> str | None:
        """What is not there byte for byte, or does not open to what was put in."""
        lines = disk.read(LOG).split(b"\n")
        for seq, (_log, line) in self.lines.items():
            if seq >= len(lines) or lines[seq] != line:
                return f"entry {seq} is lost"
        for name, data in self.objects.items():
            if disk.kind(object_name(name)) != "file" or disk.read(object_name(name)) != data:
                return "an object is lost"
        for name, note in self.notes.items():
            if disk.kind(name) != "file" or disk.read(name) != note:
                return "a kept note is lost"
        return self._unreadable_on(disk)

    def _unreadable_on(self, disk: Disk) -> str | None:
        found = {entry.seq: entry for entry in entries(disk)}
        for seq in self.lines:
            if seq not in found:
                return f"entry {seq} does not open"
        for seq, data in self.plain.items():
            if original_of(disk, found[seq]) != data:
                return f"the original of entry {seq} is another"
        return None


class SealedTally(Tally):
    """Judges by what a person would do next."""

    def judge(
        self,
        disk: ModelDisk,
        promise: Promise,
        scenario: Scenario,
        driver: str,
    ) -> None:
        self.states += 1
        try:
            reason = _judge(disk, promise.copy(), scenario)
        except StalklogError as error:
            reason = f"{type(error).__name__} {error.message}"
        except Exception as error:  # noqa: BLE001 - any error at all is a bad state
            reason = f"{type(error).__name__}: {error}"
        if reason:
            self.bad[f"{driver}: {reason}"] += 1


def _judge(disk: ModelDisk, promised: Promise, scenario: Scenario) -> str | None:
    if disk.kind(HEADER) is None:
        if promised.lines:
            return "VAULT is lost"
        init(disk, promised)
    bad = promised.broken_on(disk)
    bad = bad or _check_says(disk, scenario.faults)
    if bad:
        return f"before recovery: {bad}"
    scenario.mend(disk)
    bad = _what_is_wrong(disk, promised)
    if bad:
        return bad
    run(disk, one_more, promised)
    bad = _what_is_wrong(disk, promised)
    if bad:
        return f"after one more: {bad}"
    after = power_loss(disk)
    recover(after)
    bad = _what_is_wrong(after, promised)
    return bad and f"then the power failed: {bad}"


def _what_is_wrong(disk: Disk, promised: Promise) -> str | None:
    return (
        promised.broken_on(disk)
        or _chain_is_wrong(disk)
        or _keys_are_wrong(disk)
        or _check_says(disk)
    )


def _check_says(disk: Disk, but: frozenset[str] = frozenset()) -> str | None:
    """With the key all is found whole; without it nothing worse is said than that it is sealed.

    Args:
        disk: The vault.
        but: What may be wrong with it all the same.
    """
    for keys, best in ((HERS, {"intact"}), (None, {"intact", "not-checked"})):
        checked = check_vault(disk, wait_s=0, opening=keys)
        faults = {found.code for found in checked.findings if found.severity == "fault"}
        if checked.verdict not in best and not (faults and faults <= but):
            told = " ".join(sorted(found.code for found in checked.findings))
            return f"verify says {checked.verdict} {'with' if keys else 'without'} the key: {told}"
    return None


def _chain_is_wrong(disk: Disk) -> str | None:
    """Every line opens, follows the one before, and the note vouches for all of them."""
    header, tree = Vault(disk).header, Frontier()
    lines = disk.read(LOG).split(b"\n")
    prev = header.line_sha256
    if lines.pop():
        return "the log does not end with a line"
    for line in lines:
        if f'"prev":"{prev}"'.encode() not in line:
            return "the chain is broken"
        prev = hashlib.sha256(line).hexdigest()
        tree.add(leaf_hash(line))
    if len(entries(disk)) != len(lines):
        return "a line does not open"
    note = load_note(disk, header)
    return None if (note.size, note.root) == (tree.size, tree.root()) else "the note is another"


def _keys_are_wrong(disk: Disk) -> str | None:
    """Her key opens the owner key, and the recovery key gives back hers."""
    header = Vault(disk).header
    read_owner(disk, header, HERS)
    read_changes(disk, header)
    found = recover_identity(disk, RECOVERY)
    return None if found.secrets == HERS.secrets else "the recovery key gives another"


# Commands


def init(disk: Disk, promise: Promise) -> None:
    _keep(disk, promise, init_sealed(disk), [])


def recover(disk: Disk) -> None:
    with Vault(disk).writing(AUTHOR, wait_s=0):
        pass


def run(disk: Disk, command: Command, promise: Promise) -> None:
    """Give one command without any key; its receipt is kept the moment it exists."""
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        originals = command(writer)
        _keep(disk, promise, writer.commit(), originals)


def change_keys(disk: Disk, promise: Promise) -> None:
    """The advocate is added, or removed where she is there; then the owner key is sealed anew."""
    from stalklog.vault.keys import write_owner  # noqa: PLC0415 - for this one

    owner = read_owner(disk, Vault(disk).header, HERS)

    def command(writer: Writer) -> list[bytes]:
        recipients, theirs = writer.recipients, ADVOCATE.recipients[0]
        changed = tuple(one for one in recipients if one != theirs)
        writer.change_keys(owner, changed if theirs in recipients else (*recipients, theirs))
        return []

    run(disk, command, promise)
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        write_owner(disk, owner, writer.recipients)


def _keep(disk: Disk, promise: Promise, receipt: Receipt, originals: list[bytes]) -> None:
    assert isinstance(promise, SealedPromise)
    lines = disk.read(LOG).split(b"\n")
    for name in disk.list("checkpoints"):
        if name.endswith(".note") and name[:1].isdecimal():
            promise.notes[f"checkpoints/{name}"] = disk.read(f"checkpoints/{name}")
    evidence = iter(originals)
    found = {entry.seq: entry for entry in entries(disk)} if originals else {}
    for planned in receipt.entries:
        promise.lines[planned.seq] = ("entries", lines[planned.seq])
        if originals and found[planned.seq].type == "evidence.added":
            promise.plain[planned.seq] = next(evidence)
            for name in found[planned.seq].objects:
                promise.objects[name] = disk.read(object_name(name))


# Scenarios

COMMANDS: Final = {
    "adding one file": add_files(5),
    "adding five files": add_files(11, 12, 13, 14, 15),
    "logging a threat": log_threat,
    "attaching a file to a contact": attach,
    "amending a threat": amend_threat,
    "withdrawing a threat": withdraw_threat,
    "noting the case": note_case,
    "logging a demand": demand,
    "making a report": make_report,
}


@cache
def furnished() -> tuple[ModelDisk, SealedPromise]:
    disk, promise = ModelDisk(), SealedPromise()
    init(disk, promise)
    for command in (log_threat, add_files(1)):
        run(disk, command, promise)
    return disk, promise


def scenario(name: str) -> Scenario:
    disk, promise = furnished()
    if name == "changing the keys":
        return Scenario(name, disk, promise, change_keys, change_keys)
    command = COMMANDS[name]

    def act(disk: ModelDisk, promise: Promise) -> None:
        run(disk, command, promise)

    return Scenario(name, disk, promise, act, act)


def _init_or_log(disk: ModelDisk, promise: Promise) -> None:
    if disk.kind(HEADER) is None:
        init(disk, promise)
    else:
        run(disk, log_threat, promise)


def making() -> Scenario:
    """A vault is made; after the disturbance it is made anew, or used."""
    disk = ModelDisk()
    disk.is_named = False
    return Scenario("init", disk, SealedPromise(), init, _init_or_log)


def recoveries(name: str, most: int) -> Iterator[Scenario]:
    """Recovery from what a disturbed command left."""
    for start, kept in different(crashed_in(scenario(name)), most):
        yield Scenario(f"recovery from {name}", start, kept, _recover, _log)


def nested_recoveries(name: str, most: int) -> Iterator[Scenario]:
    """Recovery from what a recovery left that was disturbed itself."""
    left = (found for one in recoveries(name, most * 2) for found in crashed_in(one))
    for start, kept in different(left, most):
        yield Scenario(f"recovery from a recovery from {name}", start, kept, _recover, _log)


def repairs() -> Iterator[Scenario]:
    """`repair`, for each thing that it may do, disturbed and given again."""
    disk, promise = furnished()
    lines = disk.read(LOG).splitlines(keepends=True)
    torn, unsigned, contradicted = disk.copy(), disk.copy(), disk.copy()
    torn.put(LOG, disk.read(LOG) + b'{"commit":"0123')
    torn.put("tmp/0123456789abcdef01234567", b"half a sealed original")
    torn.drop(STATE)
    unsigned.drop(LATEST_NOTE)
    contradicted.put(LOG, b"".join([*lines, lines[0]]))
    for name, start, faults in (
        ("finish", torn, frozenset[str]()),
        ("sign", unsigned, frozenset({"CHECKPOINT_BAD_FORMAT"})),
        ("set aside", contradicted, frozenset({"SEQ_REPEAT", "CHAIN_BROKEN"})),
    ):
        yield Scenario(f"repair: {name}", start, promise, _repair, _repair_and_log, repair, faults)


def _recover(disk: ModelDisk, _promise: Promise) -> None:
    recover(disk)


def _log(disk: ModelDisk, promise: Promise) -> None:
    run(disk, log_threat, promise)


def _repair(disk: ModelDisk, _promise: Promise) -> None:
    repair(disk)


def _repair_and_log(disk: ModelDisk, promise: Promise) -> None:
    repair(disk)
    run(disk, log_threat, promise)


def carry_over(disk: ModelDisk, promise: Promise, skips: Skips | None = None) -> None:
    """A plain vault is carried over into this new one, under the name that nobody knows yet.

    Args:
        disk: The folder.
        promise: Grows by what is there at the end.
        skips: Which syncs of the notes are left out.
    """
    old = furnished_plain()[0]
    vault = Vault(old)
    assert vault.state is not None
    create_vault(
        disk,
        AUTHOR,
        settings={"tz": "Asia/Kolkata"},
        readme=None,
        first=first_body(old, vault.header, vault.state),
        sealing=sealing(),
    )
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        carry_entries(old, vault.state, writer, None)
        disk.skips = skips or disk.skips
        carry_notes(old, vault.header, disk)
    assert isinstance(promise, SealedPromise)
    promise.lines.update(
        {seq: ("entries", line) for seq, line in enumerate(disk.read(LOG).split(b"\n")[:-1])}
    )
    for folder in (f"checkpoints/{vault.header.id}", *OBJECT_FOLDERS):
        for last in disk.list(folder):
            kept = promise.notes if folder.startswith("checkpoints") else promise.objects
            kept[f"{folder}/{last}" if kept is promise.notes else last] = disk.read(
                f"{folder}/{last}"
            )


def carrying_over(skips: Skips | None = None) -> Iterator[tuple[ModelDisk, Promise]]:
    """What a power loss may leave of it at the moment at which the vault gets its name."""
    disk, promise = ModelDisk(), SealedPromise()
    carry_over(disk, promise, skips)
    assert promise.notes
    assert promise.objects
    for state in (power_loss(disk), *crash_states(disk, limit=60)):
        yield state, promise


FULLY: Final = ("adding one file", "logging a threat", "changing the keys")
"""In the usual run too."""
FLOORS: Final = {
    "amending a threat": 24,
    "withdrawing a threat": 24,
    "noting the case": 24,
    "logging a demand": 24,
    "making a report": 30,
    "recovery": 60,
    "recovery from a recovery": 60,
    "repair": 60,
    "adding one file": 60,
    "adding five files": 60,
    "logging a threat": 60,
    "attaching a file to a contact": 32,
    "changing the keys": 60,
    "init": 60,
}
LONG_FLOORS: Final = {
    "adding one file": 950,
    "adding five files": 6_200,
    "logging a threat": 570,
    "attaching a file to a contact": 950,
    "amending a threat": 570,
    "withdrawing a threat": 570,
    "noting the case": 570,
    "logging a demand": 570,
    "making a report": 860,
    "changing the keys": 1_300,
    "recovery": 5_700,
    "recovery from a recovery": 11_900,
    "repair": 2_880,
    "init": 2_550,
}
"""The same in the long form."""


def require_none_bad(name: str, tally: Tally, record: Callable[[str, object], None]) -> None:
    record("power_loss_states", tally.states)
    assert not tally.bad
    assert tally.states >= (LONG_FLOORS if IS_LONG else FLOORS)[name]


@pytest.mark.parametrize("name", [*COMMANDS, "changing the keys"])
def test_a_disturbed_command_loses_nothing_and_all_of_it_opens(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    tally, disturbed = SealedTally(), scenario(name)
    if IS_LONG:
        power_fails(disturbed, tally, limit=60)
        killed(disturbed, tally, limit=12)
        killed_then_power_fails(disturbed, tally, limit=3, every=3)
        sync_fails(disturbed, tally, limit=12)
        disk_is_full(disturbed, tally, limit=12)
    else:
        every = 1 if name in FULLY else 3
        power_fails(disturbed, tally, limit=3, every=2 * every)
        killed(disturbed, tally, limit=1, every=4 * every)
        killed_then_power_fails(disturbed, tally, limit=1, every=24 * every)
        if every == 1:
            sync_fails(disturbed, tally, limit=1)
            disk_is_full(disturbed, tally, limit=1)
    require_none_bad(name, tally, record_property)


def drive_some(scenarios: Iterator[Scenario], tally: SealedTally) -> None:
    for disturbed in scenarios:
        power_fails(disturbed, tally, limit=20 if IS_LONG else 2, every=1 if IS_LONG else 2)
        killed(disturbed, tally, limit=4 if IS_LONG else 1, every=1 if IS_LONG else 6)
        if IS_LONG:
            killed_then_power_fails(disturbed, tally, limit=2, every=3)
            sync_fails(disturbed, tally, limit=4)
            disk_is_full(disturbed, tally, limit=4)


@pytest.mark.parametrize("again", ["", " from a recovery"])
def test_a_disturbed_recovery_loses_nothing(
    again: str, record_property: Callable[[str, object], None]
) -> None:
    tally = SealedTally()
    found = nested_recoveries if again else recoveries
    for name in ("attaching a file to a contact", "making a report")[: 2 if IS_LONG else 1]:
        drive_some(found(name, 8 if IS_LONG else 3), tally)
    require_none_bad(f"recovery{again}", tally, record_property)


def test_a_disturbed_repair_loses_nothing(
    record_property: Callable[[str, object], None],
) -> None:
    tally = SealedTally()
    drive_some(repairs(), tally)
    require_none_bad("repair", tally, record_property)


def test_what_a_plain_vault_was_carried_over_into_is_whole_before_it_gets_its_name(
    record_property: Callable[[str, object], None],
) -> None:
    tally = SealedTally()
    for state, promise in carrying_over():
        tally.judge(state, promise, making(), "power")
    record_property("power_loss_states", tally.states)
    assert not tally.bad


def test_a_disturbed_init_is_made_anew_or_whole(
    record_property: Callable[[str, object], None],
) -> None:
    tally, disturbed = SealedTally(), making()
    every = 1 if IS_LONG else 12
    power_fails(disturbed, tally, limit=6 if IS_LONG else 2, every=every)
    killed(disturbed, tally, limit=3 if IS_LONG else 1, every=every * 2)
    if IS_LONG:
        sync_fails(disturbed, tally, limit=2)
        disk_is_full(disturbed, tally, limit=2)
        killed_then_power_fails(disturbed, tally, limit=1, every=16, within=8)
    require_none_bad("init", tally, record_property)
