"""A command in a sealed vault is killed at every system call, and many write at once: all opens.

The vault is sealed to keys of the test, so that each state is read as the person reads it: every
line is opened, every original compared. What is killed needs no key.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.campaign.cases import (
    ONE_MORE,
    WORDS,
    Case,
    every,
    judge_answer,
    judge_tidiness,
    receipt_head,
)
from tests.campaign.commands import needs_strace
from tests.vault.campaign import IS_LONG
from tests.vault.desk import add_files, attach, log_threat
from tests.vault.sealed_desk import HERS, entries, init_sealed, original_of
from tests.vault.test_sealed_power_loss import SealedPromise, init
from tests.vault.test_sealed_power_loss import run as keep

from stalklog.vault.disk import Disk
from stalklog.vault.layout import HEADER
from stalklog.vault.vault import Vault
from stalklog.vault.verify import Expectation, check_vault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.campaign.commands import Commands, Ran

ADDED: Final = (b"From: nobody@example.org\nSubject: x\n\n" + b"words\n" * 99, bytes(9_000))
COMMANDS: Final = {
    "add": ("add-evidence", "{}/one.eml", "{}/two.png", "--json"),
    "log": ("log-threat", "--when", "today", "--words", WORDS, "--json"),
    "recovery": ONE_MORE,
}
KILLS_EACH: Final = 6
"""In the small form."""
INIT_EVERY: Final = 37
"""Of how many calls of an `init` one is taken: each takes many seconds, for the passphrase."""
LEFT_BY_A_KILL: Final = frozenset({"TORN_TAIL", "STATE_BAD", "ORPHAN_OBJECT", "SEALED_NO_KEY"})
LEFT_AFTERWARDS: Final = frozenset({"ORPHAN_OBJECT", "SEALED_NO_KEY"})
WRITERS: Final = 8
ENTRIES_EACH: Final = 50 if IS_LONG else 5


def case(folder: Path, name: str) -> Case:
    """A sealed vault with a threat, originals and a contact, and the command for it."""
    vault = folder / "vault"
    vault.mkdir(parents=True, mode=0o700)
    for file, data in zip(("one.eml", "two.png"), ADDED, strict=True):
        (folder / file).write_bytes(data)
    promise, disk = SealedPromise(), Disk(vault)
    init(disk, promise)
    for command in (log_threat, add_files(1, 2), attach):
        keep(disk, command, promise)
    if name == "recovery":
        leave_what_interruptions_leave(disk, vault)
    state = Vault(disk).state
    disk.close()
    assert state is not None
    kept = Expectation(state.size, state.head)
    return Case(name, folder, promise, kept, ("--vault", "{}/vault", *COMMANDS[name]))


def leave_what_interruptions_leave(disk: Disk, vault: Path) -> None:
    """Good lines past `state`, a torn one, and a copy in `tmp/`."""
    before = {name: (vault / name).read_bytes() for name in ("state", "checkpoints/latest.note")}
    keep(disk, add_files(3), SealedPromise())
    for name, data in before.items():
        (vault / name).write_bytes(data)
    with (vault / "logs" / "entries.jsonl").open("ab") as log:
        log.write(b'{"commit":"01')
    (vault / "tmp" / "0123456789abcdef01234567").write_bytes(b"half a copy")


def judge(commands: Commands, disturbed: Case, place: Path, ran: Ran) -> str | None:
    """What is wrong after a command was disturbed; None where nothing is lost and all goes on."""
    vault = place / "vault"
    return (
        judge_answer(ran)
        or judge_vault(disturbed, vault, ran, LEFT_BY_A_KILL)
        or go_on(commands, vault)
        or judge_vault(disturbed, vault, ran, LEFT_AFTERWARDS)
        or judge_tidiness(vault)
    )


def judge_vault(disturbed: Case, vault: Path, ran: Ran, allowed: frozenset[str]) -> str | None:
    disk = Disk(vault)
    try:
        for kept in filter(None, (disturbed.kept, receipt_head(ran))):
            for keys in (None, HERS):
                checked = check_vault(disk, expect=kept, wait_s=0, opening=keys)
                found = {finding.code for finding in checked.findings} - allowed
                if found or checked.verdict != ("intact" if keys else "not-checked"):
                    return f"verify says {checked.verdict}: {sorted(found)}"
        return disturbed.promise.broken_on(disk) or unkept(disk, ran.receipt)
    finally:
        disk.close()


def unkept(disk: Disk, receipt: dict[str, Any] | None) -> str | None:
    """What a receipt says and the vault does not give back with the key."""
    if receipt is None:
        return None
    found = {entry.seq: entry for entry in entries(disk)}
    if found[receipt["size"] - 1].line_sha256 != receipt["head"]:
        return "the head is another"
    for item, data in zip(receipt.get("added", []), ADDED, strict=False):
        entry = found[item["seq"]]
        if item["id"] != f"#{entry.seq}" or entry.body["sha256"] != item["sha256"]:
            return f"{item['id']} is another"
        if original_of(disk, entry) != data:
            return f"the original of {item['id']} is another"
    return None


def go_on(commands: Commands, vault: Path) -> str | None:
    again = commands.run("--vault", str(vault), *ONE_MORE)
    return None if again.code == 0 else f"the next command exits {again.code}: {again.err}"


@needs_strace
@pytest.mark.parametrize("name", COMMANDS)
def test_a_kill_in_a_sealed_vault_loses_nothing(
    name: str,
    ground: Path,
    commands: Commands,
    place: Path,
    record_property: Callable[[str, object], None],
) -> None:
    disturbed = case(ground / f"sealed-{name}", name)
    calls = commands.calls(*disturbed.fresh(place), since='"lock"')
    chosen, missed, bad = every(calls, KILLS_EACH), 0, Counter[str]()
    for call in chosen:
        ran = commands.killed_at(call, *disturbed.fresh(place))
        missed += ran.code != -9
        reason = judge(commands, disturbed, place, ran)
        if reason:
            bad[f"{call.name} {call.number} {call.told[:60]}: {reason}"] += 1
    record_property("kills", len(chosen) - missed)
    assert not bad, "\n".join(map(str, bad.items()))
    assert missed == 0


@needs_strace
@pytest.mark.skipif(not IS_LONG, reason="each passphrase takes seconds; the model takes the rest")
def test_a_kill_while_a_sealed_vault_is_made_leaves_none_or_a_whole_one(
    ground: Path,
    commands: Commands,
    place: Path,
    record_property: Callable[[str, object], None],
) -> None:
    folder = ground / "sealed-init"
    folder.mkdir()
    (folder / "passphrase").write_text("four words far apart\n")
    argv = ("init", "{}/vault", "--sealed", "--tz", "Asia/Kolkata", "--json")
    keys = ("--passphrase-file", "{}/passphrase", "--recovery-to", "{}/paper")
    made = Case("init", folder, SealedPromise(), None, (*argv, *keys))
    calls = commands.calls(*made.fresh(place), since=str(place / "vault"))
    for call in calls[::-INIT_EVERY]:
        ran = commands.killed_at(call, *made.fresh(place))
        assert judge_answer(ran) is None
        vault = place / "vault"
        if not (vault / HEADER).exists():
            assert ran.receipt is None
            again = [word.format(place) for word in (*argv, *keys[:-1])]
            assert commands.run(*again, str(place / "another paper")).code == 0
        assert go_on(commands, vault) is None
        assert opened_by_passphrase(commands, place) == ["vault.created", "threat.logged"]
        assert judge_tidiness(vault) is None
    record_property("kills", len(calls[::-INIT_EVERY]))


def opened_by_passphrase(commands: Commands, place: Path) -> list[str]:
    at = ("--vault", str(place / "vault"), "--passphrase-file", str(place / "passphrase"))
    listed = commands.run(*at, "list", "all", "--json")
    assert listed.code == 0, listed.err
    return [entry["type"] for entry in listed.json]


def test_eight_who_write_into_a_sealed_vault_make_one_chain(
    ground: Path, commands: Commands
) -> None:
    vault = ground / "sealed-together"
    vault.mkdir(mode=0o700)
    disk = Disk(vault)
    init_sealed(disk)
    line = ("--vault", str(vault), "--wait", "300", *ONE_MORE)
    written = commands.together(*[(line, ENTRIES_EACH)] * WRITERS)
    assert {(ran.code, ran.err) for ran in written} == {(0, "")}
    receipts = [json.loads(told) for ran in written for told in ran.out.splitlines()]
    count = WRITERS * ENTRIES_EACH
    assert sorted(receipt["size"] for receipt in receipts) == list(range(2, count + 2))
    found = {entry.seq: entry.line_sha256 for entry in entries(disk)}
    assert all(found[receipt["size"] - 1] == receipt["head"] for receipt in receipts)
    checked = check_vault(disk, opening=HERS)
    assert (checked.findings, checked.size) == ((), count + 1)
    disk.close()
