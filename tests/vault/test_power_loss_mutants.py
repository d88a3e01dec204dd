"""The proof proves something: leave out any one rule of the format, and a state goes bad."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import pytest
from tests.vault.campaign import (
    Tally,
    disk_is_full,
    judge,
    killed,
    killed_then_power_fails,
    points,
    power_fails,
    sync_fails,
)
from tests.vault.desk import attach, demand, log_threat, original, run
from tests.vault.model_disk import crash_states, power_loss
from tests.vault.scenarios import (
    command_scenario,
    furnished,
    init_scenario,
    missing_folders_scenario,
    old_state_scenario,
    recovery_scenarios,
    repair_scenarios,
)

from stalklog.core.canonical import encode
from stalklog.core.hashing import sha256_hex
from stalklog.errors import StalklogError
from stalklog.vault import create, objects, recovery, state, tail, writer
from stalklog.vault.atomic import replace_file, temporary_name
from stalklog.vault.checkpoint import sign_note
from stalklog.vault.layout import FOLDERS, LATEST_NOTE, OBJECT_FOLDERS, STATE, log_name, note_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.vault.campaign import Scenario
    from tests.vault.desk import Promise
    from tests.vault.model_disk import ModelDisk

    from stalklog.vault.disk import Disk
    from stalklog.vault.log import Line
    from stalklog.vault.objects import Intake
    from stalklog.vault.state import State
    from stalklog.vault.tail import Tail

Skips = Callable[[str, bytes | None], bool]

ORIGINALS: Final = frozenset(original(number) for number in (1, 5, 6, 11, 12, 13, 14, 15, 70, 99))


def is_object(name: str, content: bytes | None) -> bool:
    return name.startswith(("tmp/", "objects/")) and content in ORIGINALS


def is_note(name: str, content: bytes | None) -> bool:
    return name.startswith("tmp/") and (content or b"").startswith(b"stalklog/")


def is_state(name: str, content: bytes | None) -> bool:
    return name.startswith("tmp/") and b'"frontier"' in (content or b"")


def is_header(name: str, content: bytes | None) -> bool:
    return name.startswith("tmp/") and b'"created_at"' in (content or b"")


def is_signer(name: str, content: bytes | None) -> bool:
    return name.startswith("tmp/") and (content or b"").startswith(b"PRIVATE+KEY+")


def is_quarantine(name: str, content: bytes | None) -> bool:
    known = is_object(name, content) or is_note(name, content) or is_state(name, content)
    return name.startswith(("tmp/", "quarantine/")) and content is not None and not known


def is_log(name: str, content: bytes | None) -> bool:
    return name.startswith("logs/") and content is not None


def is_contacts(name: str, content: bytes | None) -> bool:
    return name == log_name("contacts") and content is not None


def folder(wanted: str) -> Skips:
    return lambda name, content: content is None and name == wanted


def is_object_folder(name: str, content: bytes | None) -> bool:
    return content is None and name.startswith("objects/")


COMMAND_SYNCS: Final[dict[str, Skips]] = {
    "object file": is_object,
    "object folder": is_object_folder,
    "log": is_log,
    "one of two logs": is_contacts,
    "latest.note": is_note,
    "state": is_state,
}
RECOVERY_SYNCS: Final[dict[str, Skips]] = {
    "log": is_log,
    "quarantined tail": is_quarantine,
    "folder of quarantine": folder("quarantine"),
    "latest.note": is_note,
    "state": is_state,
}
REPAIR_SYNCS: Final[dict[str, Skips]] = {
    "log": is_log,
    "what is set aside": is_quarantine,
    "folder of what is set aside": folder("quarantine"),
}
INIT_SYNCS: Final[dict[str, Skips]] = {
    "VAULT": is_header,
    "vault folder at init": folder(""),
    "folder of logs": folder("logs"),
    "folder of objects": folder("objects"),
    "signer key": is_signer,
    "folder of keys": folder("keys"),
    "log": is_log,
    "folder that holds the vault": folder(".."),
}


OUR_MISTAKES: Final = ("TypeError", "AttributeError", "NameError", "UnicodeDecodeError")
"""A mutant that breaks the program itself proves nothing."""


class Killed(Exception):  # noqa: N818 - the good end of a mutant
    """A bad state was found: no need to look further."""


@dataclass(slots=True)
class Hunt(Tally):
    """A tally that stops at the first bad state."""

    def judge(self, disk: ModelDisk, promise: Promise, scenario: Scenario, driver: str) -> None:
        Tally.judge(self, disk, promise, scenario, driver)
        for reason in self.bad:
            assert not any(name in reason for name in OUR_MISTAKES), reason
            raise Killed(reason)


def hunts(scenarios: Callable[[], Iterator[Scenario]], skips: Skips | None = None) -> bool:
    """Whether any driver finds a bad state in any of these scenarios: first few, then more."""
    hunt = Hunt()
    try:
        for limit in (1, 4, 16):
            for found in scenarios():
                scenario = with_skips(found, skips)
                if skips is is_state:  # found only when two commands in a row are disturbed
                    killed_then_power_fails(scenario, hunt, limit=8, every=3)
                power_fails(scenario, hunt, limit=limit * 3)
                killed(scenario, hunt, limit=limit)
                sync_fails(scenario, hunt, limit=limit)
                killed_then_power_fails(scenario, hunt, limit=limit, every=6)
    except Killed:
        return True
    return bool(hunt.bad)


def init_hunts(skips: Skips | None = None) -> bool:
    """Whether a power loss while the vault is made, after its folders are there, goes bad."""
    scenario = with_skips(init_scenario(), skips)
    found = points(scenario.start, scenario.promise, scenario.act)[len(OBJECT_FOLDERS) :]
    hunt = Hunt()
    try:
        for number, (point, promise) in enumerate(reversed(found)):
            for crashed in crash_states(point, limit=8, seed=number):
                hunt.judge(crashed, promise, scenario, "power")
    except Killed:
        return True
    return bool(hunt.bad)


def with_skips(scenario: Scenario, skips: Skips | None) -> Scenario:
    start = scenario.start.copy()
    if skips:
        start.skips = skips
    return replace(scenario, start=start)


# Rules that are left out


def trust_the_page_cache(patch: pytest.MonkeyPatch) -> None:
    def sync_only(disk: Disk, _base: State, found: Tail) -> None:
        for log in found.good:
            disk.sync(log_name(log))

    patch.setattr(recovery, "_rewrite", sync_only)


def do_not_rewrite(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(recovery, "_rewrite", lambda *_: None)


def do_not_cut(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(recovery, "_cut", lambda *_: None)


def do_not_merge(patch: pytest.MonkeyPatch) -> None:
    """Keep whole lines log by log, whether or not they go on with the chain."""
    take = tail._Merge._take

    def take_any(merge: tail._Merge, line: Line) -> bool:
        link = merge._understand(line)
        if link:
            merge._size, merge._head = link.seq, link.prev
        return take(merge, line)

    patch.setattr(tail._Merge, "_take", take_any)


def drop_the_state(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(recovery, "read_state", lambda *_: None)


def do_not_sync_what_is_reused(patch: pytest.MonkeyPatch) -> None:
    put = objects.Intake._put

    def put_unsynced(intake: Intake, copy: objects.Copy) -> str:
        if not copy.is_new:
            intake._disk.remove(copy.temporary)
            return "objects/00"
        return put(intake, copy)

    patch.setattr(objects.Intake, "_put", put_unsynced)


def rename_before_the_sync(patch: pytest.MonkeyPatch) -> None:
    def settle(intake: Intake) -> None:
        names = {copy.sha256: intake._put(copy) for copy in intake._copies}
        for sha256, found in names.items():
            intake._disk.sync_folder(found)
            intake._disk.sync(f"{found}/{sha256}")
        intake._copies.clear()

    patch.setattr(objects.Intake, "settle", settle)


def write_vault_first(patch: pytest.MonkeyPatch) -> None:
    write_keys = create._write_keys

    def with_header(
        disk: Disk, beginning: create.Beginning, sealing: create.Sealing | None
    ) -> None:
        write_keys(disk, beginning, sealing)
        replace_file(disk, "VAULT", beginning.header.line + b"\n")

    patch.setattr(create, "_write_keys", with_header)


def do_not_sync_a_kept_note(patch: pytest.MonkeyPatch) -> None:
    def keep_unsynced(planning: writer.Writer) -> None:
        signer = planning._signer
        assert signer is not None
        disk, temporary = planning._disk, temporary_name()
        writing = disk.create(temporary)
        writing.write(sign_note(signer, planning._header, planning._tree))
        writing.close()
        disk.rename(temporary, note_name(planning._tree.size))
        disk.sync_folder("checkpoints")

    patch.setattr(writer.Writer, "keep_note", keep_unsynced)


def do_not_sync_what_is_cut_back(patch: pytest.MonkeyPatch) -> None:
    def cut_unsynced(writing: writer.Writer, shares: dict[str, bytes]) -> None:
        for log in shares:
            writing._disk.truncate(log_name(log), writing._state.logs[log].size_bytes)

    patch.setattr(writer.Writer, "_cut_back", cut_unsynced)


def do_not_sync_a_folder_made_again(patch: pytest.MonkeyPatch) -> None:
    def make_unsynced(disk: Disk) -> None:
        for name in FOLDERS:
            disk.make_folder(name)

    patch.setattr(recovery, "_make_missing_folders", make_unsynced)


def ignore_the_note(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(recovery, "_require_tail", lambda *_: True)


def skip_the_checksum(patch: pytest.MonkeyPatch) -> None:
    def parse_unchecked(data: bytes, logs: tuple[str, ...]) -> State:
        try:
            value = json.loads(data)
            value.pop("sha256")
            value["sha256"] = sha256_hex(encode(value))
            return state.parse_state(encode(value) + b"\n", logs)
        except (ValueError, KeyError, AttributeError) as error:
            raise state.StateError from error

    patch.setattr(recovery, "parse_state", parse_unchecked)


RULES: Final[dict[str, Callable[[pytest.MonkeyPatch], None]]] = {
    "recovery trusts the page cache": trust_the_page_cache,
    "recovery does not write again": do_not_rewrite,
    "recovery does not cut": do_not_cut,
    "recovery does not merge the logs": do_not_merge,
    "state is dropped": drop_the_state,
    "a reused object is not synced": do_not_sync_what_is_reused,
    "objects are renamed before the sync": rename_before_the_sync,
}


def disturbed_commands() -> Iterator[Scenario]:
    for name in ("attaching a file to a contact", "adding the same file twice"):
        yield command_scenario(name)


def disturbed_reports() -> Iterator[Scenario]:
    yield command_scenario("making a report")


def disturbed_recoveries() -> Iterator[Scenario]:
    yield from recovery_scenarios("attaching a file to a contact", most=6)
    yield from recovery_scenarios("adding five files", most=4)
    yield old_state_scenario()


def folders_missing() -> Iterator[Scenario]:
    yield missing_folders_scenario()


def all_scenarios() -> Iterator[Scenario]:
    yield from disturbed_commands()
    yield from disturbed_recoveries()


@pytest.mark.parametrize("name", COMMAND_SYNCS)
def test_a_command_needs_each_sync(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    assert hunts(disturbed_commands, COMMAND_SYNCS[name])
    record_property("power_loss_mutant", f"a command without the sync of: {name}")


@pytest.mark.parametrize("name", RECOVERY_SYNCS)
def test_recovery_needs_each_sync(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    assert hunts(disturbed_recoveries, RECOVERY_SYNCS[name])
    record_property("power_loss_mutant", f"recovery without the sync of: {name}")


@pytest.mark.parametrize("name", REPAIR_SYNCS)
def test_repair_needs_each_sync(name: str, record_property: Callable[[str, object], None]) -> None:
    assert hunts(repair_scenarios, REPAIR_SYNCS[name])
    record_property("power_loss_mutant", f"repair without the sync of: {name}")


def test_a_report_needs_the_sync_of_its_note(
    monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    do_not_sync_a_kept_note(monkeypatch)
    assert hunts(disturbed_reports)
    record_property("power_loss_mutant", "a kept note is not synced")


def disturbed_then_another_log(hunt: Hunt) -> None:
    """The disk fills when one of two lines is there; the next command writes to another log."""
    disturbed = command_scenario("attaching a file to a contact")
    disturbed = replace(disturbed, again=command_scenario("logging a demand").act)
    disk_is_full(disturbed, hunt, limit=16)


def test_what_is_cut_back_needs_its_sync(
    monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    disturbed_then_another_log(Hunt())
    do_not_sync_what_is_cut_back(monkeypatch)
    with pytest.raises(Killed):
        disturbed_then_another_log(Hunt())
    record_property("power_loss_mutant", "what is cut back when the disk is full is not synced")


def test_a_folder_that_is_made_again_needs_its_sync(
    monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    do_not_sync_a_folder_made_again(monkeypatch)
    assert hunts(folders_missing)
    record_property("power_loss_mutant", "a folder that is made again is not synced")


def test_init_with_each_sync_loses_nothing() -> None:
    assert not init_hunts()


@pytest.mark.parametrize("name", INIT_SYNCS)
def test_init_needs_each_sync(name: str, record_property: Callable[[str, object], None]) -> None:
    assert init_hunts(INIT_SYNCS[name])
    record_property("power_loss_mutant", f"init without the sync of: {name}")


@pytest.mark.parametrize("name", RULES)
def test_each_rule_is_needed(
    name: str, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    furnished()
    RULES[name](monkeypatch)
    assert hunts(all_scenarios)
    record_property("power_loss_mutant", name)


def test_init_needs_vault_to_come_last(
    monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    write_vault_first(monkeypatch)
    assert init_hunts()
    record_property("power_loss_mutant", "VAULT is written first")


BOUNDS: Final[dict[str, tuple[str, Skips]]] = {
    "folder of latest.note": (STATE, folder("checkpoints")),
    "vault folder": (LATEST_NOTE, folder("")),
}
"""For each of the two bounds: the other one, of which an older copy is put back, and the sync."""


def is_bounded(put_back: str, skips: Skips | None = None) -> bool:
    """Whether what was acknowledged is never cut, though one bound is old and a line is torn.

    After two receipts and a power loss an older copy of `put_back` lies there, and the end of the
    last line is gone. No interruption does that: the vault must be read-only.
    """
    disk, promise = furnished()
    disk, promise = disk.copy(), promise.copy()
    old = disk.read(put_back)
    if skips:
        disk.skips = skips
    for command in (attach, demand):
        run(disk, command, promise)
    disk = power_loss(disk)
    disk.put(put_back, old)
    disk.put(log_name("demands"), disk.read(log_name("demands"))[:-20])
    before = disk.files()
    try:
        run(disk, log_threat, promise)
    except StalklogError:
        return disk.files() == before
    return False


@pytest.mark.parametrize("name", BOUNDS)
def test_each_bound_is_on_the_disk_before_the_receipt(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    put_back, skips = BOUNDS[name]
    assert is_bounded(put_back)
    assert not is_bounded(put_back, skips)
    record_property("power_loss_mutant", f"a command without the sync of: {name}")


def test_recovery_needs_the_notes_bound(
    monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    assert is_bounded(STATE)
    ignore_the_note(monkeypatch)
    assert not is_bounded(STATE)
    record_property("power_loss_mutant", "recovery passes over the newest note")


def states_that_mislead() -> Iterator[int]:
    """At which places a changed byte of `state` leads the next commands astray."""
    disk, promise = furnished()
    good = disk.read(STATE)
    for at in range(len(good) - 1):
        changed = disk.copy()
        changed.put(STATE, good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        if judge(changed, promise):
            yield at


def test_state_needs_its_checksum(
    monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    assert list(states_that_mislead()) == []
    skip_the_checksum(monkeypatch)
    assert next(states_that_mislead(), None) is not None
    record_property("power_loss_mutant", "state is taken without its checksum")
