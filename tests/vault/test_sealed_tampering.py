"""Whatever is changed in a sealed vault is found, with the key and without, and nothing leaks.

Each change is looked at three times: by the check without the key and with it, by a writer, and by
the reader, which goes through the services. The long campaign takes every byte.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import pytest
from tests.vault.campaign import IS_LONG
from tests.vault.desk import original
from tests.vault.fifty import LARGE
from tests.vault.going_on import add_one, codes
from tests.vault.model_disk import ROOT
from tests.vault.sealed_desk import HERS, LOG, lines_of
from tests.vault.sealed_filled import ONLY_WITH_KEY, filled, resign, told
from tests.vault.test_every_byte import require_each_cut_found
from tests.vault.test_tampering import CHAIN, RIGHT_FOR_HEADER, SEQ, wrongly_named

from stalklog.errors import StalklogError
from stalklog.services.desk import Desk
from stalklog.services.entries import list_entries, show_entry
from stalklog.services.evidence import get_original
from stalklog.services.filters import Filter
from stalklog.vault.layout import (
    HEADER,
    LATEST_NOTE,
    OWNER,
    RECIPIENTS,
    RECOVERY,
    SETTINGS,
    SIGNER,
    STATE,
)
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.vault.model_disk import ModelDisk, Special

STEP: Final = 1 if IS_LONG else 499
"""Of how many bytes one is changed."""
LARGE_STEP: Final = 2_053 if IS_LONG else 65_537
LINE_STEP: Final = 1 if IS_LONG else 4
"""Of how many lines one is arranged anew, the last one always."""
READER_STEP: Final = 25 if IS_LONG else 5
"""After how many changes the writer and the reader are let at the vault as well."""
WORDS: Final = (b"I know where you are", b"Do not contact me", b"They took the report", b"Asha")
ORIGINALS: Final = (*map(original, (1, 2, 3, 70)), LARGE)
PLACES: Final = (
    HEADER,
    SETTINGS,
    STATE,
    LOG,
    "checkpoints/",
    "keys/",
    "objects/",
    "quarantine/",
)
BAD_NOTE: Final = (
    frozenset({"CHECKPOINT_BAD_FORMAT"}),
    frozenset({"CHECKPOINT_BAD_SIGNATURE"}),
)
OUTSIDE_THE_PROOF: Final = frozenset({SETTINGS, SIGNER})
KEY_FILES: Final = frozenset({OWNER, RECOVERY})
"""Outside the proof too: that one is gone is told, and with the key that the owner's is changed."""
AGE: Final = b"age-encryption.org/v1\n"
NO_FAULTS: Final = frozenset({"STATE_BAD", "TORN_TAIL", "ORPHAN_OBJECT", "CLOCK_BACKWARDS"})
KEYS: Final = frozenset({"KEYS_UNAPPROVED", "RECIPIENTS_CHANGED"})
RIGHT_FOR_FIELD: Final = {
    "v": frozenset({"SCHEMA_BAD"}),
    "seq": SEQ | {"KEYS_UNAPPROVED"},
    "prev": frozenset({"CHAIN_BROKEN", "SCHEMA_BAD"}) | KEYS,
    "commit": CHAIN | {"SCHEMA_BAD"},
    "objects": frozenset({"SCHEMA_BAD", "OBJECT_MISSING"}),
    "sealed": CHAIN | {"SEALED_BAD"},
    "log": frozenset({"SCHEMA_BAD"}),
    "type": frozenset({"SCHEMA_BAD"}),
    "at": CHAIN | {"SCHEMA_BAD"},
    "tz": frozenset({"SCHEMA_BAD"}),
    "by": frozenset({"SCHEMA_BAD"}),
    "tool": CHAIN,
    "salt": CHAIN | {"SCHEMA_BAD"},
    "body": CHAIN
    | KEYS
    | {"SCHEMA_BAD", "QUARANTINE_MISSING", "QUARANTINE_CHANGED"}
    | {"NOT_CANONICAL"},  # a key inside it is none
}


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Look:
    return Look(monkeypatch, tmp_path)


class Look:
    """What a writer and a reader do with a vault that somebody had in hands."""

    def __init__(self, patch: pytest.MonkeyPatch, out: Path) -> None:
        self._patch = patch
        self._out = out

    def writes(self, disk: ModelDisk) -> bool:
        """Add one without the key; whether the vault took it. Damage stays, and nothing is cut."""
        verdict, before = check_vault(disk, wait_s=0).verdict, disk.files()
        took = add_one(disk)
        if took:
            assert disk.read(LOG).startswith(before[LOG])
            kept = [name for name in before if name.startswith(("objects/", "quarantine/"))]
            assert all(disk.files()[name] == before[name] for name in kept)
        assert (check_vault(disk, wait_s=0).verdict == "damaged") == (verdict == "damaged")
        return took

    def reads(self, disk: ModelDisk) -> None:
        """List all, show all, get every original: whole or in our words, and nothing is left."""
        for module in ("desk", "settings"):
            self._patch.setattr(f"stalklog.services.{module}.Disk", lambda _path: disk)
        desk = Desk(ROOT, wait_s=0, unlock=lambda _disk, _header: HERS)
        before = disk.signature()
        for name in self._listed(desk):
            try:
                show_entry(desk, name)
                get_original(desk, name, self._out / "got")
            except StalklogError:
                assert list(self._out.iterdir()) == []
            else:
                got = self._out / "got"
                assert got.read_bytes() in ORIGINALS
                got.unlink()
        assert disk.signature() == before
        require_unreadable(disk)

    def _listed(self, desk: Desk) -> list[str]:
        try:
            return [shown.id for shown in list_entries(desk, "all", chosen=Filter())]
        except StalklogError:
            return []


def require_unreadable(disk: ModelDisk) -> None:
    """No word of hers and no original stands anywhere on the disk."""
    for name, data in disk.files().items():
        assert not any(word in data for word in WORDS), name
        assert not any(whole[:40] in data for whole in ORIGINALS), name


def names_at(place: str) -> list[str]:
    there = [name for name in filled().files() if name.startswith(place)]
    return sorted(name for name in there if name == place or name not in PLACES)


def steps_of(name: str) -> range:
    length = len(filled().read(name))
    step = LARGE_STEP if length > len(LARGE) else STEP
    return range(sum(name.encode()) % min(step, length), length, step)


def flips(name: str) -> Iterator[bytes]:
    good = filled().read(name)
    for at in steps_of(name):
        for mask in (1 << (at * 5 + 3) % 8, 0xFF):
            yield good[:at] + bytes([good[at] ^ mask]) + good[at + 1 :]


def wrong_after_flip(name: str, changed: bytes, found: frozenset[str]) -> str | None:
    """Why what was found without the key is wrong for a changed byte."""
    if name == LOG:
        return wrongly_named(filled().read(LOG), changed, found - NO_FAULTS, RIGHT_FOR_FIELD)
    if name == HEADER:
        is_right = bool(found) and found <= RIGHT_FOR_HEADER | KEYS
    else:
        is_right = found in right_for_file(name, changed)
    return None if is_right else str(sorted(found))


def right_for_file(name: str, changed: bytes) -> tuple[frozenset[str], ...]:
    if name in OUTSIDE_THE_PROOF:
        return (frozenset(),)
    if name in KEY_FILES:
        return (frozenset() if changed.startswith(AGE) else frozenset({"KEY_MISSING"}),)
    if name.startswith("checkpoints/"):
        return BAD_NOTE
    code = {
        "objects": "OBJECT_CHANGED",
        "quarantine": "QUARANTINE_CHANGED",
        STATE: "STATE_BAD",
        "keys": "RECIPIENTS_CHANGED",
    }[name.partition("/")[0]]
    return (frozenset({code}),)


def may_take_more(name: str) -> bool | None:
    """Whether a writer goes on where this file was changed; None where it depends on the byte."""
    if name in {LATEST_NOTE, RECIPIENTS, HEADER}:
        return False
    return None if name == LOG else True


def require_told(disk: ModelDisk, name: str = "") -> frozenset[str]:
    """What is found without the key; with it the same is found, and what only the key shows."""
    without, whole = told(disk)
    assert without <= whole
    if name == OWNER and not without:
        assert whole == {"KEYS_UNAPPROVED"}
    else:
        assert whole - without <= ONLY_WITH_KEY
    return without


def test_the_vault_holds_all_there_is() -> None:
    files = filled().files()
    assert sorted([*(n for place in PLACES for n in names_at(place)), "lock"]) == sorted(files)
    assert {len(files[name]) > len(LARGE) for name in names_at("objects/")} == {True, False}
    assert len(names_at("checkpoints/")) == 2
    assert len(names_at("quarantine/")) == 1
    assert len(names_at("keys/")) == 4
    require_unreadable(filled())


def test_without_a_key_it_is_not_checked_and_with_one_it_is_intact() -> None:
    without = check_vault(filled(), wait_s=0)
    assert without.verdict == "not-checked"
    assert codes(without) == {"SEALED_NO_KEY"}
    whole = check_vault(filled(), wait_s=0, opening=HERS)
    assert (whole.verdict, whole.findings) == ("intact", ())
    assert (whole.entries, whole.objects) == (19, 5)


@pytest.mark.parametrize("place", PLACES)
def test_every_changed_byte_is_found_with_the_key_and_without(
    place: str, looks: Look, record_property: Callable[[str, object], None]
) -> None:
    count = 0
    for name in names_at(place):
        for changed in flips(name):
            disk = filled().copy()
            disk.put(name, changed)
            found = require_told(disk, name)
            wrong = wrong_after_flip(name, changed, found)
            assert wrong is None, (name, wrong, changed[:2000])
            count += 1
            if count % READER_STEP == 0:
                looks.reads(disk)
                assert may_take_more(name) in {looks.writes(disk), None}, (name, changed[:2000])
    assert count
    record_property("tamperings", count)


@pytest.mark.parametrize("place", PLACES)
def test_a_file_cut_at_any_byte_is_found(
    place: str, looks: Look, record_property: Callable[[str, object], None]
) -> None:
    right = {LOG: "LOG_TRUNCATED", HEADER: "VAULT_BAD"}
    count = 0
    for name in names_at(place):
        good = filled().read(name)
        for length in steps_of(name):
            disk = filled().copy()
            disk.put(name, good[:length])
            found = require_told(disk, name)
            if name in right:
                assert right[name] in found, length
            else:
                assert found in right_for_file(name, good[:length]), name
            count += 1
            if count % READER_STEP == 0:
                looks.reads(disk)
                looks.writes(disk)
    assert count
    record_property("tamperings", count)


def test_a_large_original_cut_at_any_byte_is_found(
    record_property: Callable[[str, object], None],
) -> None:
    """By the check of originals alone, which without the key knows no size."""
    disk = filled().copy()
    (name,) = (name for name in names_at("objects/") if len(disk.read(name)) > len(LARGE))
    record_property("tamperings", require_each_cut_found(disk, name, -1, "OBJECT_CHANGED"))


@pytest.mark.parametrize("special", ["link", "folder", "other"])
@pytest.mark.parametrize("name", [LOG, RECIPIENTS, OWNER, RECOVERY, HEADER, LATEST_NOTE])
def test_what_is_no_file_is_never_followed(name: str, special: Special, looks: Look) -> None:
    disk = filled().copy()
    disk.plant(name, special)
    found = require_told(disk)
    assert found == {"KEY_MISSING"} if name in KEY_FILES else found
    if name != HEADER:
        looks.reads(disk)
    assert looks.writes(disk) == (name in KEY_FILES)


Arrange = Callable[[list[bytes], int], list[bytes]]

# Lines: each once as it lies there, and once with state and note made to fit, as the signer allows


def arranged(change: Arrange) -> Iterator[list[bytes]]:
    lines = lines_of(filled())
    for number in range(len(lines))[::-LINE_STEP]:
        changed = change(list(lines), number)
        if changed not in ([], lines):
            yield changed


def deleted(lines: list[bytes], number: int) -> list[bytes]:
    return lines[:number] + lines[number + 1 :]


def doubled(lines: list[bytes], number: int) -> list[bytes]:
    return lines[: number + 1] + lines[number:]


def swapped(lines: list[bytes], number: int) -> list[bytes]:
    return [*lines[:number], *lines[number : number + 2][::-1], *lines[number + 2 :]]


def moved(lines: list[bytes], number: int) -> list[bytes]:
    rest = deleted(lines, number)
    place = (number + 7) % len(lines)
    return [*rest[:place], lines[number], *rest[place:]]


def emptied(lines: list[bytes], number: int) -> list[bytes]:
    return [*lines[:number], b"", *lines[number + 1 :]]


ARRANGED: Final[dict[Arrange, frozenset[str]]] = {
    deleted: frozenset({"SEQ_GAP"}),
    doubled: frozenset({"SEQ_REPEAT"}),
    swapped: frozenset({"SEQ_BACKWARDS"}),
    moved: frozenset({"SEQ_BACKWARDS"}),
    emptied: frozenset({"NOT_JSON"}),
}


@pytest.mark.parametrize("change", ARRANGED, ids=lambda change: change.__name__)
def test_lines_that_were_arranged_anew_are_found(
    change: Arrange,
    looks: Look,
    record_property: Callable[[str, object], None],
) -> None:
    count, last = 0, lines_of(filled())[-1]
    for lines in arranged(change):
        raw = filled().copy()
        raw.put(LOG, b"".join(line + b"\n" for line in lines))
        fitted = resign(filled(), lines)
        for disk in (raw, fitted):
            found = require_told(disk)
            is_cut = disk is fitted and change is deleted and last not in lines
            assert bool(found) != is_cut, "a cut tail with new bounds is shown by a kept head alone"
            if disk is fitted and not is_cut:
                assert found & ARRANGED[change], (found, change)
            count += 1
            if count % READER_STEP == 0:
                looks.reads(disk)
                looks.writes(disk)
    record_property("tamperings", count)
