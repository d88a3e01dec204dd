"""Every byte of every file of a vault of fifty entries, changed and cut off, is found.

What lies outside the proof says nothing, and nothing is lost by it. The long campaign takes every
byte; the usual run takes a sample, another one of each file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from tests.vault.campaign import IS_LONG
from tests.vault.fifty import LARGE, fifty
from tests.vault.going_on import codes, faults, require_still_told
from tests.vault.test_tampering import RIGHT_FOR_HEADER, wrongly_named

from stalklog.core.hashing import sha256_hex
from stalklog.records.types import LOGS
from stalklog.vault.check_objects import check_objects
from stalklog.vault.layout import HEADER, LATEST_NOTE, README, SETTINGS, SIGNER, STATE, object_name
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.vault.model_disk import ModelDisk

    from stalklog.vault.findings import Finding
    from stalklog.vault.verify import Verification

STEP: Final = 1 if IS_LONG else 191
"""Of how many bytes one is changed."""
WRITER_STEP: Final = 3 if IS_LONG else 1
"""After how many changes a writer is let at the vault as well."""
LARGE_NAME: Final = object_name(sha256_hex(LARGE))
LARGE_STEP: Final = 4_099 if IS_LONG else 65_537
"""The same for the large original, by the whole check."""
CUT_STEP: Final = 1 if IS_LONG else 1_021
"""At every how many lengths the large original is cut, by the check of originals alone."""
PLACES: Final = (
    HEADER,
    README,
    SETTINGS,
    STATE,
    SIGNER,
    LATEST_NOTE,
    "checkpoints/",
    *(f"logs/{log}.jsonl" for log in LOGS),
    "objects/",
    "quarantine/",
)
"""Every file of the vault, those of a folder together."""
BAD_NOTE: Final = (
    frozenset({"CHECKPOINT_BAD_FORMAT"}),
    frozenset({"CHECKPOINT_BAD_SIGNATURE"}),
)


def names_at(place: str) -> list[str]:
    """The files of a place, none of which stands at another place too."""
    there = [name for name in fifty().disk.files() if name.startswith(place)]
    return sorted(name for name in there if name == place or name not in PLACES)


def steps_of(name: str) -> range:
    step = LARGE_STEP if name == LARGE_NAME else STEP
    length = len(fifty().disk.read(name))
    return range(sum(name.encode()) % min(step, length), length, step)


def flips(name: str) -> Iterator[bytes]:
    """One bit of a byte changed, and all of them."""
    good = fifty().disk.read(name)
    for at in steps_of(name):
        for mask in (1 << (at * 5 + 3) % 8, 0xFF):
            yield good[:at] + bytes([good[at] ^ mask]) + good[at + 1 :]


def cuts(name: str) -> Iterator[bytes]:
    """The file without its end."""
    good = fifty().disk.read(name)
    for length in steps_of(name):
        yield good[:length]


def wrong_after_flip(name: str, good: bytes, changed: bytes, checked: Verification) -> str | None:
    """Why what was said of a changed byte is wrong; None where it is what the format says."""
    found = faults(checked)
    if name.startswith("logs/"):
        return wrongly_named(good, changed, found)
    if name == HEADER:
        is_right = bool(found) and found <= RIGHT_FOR_HEADER
    elif name.startswith("checkpoints/"):
        is_right = found in BAD_NOTE
    elif name.startswith("objects/"):
        is_right = found == {"OBJECT_CHANGED"}
    elif name.startswith("quarantine/"):
        is_right = found == {"QUARANTINE_CHANGED"}
    elif name == STATE:
        is_right = codes(checked) == {"STATE_BAD"} and checked.verdict == "intact"
    else:  # outside the proof
        is_right = not checked.findings
    return None if is_right else str(sorted(codes(checked)))


def wrong_after_cut(name: str, checked: Verification) -> str | None:
    """The same for a file that was cut."""
    found = faults(checked)
    if name.startswith("logs/"):
        is_right = "LOG_TRUNCATED" in found
    elif name == HEADER:
        is_right = "VAULT_BAD" in found
    elif name.startswith("checkpoints/"):
        is_right = found in BAD_NOTE
    elif name.startswith("objects/"):
        is_right = found == {"OBJECT_SIZE"}
    elif name.startswith("quarantine/"):
        is_right = found == {"QUARANTINE_CHANGED"}
    elif name == STATE:
        is_right = codes(checked) == {"STATE_BAD"} and checked.verdict == "intact"
    else:
        is_right = not checked.findings
    return None if is_right else str(sorted(codes(checked)))


def may_take_more(name: str) -> bool | None:
    """Whether a writer goes on where this file was changed; None where it depends on the byte."""
    if name == LATEST_NOTE:
        return False
    return None if name == HEADER or name.startswith("logs/") else True


def test_every_file_of_the_vault_has_its_place() -> None:
    files = fifty().disk.files()
    listed = [name for place in PLACES for name in names_at(place)]
    assert sorted([*listed, "lock"]) == sorted(files)
    assert files["lock"] == b""
    assert len(names_at("objects/")) >= 5
    assert len(names_at("quarantine/")) == 2
    assert len(names_at("checkpoints/")) == 3


@pytest.mark.parametrize("place", PLACES)
def test_every_changed_byte_is_found(
    place: str, record_property: Callable[[str, object], None]
) -> None:
    count = 0
    for name in names_at(place):
        good = fifty().disk.read(name)
        for changed in flips(name):
            disk = fifty().disk.copy()
            disk.put(name, changed)
            checked = check_vault(disk, wait_s=0)
            wrong = wrong_after_flip(name, good, changed, checked)
            assert wrong is None, (name, wrong, changed[:2000])
            count += 1
            if count % WRITER_STEP == 0:
                took = require_still_told(disk, checked)
                assert may_take_more(name) in {took, None}, (name, took, changed[:2000])
    assert count
    record_property("tamperings", count)


@pytest.mark.parametrize("place", PLACES)
def test_a_file_cut_at_any_byte_is_found(
    place: str, record_property: Callable[[str, object], None]
) -> None:
    count = 0
    for name in names_at(place):
        for changed in cuts(name):
            disk = fifty().disk.copy()
            disk.put(name, changed)
            checked = check_vault(disk, wait_s=0)
            wrong = wrong_after_cut(name, checked)
            assert wrong is None, (name, wrong, len(changed))
            count += 1
            if count % WRITER_STEP == 0:
                is_beyond = name.startswith("logs/") or name in {HEADER, LATEST_NOTE}
                assert require_still_told(disk, checked) != is_beyond, (name, len(changed))
    assert count
    record_property("tamperings", count)


@pytest.mark.skipif(not IS_LONG, reason="the usual run takes a few bytes of it, by the whole check")
def test_every_byte_of_a_large_original_is_found(
    record_property: Callable[[str, object], None],
) -> None:
    """By the check of originals alone: half a million whole checks would take an hour."""
    disk, sha256 = fifty().disk.copy(), sha256_hex(LARGE)
    named = {sha256: (len(LARGE), 1)}
    count = 0
    for at in range(len(LARGE)):
        for mask in (1 << (at * 5 + 3) % 8, 0xFF):
            disk.put(LARGE_NAME, LARGE[:at] + bytes([LARGE[at] ^ mask]) + LARGE[at + 1 :])
            findings: list[Finding] = []
            check_objects(disk, named, findings, None)
            assert [found.code for found in findings] == ["OBJECT_CHANGED"], at
            count += 1
    record_property("tamperings", count)


def require_each_cut_found(disk: ModelDisk, name: str, size_bytes: int, right: str) -> int:
    """Cut an original at every length, by the check of originals alone; how many times.

    Args:
        disk: The vault; the original is left cut.
        name: Where the original lies.
        size_bytes: What the check knows of its size; -1 for nothing.
        right: What must be found, and nothing else.
    """
    good, sha256 = disk.read(name), name.rpartition("/")[2]
    lengths = range(0, len(good), CUT_STEP)
    for length in (*lengths, len(good) - 1):
        disk.put(name, good[:length])
        findings: list[Finding] = []
        check_objects(disk, {sha256: (size_bytes, 1)}, findings, None)
        assert [found.code for found in findings] == [right], length
    return len(lengths) + 1


def test_a_large_original_cut_at_any_byte_is_found(
    record_property: Callable[[str, object], None],
) -> None:
    disk = fifty().disk.copy()
    count = require_each_cut_found(disk, LARGE_NAME, len(LARGE), "OBJECT_SIZE")
    record_property("tamperings", count)
