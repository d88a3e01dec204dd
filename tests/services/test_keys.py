"""Keys are changed, and whatever interrupts that: the old or the new secret opens all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

import pytest
from tests.services.sealed_person import FIRST_ENTRIES, NEW, OLD, PAPER, person
from tests.vault.campaign import IS_LONG
from tests.vault.desk import AUTHOR
from tests.vault.model_disk import crash_states
from tests.vault.sealed_desk import ADVOCATE, HERS, LOG, RECOVERY, STRANGER, entries, opened
from tests.vault.sealed_filled import resign
from tests.vault.test_sealed_forging import relinked

from stalklog.core.canonical import decode, encode
from stalklog.errors import PassphraseError, ReadOnlyVaultError, UsageError, VaultError
from stalklog.services.keys import (
    Handed,
    add_key,
    change_passphrase,
    list_keys,
    new_recovery,
    prove_recovery,
    recover,
    remove_key,
    require_passphrase,
    try_recovery,
    write_outside,
)
from stalklog.vault.cipher import seal
from stalklog.vault.identity import recover_identity, write_for_recovery
from stalklog.vault.layout import HEADER, IDENTITY, OWNER, RECIPIENTS
from stalklog.vault.layout import RECOVERY as RECOVERY_FILE
from stalklog.vault.vault import Vault, load_header
from stalklog.vault.verify import Expectation, check_vault

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.sealed_person import Person
    from tests.vault.model_disk import ModelDisk

    from stalklog.services.desk import Desk
    from stalklog.vault.cipher import Identities

Change: TypeAlias = Callable[["Desk"], object]


@pytest.fixture
def her(monkeypatch: pytest.MonkeyPatch) -> Person:
    PAPERED.clear()
    return person(monkeypatch)


PAPERED: Final[list[Identities]] = []
"""The recovery keys that were made, as she has them on paper."""


def recovery_made(desk: Desk) -> object:
    def hand_over(key: Identities) -> Handed:
        PAPERED.append(key)
        return Handed(key.secrets[0])

    return new_recovery(desk, OLD, hand_over)


def test_who_can_read_is_listed_without_a_key(her: Person) -> None:
    told = list_keys(her.desk())
    assert [reader.role for reader in told.readers] == ["yours", "recovery"]
    add_key(her.desk(), ADVOCATE.recipients[0])
    told = list_keys(her.desk("wrong, and not asked for"))
    assert [reader.role for reader in told.readers] == ["yours", "recovery", "other"]
    assert [change.seq for change in told.changes] == [FIRST_ENTRIES]


def test_one_added_reads_what_comes_later_and_one_removed_no_longer(her: Person) -> None:
    add_key(her.desk(), ADVOCATE.recipients[0])
    her.log()
    changed = remove_key(her.desk(), ADVOCATE.recipients[0])
    her.log()
    assert changed.recipients == (*HERS.recipients, *RECOVERY.recipients)
    assert [entry.seq for entry in entries(her.disk, ADVOCATE)] == [0, 4, 5, 6]
    assert [entry.seq for entry in her.read()] == list(range(8))
    with pytest.raises(ValueError, match="other keys"):
        ADVOCATE.open(her.disk.read(OWNER))


@pytest.mark.parametrize("text", ["", "age1", HERS.secrets[0], HERS.recipients[0].upper()])
def test_what_is_no_recipient_is_not_added(her: Person, text: str) -> None:
    before = her.disk.signature()
    with pytest.raises(UsageError):
        add_key(her.desk(), text)
    assert her.disk.signature() == before


@pytest.mark.parametrize("which", [HERS, RECOVERY, STRANGER])
def test_her_key_and_the_recovery_key_are_not_removed(her: Person, which: Identities) -> None:
    before = her.disk.signature()
    with pytest.raises(UsageError):
        remove_key(her.desk(), which.recipients[0])
    if which is not STRANGER:
        with pytest.raises(UsageError):
            add_key(her.desk(), which.recipients[0])
    assert her.disk.signature() == before


def test_a_new_passphrase_opens_all_and_the_old_one_nothing(her: Person) -> None:
    changed = change_passphrase(her.desk(), NEW)
    assert changed.recipients[0] == HERS.recipients[0]
    assert len(her.read(NEW)) == FIRST_ENTRIES + 1
    with pytest.raises(PassphraseError):
        her.read(OLD)


def test_with_a_new_key_whoever_has_the_old_one_reads_nothing_added_later(her: Person) -> None:
    changed = change_passphrase(her.desk(), NEW, new_key=True)
    her.log()
    assert changed.recipients[0] not in HERS.recipients
    assert len(her.read(NEW)) == FIRST_ENTRIES + 2
    vault = opened(her.disk, HERS)
    assert [entry.seq for entry in vault.entries()] == [0, 1, 2, 3, 4]
    assert vault.unopened_lines == 1
    hers = recover_identity(her.disk, RECOVERY)
    assert len(entries(her.disk, hers)) == FIRST_ENTRIES + 2
    change_passphrase(her.desk(NEW), OLD, new_key=True)
    her.log()
    assert len(her.read(OLD)) == FIRST_ENTRIES + 4


def test_a_forgotten_passphrase_is_replaced_with_the_recovery_key(her: Person) -> None:
    her.disk.drop(IDENTITY)
    typed = " ".join(PAPER.lower()[at : at + 6] for at in range(0, len(PAPER), 6)) + "\n"
    recover(her.desk("forgotten"), typed, NEW)
    assert len(her.read(NEW)) == FIRST_ENTRIES + 1


@pytest.mark.parametrize("text", ["", "AGE-SECRET-KEY-1", STRANGER.secrets[0], "क", "\ud800"])
def test_what_is_not_the_recovery_key_recovers_nothing(her: Person, text: str) -> None:
    before = her.disk.signature()
    for command in (lambda: recover(her.desk(), text, NEW), lambda: try_recovery(her.desk(), text)):
        with pytest.raises(PassphraseError):
            command()
    assert her.disk.signature() == before


def test_without_the_copy_for_the_recovery_key_the_way_on_is_told(her: Person) -> None:
    her.disk.drop(RECOVERY_FILE)
    with pytest.raises(VaultError, match="cannot be read") as told:
        recover(her.desk(), PAPER, NEW)
    assert "--identity" in told.value.hint


def test_a_tried_recovery_key_is_noted_to_the_day(her: Person) -> None:
    try_recovery(her.desk(), PAPER)
    assert b'"recovery_tested_at":"2026-11-24"' in her.disk.read("settings")


def test_a_new_recovery_key_replaces_the_old_one(her: Person) -> None:
    old = recover_identity(her.disk, RECOVERY)
    recovery_made(her.desk())
    her.log()
    assert len(her.read(OLD)) == FIRST_ENTRIES + 2
    for seen in (RECOVERY, old):  # whoever has the old paper, and a copy of the vault of that time
        assert [entry.seq for entry in entries(her.disk, seen)] == [0, 1, 2, 3, 4]
    with pytest.raises(PassphraseError):
        recover(her.desk(), PAPER, NEW)
    recover(her.desk("forgotten"), PAPERED[-1].secrets[0], NEW)
    assert len(her.read(NEW)) == FIRST_ENTRIES + 3
    assert [one.seq for one in entries(her.disk, PAPERED[-1])] == [0, 4, 5, 6]


def test_a_recovery_key_that_was_written_down_wrongly_changes_nothing(her: Person) -> None:
    before = her.disk.signature()
    for wrong in ("", STRANGER.secrets[0], "AGE-SECRET-KEY-1", "\ud800"):
        with pytest.raises(PassphraseError):
            new_recovery(her.desk(), OLD, _saying(wrong))
        with pytest.raises(PassphraseError):
            prove_recovery(RECOVERY, wrong)
    prove_recovery(RECOVERY, f" {PAPER[:30].lower()} \n{PAPER[30:]}")
    assert her.disk.signature() == before


def _saying(text: str) -> Callable[[Identities], Handed]:
    return lambda _key: Handed(text)


def test_a_passphrase_is_long_enough_and_can_be_typed() -> None:
    assert require_passphrase("पाँच शब्द अलग") == "पाँच शब्द अलग"
    for bad in ("", "seven77", "eight\n\t88"):
        with pytest.raises(UsageError):
            require_passphrase(bad)


def test_nobody_else_changes_her_keys(her: Person) -> None:
    add_key(her.desk(), ADVOCATE.recipients[0])
    before = her.disk.signature()
    theirs = her.desk()
    desk = type(theirs)(theirs.vault, theirs.clock, wait_s=0, unlock=lambda _d, _h: ADVOCATE)
    with pytest.raises(PassphraseError, match="your own key"):
        change_passphrase(desk, NEW)
    with pytest.raises(PassphraseError, match="your own key"):
        add_key(desk, STRANGER.recipients[0])
    with pytest.raises(ValueError, match="other keys"):
        ADVOCATE.open(her.disk.read(OWNER))
    with pytest.raises(PassphraseError, match="does not open"):
        new_recovery(desk, "not her passphrase", lambda key: Handed(key.secrets[0]))
    assert her.disk.signature() == before


def test_a_change_by_another_terminal_while_she_types_is_not_undone(her: Person) -> None:
    add_key(her.desk(), ADVOCATE.recipients[0])

    def typing(_disk: object, _header: object) -> Identities:
        remove_key(her.desk(), ADVOCATE.recipients[0])  # in another window meanwhile
        return HERS

    desk = her.desk()
    slow = type(desk)(desk.vault, desk.clock, wait_s=0, unlock=typing)
    changed = add_key(slow, STRANGER.recipients[0])
    assert ADVOCATE.recipients[0] not in changed.recipients
    assert her.disk.read(RECIPIENTS).decode().split() == list(changed.recipients)


CHANGES: Final[dict[str, Change]] = {
    "add": lambda desk: add_key(desk, ADVOCATE.recipients[0]),
    "change-passphrase": lambda desk: change_passphrase(desk, NEW),
    "change-passphrase with a new key": lambda desk: change_passphrase(desk, NEW, new_key=True),
    "recover": lambda desk: recover(desk, PAPER, NEW),
    "new recovery key": recovery_made,
    "remove": lambda desk: remove_key(desk, ADVOCATE.recipients[0]),
}


def moments(her: Person, change: Change) -> list[ModelDisk]:
    """The disk before each operation, half way through each write, and at the end."""
    start = her.disk
    found: list[ModelDisk] = []
    her.at(start.copy())
    her.disk.watcher = found.append
    change(her.desk())
    her.disk.watcher = None
    found.append(her.disk)
    her.at(start)
    return found


def works(her: Person) -> str:
    """Which passphrase opens everything."""
    for passphrase in (OLD, NEW):
        try:
            her.read(passphrase)
        except PassphraseError:
            continue
        return passphrase
    raise AssertionError("no passphrase opens it")


def require_paper(her: Person) -> None:
    """Some recovery key on paper gives everything back, and a new passphrase besides."""
    for paper in (*PAPERED[:1], RECOVERY):
        try:
            recover(her.desk("forgotten"), paper.secrets[0], "by the paper alone")
        except PassphraseError:
            continue
        her.read("by the paper alone")
        return
    raise AssertionError("no recovery key opens it")


@pytest.mark.parametrize("name", CHANGES)
def test_interrupted_at_any_step_the_old_or_the_new_secret_opens_all(
    her: Person, name: str, record_property: Callable[[str, object], None]
) -> None:
    change, judged = CHANGES[name], 0
    if name == "remove":
        add_key(her.desk(), ADVOCATE.recipients[0])
    least = len(her.read())
    for number, moment in enumerate(moments(her, change)):
        if number % (1 if IS_LONG else 5):
            continue
        for left in (moment, *crash_states(moment, limit=3 if IS_LONG else 1, seed=number)):
            her.at(left.copy())
            assert len(her.read(works(her))) >= least
            her.log()
            assert len(her.read(works(her))) > least
            require_paper(her.at(left.copy()))
            _again(her.at(left.copy()), name)
            judged += 1
    record_property("key_change_states", judged)
    assert judged >= 8


def _again(her: Person, name: str) -> None:
    """She gives the command again, and it ends as if nothing had been."""
    is_done = name in {"add", "remove"} and (name == "add") == is_advocate_in(her)
    if not is_done:
        CHANGES[name](her.desk(works(her)))
    her.log()
    her.read(works(her))
    assert is_advocate_in(her) == (name == "add")


def is_advocate_in(her: Person) -> bool:
    with Vault(her.disk).writing(AUTHOR, wait_s=0) as writer:
        return ADVOCATE.recipients[0] in writer.recipients


def test_a_key_file_elsewhere_is_replaced_whole(tmp_path: Path) -> None:
    place = tmp_path / "stick" / "id.age"
    with pytest.raises(VaultError, match="cannot be written"):
        write_outside(place, b"new")
    place.parent.mkdir()
    place.write_bytes(b"old")
    write_outside(place, b"new")
    assert place.read_bytes() == b"new"
    assert place.stat().st_mode & 0o777 == 0o600
    with pytest.raises(VaultError, match="cannot be written"):
        write_outside(place / "below a file", b"new")
    assert [path.name for path in place.parent.iterdir()] == ["id.age"]


def forged(disk: ModelDisk, key: Identities) -> ModelDisk:
    """What somebody with the folder and no key can do: his recipient in place of the recovery's."""
    disk = disk.copy()
    header = decode(disk.read(HEADER).rstrip(b"\n"))
    readers = [HERS.recipients[0], *key.recipients]
    disk.put(HEADER, encode({**header, "recipients": [*readers]}) + b"\n")
    disk.put(RECIPIENTS, "".join(f"{one}\n" for one in readers).encode())
    first, *others = disk.read(LOG).split(b"\n")[:-1]
    first = encode({**decode(first), "prev": load_header(disk).line_sha256})
    return resign(disk, relinked((first, *others), 1))


@pytest.mark.parametrize("name", ["add", "change-passphrase with a new key", "recover"])
def test_no_secret_is_given_to_whoever_wrote_himself_into_the_vault(her: Person, name: str) -> None:
    whole = her.disk
    her.at(forged(whole, STRANGER))
    with pytest.raises(ReadOnlyVaultError, match="damaged"):
        CHANGES[name](her.desk())
    for kept in (RECOVERY_FILE, OWNER, IDENTITY):
        assert her.disk.read(kept) == whole.read(kept)


def test_an_old_copy_brings_a_removed_reader_back_and_only_a_kept_head_shows_it(
    her: Person,
) -> None:
    """What `docs/how-to/seal-a-vault.md` says: a limit, and the way to see it."""
    add_key(her.desk(), ADVOCATE.recipients[0])
    old = her.disk.copy()
    removed = remove_key(her.desk(), ADVOCATE.recipients[0])
    her.at(old)
    her.log()
    assert entries(her.disk, ADVOCATE)[-1].type == "threat.logged"
    assert check_vault(her.disk, opening=HERS).verdict == "intact"
    kept = Expectation(removed.size, removed.head)
    for key in (HERS, None):
        found = check_vault(her.disk, opening=key, expect=kept)
        assert "HEAD_NOT_EXPECTED" in {finding.code for finding in found.findings}


def test_without_the_key_nothing_shows_whom_the_vault_is_sealed_to(her: Person) -> None:
    """What the same page says."""
    her.at(forged(her.disk, STRANGER))
    her.log()
    assert entries(her.disk, STRANGER)[-1].type == "threat.logged"
    assert {found.code for found in check_vault(her.disk).findings} == {"SEALED_NO_KEY"}
    assert check_vault(her.disk, opening=HERS).verdict == "damaged"


def test_a_new_recovery_key_is_shown_only_when_all_is_proven(her: Person) -> None:
    def never(_key: Identities) -> Handed:
        raise AssertionError("a key was shown that comes to nothing")

    with pytest.raises(PassphraseError):
        new_recovery(her.desk(), NEW, never)
    her.at(forged(her.disk, STRANGER))
    before = her.disk.signature()
    with pytest.raises(ReadOnlyVaultError, match="damaged"):
        new_recovery(her.desk(), OLD, never)
    assert her.disk.signature() == before


def test_while_she_writes_the_new_key_down_others_add(her: Person) -> None:
    def hand_over(key: Identities) -> Handed:
        her.log()
        return Handed(key.secrets[0])

    new_recovery(her.desk(), OLD, hand_over)
    assert len(her.read(OLD)) == FIRST_ENTRIES + 2


def test_what_happens_to_the_vault_while_she_writes_is_seen(her: Person) -> None:
    whole = her.disk

    def hand_over(key: Identities) -> Handed:
        her.at(forged(whole, STRANGER))
        return Handed(key.secrets[0])

    with pytest.raises(ReadOnlyVaultError, match="damaged"):
        new_recovery(her.desk(), OLD, hand_over)
    assert her.disk.read(IDENTITY) == whole.read(IDENTITY)


def test_a_recovery_key_that_opens_anothers_key_does_not_work(her: Person) -> None:
    write_for_recovery(her.disk, STRANGER, RECOVERY.recipients)
    for action in (try_recovery, lambda desk, key: recover(desk, key, NEW)):
        with pytest.raises(VaultError, match="not your key"):
            action(her.desk(), PAPER)
    assert list_keys(her.desk()).recovery_tested_at is None


def test_a_recovery_key_without_the_owners_does_not_work(her: Person) -> None:
    her.disk.put(OWNER, seal(b"no key", RECOVERY.recipients))
    with pytest.raises(ReadOnlyVaultError):
        try_recovery(her.desk(), PAPER)
    assert list_keys(her.desk()).recovery_tested_at is None
