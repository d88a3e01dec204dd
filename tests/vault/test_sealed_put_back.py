"""Files of a sealed vault put back from older copies: found, or shown by a kept head alone.

What must be said is worked out here from what the copies hold: the one log has no gaps, so it is
how many lines there are, how many `state` and the notes vouch for, and what the lines need.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

import pytest
from tests.vault.campaign import IS_LONG
from tests.vault.desk import (
    add_files,
    amend_threat,
    attach,
    demand,
    log_threat,
    make_report,
    note_case,
    withdraw_threat,
)
from tests.vault.fifty import keep_large
from tests.vault.going_on import add_one, codes, faults
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import HERS, LOG, entries, give, init_sealed
from tests.vault.test_put_back import TRUNCATED

from stalklog.vault.layout import LATEST_NOTE, STATE, object_name
from stalklog.vault.vault import Vault
from stalklog.vault.verify import Expectation, check_vault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Mix: TypeAlias = "Mapping[str, int | None]"
"""For each group of files the snapshot that it comes from; None where it was removed."""

KEPT: Final = "kept notes"
OBJECTS: Final = "originals"
GROUPS: Final = (STATE, LATEST_NOTE, KEPT, LOG, OBJECTS)
REMOVABLE: Final = frozenset({STATE, LATEST_NOTE, KEPT})
YEAR: Final = (
    log_threat, add_files(1, 2), make_report, note_case, keep_large, attach, amend_threat,
    demand, make_report, withdraw_threat, add_files(3), log_threat,
)  # fmt: skip
OLD: Final = range(len(YEAR)) if IS_LONG else (2, 6, 9)
"""Which snapshots are put back into the newest."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The vault as it lay there after one command; not to be changed."""

    disk: ModelDisk
    kept: Expectation
    needs: tuple[frozenset[str], ...]
    """By line: the objects that it names."""


@cache
def history() -> tuple[Snapshot, ...]:
    disk = ModelDisk()
    init_sealed(disk)
    found = [_snapshot(disk)]
    for command in YEAR:
        give(disk, command)
        found.append(_snapshot(disk))
    return tuple(found)


def _snapshot(disk: ModelDisk) -> Snapshot:
    state = Vault(disk).state
    assert state is not None
    needs = tuple(frozenset(map(object_name, entry.objects)) for entry in entries(disk))
    return Snapshot(disk.copy(), Expectation(state.size, state.head), needs)


def group_of(name: str) -> str | None:
    if name.startswith("checkpoints/") and name != LATEST_NOTE:
        return KEPT
    return OBJECTS if name.startswith("objects/") else name if name in GROUPS else None


def mixed(mix: Mix) -> ModelDisk:
    disk = history()[-1].disk.copy()
    for name in disk.files():
        if group_of(name) in mix:
            disk.drop(name)
    for group, at in mix.items():
        old = history()[at].disk.files() if at is not None else {}
        for name, content in old.items():
            if group_of(name) == group:
                disk.put(name, content)
    return disk


def require_right(mix: Mix) -> bool:
    """Check a combination, and let a writer at it; whether only a kept head shows its loss."""
    newest = history()[-1]
    disk = mixed(mix)
    at = mix.get(LOG, -1)
    assert at is not None
    needs = history()[at].needs
    size = len(needs)
    there = disk.files()
    vouched = _vouched(mix)
    lacks = frozenset().union(*needs) - there.keys()
    is_damaged = size < vouched or LATEST_NOTE not in there or bool(lacks)
    is_lost = size < newest.kept.size
    unaware = check_vault(disk, wait_s=0, opening=HERS)
    aware = check_vault(disk, wait_s=0, opening=HERS, expect=newest.kept)
    found = faults(unaware)
    assert (unaware.verdict == "damaged") == is_damaged, (mix, codes(unaware))
    assert unaware.completeness == "not-checked"
    assert size >= vouched or found & TRUNCATED, (mix, found)
    assert not lacks or size < vouched or "OBJECT_MISSING" in found, (mix, found)
    if is_lost:
        assert is_damaged or faults(aware) == {"HEAD_NOT_EXPECTED"}, (mix, codes(aware))
        assert aware.verdict == "damaged", (mix, codes(aware))
    else:
        assert "HEAD_NOT_EXPECTED" not in codes(aware), (mix, codes(aware))
    without = check_vault(disk, wait_s=0)
    is_seen_without = size < vouched or LATEST_NOTE not in there
    assert not is_seen_without or without.verdict == "damaged", (mix, codes(without))
    assert is_damaged or without.verdict != "damaged", (mix, codes(without))
    if add_one(disk):
        assert size >= vouched, (mix, "went on below what is vouched for")
        assert disk.read(LOG).startswith(there[LOG]), mix
        after = check_vault(disk, wait_s=0, opening=HERS, expect=newest.kept)
        assert (after.verdict == "damaged") == (is_damaged or is_lost), (mix, codes(after))
    else:
        assert is_damaged, mix
    return is_lost and not is_damaged


def _vouched(mix: Mix) -> int:
    """For how many entries `state` and the notes say that there are so many."""
    found = [0]
    for group in (STATE, LATEST_NOTE):
        at = mix.get(group, -1)
        found += [history()[at].kept.size] if at is not None else []
    at = mix.get(KEPT, -1)
    names = history()[at].disk.files() if at is not None else {}
    return max(found + [int(name[12:-5]) for name in names if group_of(name) == KEPT])


@pytest.mark.parametrize("old", OLD)
def test_whatever_is_put_back_is_found_or_shown_by_a_kept_head(
    old: int, record_property: Callable[[str, object], None]
) -> None:
    newest = len(history()) - 1
    count = silent = 0
    for choice in itertools.product((newest, old, None), repeat=len(GROUPS)):
        mix = dict(zip(GROUPS, choice, strict=True))
        if all(at is not None or group in REMOVABLE for group, at in mix.items()):
            silent += require_right(mix)
            count += 1
    assert count == 3**3 * 2**2
    assert silent
    record_property("put_back", count)
    record_property("put_back_silent", silent)
