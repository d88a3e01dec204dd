"""Leave out any one rule of sealing or of its syncs, and a power loss or a kill loses something."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import pytest
from tests.vault.campaign import (
    IS_LONG,
    killed,
    killed_then_power_fails,
    points,
    power_fails,
    sync_fails,
)
from tests.vault.model_disk import crash_states
from tests.vault.sealed_desk import LOG, sealing
from tests.vault.test_power_loss_mutants import (
    OUR_MISTAKES,
    folder,
    is_header,
    is_log,
    is_note,
    is_object_folder,
    is_signer,
    is_state,
)
from tests.vault.test_sealed_power_loss import SealedTally, carrying_over, making, scenario

from stalklog.vault import create, recovery, writer
from stalklog.vault.atomic import replace_file
from stalklog.vault.keys import KeysError, read_changes, read_recipients, write_recipients
from stalklog.vault.layout import OBJECT_FOLDERS, log_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.vault.campaign import Scenario
    from tests.vault.desk import Promise
    from tests.vault.model_disk import ModelDisk
    from tests.vault.test_sealed_power_loss import Skips

    from stalklog.core.note import Signer
    from stalklog.vault.disk import Disk
    from stalklog.vault.layout import Header
    from stalklog.vault.state import State
    from stalklog.vault.tail import Tail

_AGE: Final = b"age-encryption.org/v1\n"
LISTED: Final = sealing().recipients[0].encode()


def is_sealed_copy(name: str, content: bytes | None) -> bool:
    """An original on its way: the names of such copies are numbered, those of keys are not."""
    is_on_its_way = name.startswith("objects/") or (name.startswith("tmp/") and "-" in name)
    return is_on_its_way and (content or b"").startswith(_AGE)


def is_sealed_key(name: str, content: bytes | None) -> bool:
    return name.startswith("tmp/") and "-" not in name and (content or b"").startswith(_AGE)


def is_list(name: str, content: bytes | None) -> bool:
    return name.startswith("tmp/") and (content or b"").startswith(LISTED)


class Killed(Exception):  # noqa: N818 - the good end of a mutant
    """A bad state was found: no need to look further."""


@dataclass(slots=True)
class Hunt(SealedTally):
    """A tally that stops at the first bad state."""

    def judge(self, disk: ModelDisk, promise: Promise, scenario: Scenario, driver: str) -> None:
        SealedTally.judge(self, disk, promise, scenario, driver)
        for reason in self.bad:
            assert not any(name in reason for name in OUR_MISTAKES), reason
            raise Killed(reason)


def hunts(*names: str, skips: Skips | None = None) -> bool:
    """Whether any driver finds a bad state in these commands: first few states, then more."""
    hunt = Hunt()
    try:
        for limit in (1, 4, 16):
            for found in map(scenario, names):
                disturbed = with_skips(found, skips)
                power_fails(disturbed, hunt, limit=limit * 3)
                killed(disturbed, hunt, limit=limit)
                sync_fails(disturbed, hunt, limit=limit)
                killed_then_power_fails(disturbed, hunt, limit=limit, every=6)
    except Killed:
        return True
    return bool(hunt.bad)


def init_hunts(skips: Skips | None = None) -> bool:
    """The same while the vault is made, after its folders are there."""
    disturbed, hunt = with_skips(making(), skips), Hunt()
    found = points(disturbed.start, disturbed.promise, disturbed.act)[len(OBJECT_FOLDERS) :]
    try:
        for number, (point, promise) in enumerate(reversed(found)):
            for crashed in crash_states(point, limit=8, seed=number):
                hunt.judge(crashed, promise, disturbed, "power")
    except Killed:
        return True
    return bool(hunt.bad)


def with_skips(disturbed: Scenario, skips: Skips | None) -> Scenario:
    start = disturbed.start.copy()
    if skips:
        start.skips = skips
    return replace(disturbed, start=start)


# Rules that are left out


def list_before_the_chain(patch: pytest.MonkeyPatch) -> None:
    change_keys = writer.Writer.change_keys

    def told_at_once(
        self: writer.Writer, owner: Signer, recipients: tuple[str, ...]
    ) -> writer.Planned:
        write_recipients(self._disk, recipients)
        return change_keys(self, owner, recipients)

    patch.setattr(writer.Writer, "change_keys", told_at_once)


def refuse_a_list_that_lags(patch: pytest.MonkeyPatch) -> None:
    def strict(disk: Disk, header: Header, end: int) -> tuple[str, ...]:
        lists = [header.recipients, *(one.recipients for one in read_changes(disk, header, end))]
        if read_recipients(disk) != lists[-1]:
            raise KeysError("RECIPIENTS_CHANGED")
        return lists[-1]

    patch.setattr(writer, "find_recipients", strict)


def trust_the_page_cache(patch: pytest.MonkeyPatch) -> None:
    def sync_only(disk: Disk, _base: State, found: Tail) -> None:
        for log in found.good:
            disk.sync(log_name(log))

    patch.setattr(recovery, "_rewrite", sync_only)


def vault_first(patch: pytest.MonkeyPatch) -> None:
    write_keys = create._write_keys

    def with_header(
        disk: Disk, beginning: create.Beginning, sealing: create.Sealing | None
    ) -> None:
        write_keys(disk, beginning, sealing)
        replace_file(disk, "VAULT", beginning.header.line + b"\n")

    patch.setattr(create, "_write_keys", with_header)


RULES: Final[dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str]]] = {
    "recipients.txt is written before the chain": (list_before_the_chain, "changing the keys"),
    "a recipients.txt that lags is refused": (refuse_a_list_that_lags, "changing the keys"),
    "recovery of a sealed log trusts the page cache": (trust_the_page_cache, "logging a threat"),
}
COMMAND_SYNCS: Final[dict[str, tuple[Skips, str]]] = {
    "a sealed copy": (is_sealed_copy, "adding one file"),
    "the folder of a sealed copy": (is_object_folder, "adding one file"),
    "the sealed log": (is_log, "logging a threat"),
    "latest.note": (is_note, "logging a threat"),
    **({"state": (is_state, "logging a threat")} if IS_LONG else {}),
    "recipients.txt": (is_list, "changing the keys"),
    "owner.age": (is_sealed_key, "changing the keys"),
}
INIT_SYNCS: Final[dict[str, Skips]] = {
    "the keys that are sealed": is_sealed_key,
    "recipients.txt": is_list,
    "the folder of keys": folder("keys"),
    "the signer key": is_signer,
    "the sealed log": lambda name, content: name == LOG and content is not None,
    "VAULT": is_header,
}
CARRY_SYNCS: Final[dict[str, Skips]] = {
    "a carried note": is_note,
    "the folder of carried notes": lambda name, content: (
        content is None and name.startswith("checkpoints/")
    ),
    "the folder that holds it": folder("checkpoints"),
}


@pytest.mark.parametrize("name", RULES)
def test_each_rule_of_sealing_is_needed(
    name: str, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    rule, command = RULES[name]
    scenario(command)
    rule(monkeypatch)
    assert hunts(command)
    record_property("power_loss_mutant", name)


@pytest.mark.parametrize("name", COMMAND_SYNCS)
def test_a_command_in_a_sealed_vault_needs_each_sync(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    skips, command = COMMAND_SYNCS[name]
    assert hunts(command, skips=skips)
    record_property("power_loss_mutant", f"a sealed vault's command without the sync of: {name}")


@pytest.mark.parametrize("name", INIT_SYNCS)
def test_init_of_a_sealed_vault_needs_each_sync(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    assert init_hunts(INIT_SYNCS[name])
    record_property("power_loss_mutant", f"a sealed vault's init without the sync of: {name}")


def test_init_of_a_sealed_vault_needs_vault_to_come_last(
    monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    vault_first(monkeypatch)
    assert init_hunts()
    record_property("power_loss_mutant", "a sealed vault's VAULT is written first")


@pytest.mark.parametrize("name", CARRY_SYNCS)
def test_carrying_over_needs_each_sync_of_the_notes(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    with pytest.raises(Killed):
        judge_carried(CARRY_SYNCS[name])
    record_property("power_loss_mutant", f"carrying over without the sync of: {name}")


def judge_carried(skips: Skips) -> None:
    hunt = Hunt()
    for state, promise in carrying_over(skips):
        hunt.judge(state, promise, making(), "power")
