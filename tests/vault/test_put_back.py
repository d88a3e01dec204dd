"""Files put back from older copies, in every combination: found, or shown by a kept head alone.

What must be said of a combination is worked out here from what the copies hold, without the code
that is tested: how far the lines go on without a gap, and how far `state` and the notes vouch.
"""

from __future__ import annotations

import itertools
import json
import random
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

import pytest
from tests.vault.campaign import IS_LONG
from tests.vault.fifty import fifty, history
from tests.vault.going_on import add_one, codes, faults

from stalklog.records.types import LOGS
from stalklog.vault.layout import LATEST_NOTE, STATE, log_name, object_name
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.vault.model_disk import ModelDisk

Mix: TypeAlias = "Mapping[str, int | None]"
"""For each group of files the snapshot that it comes from; None where it was removed."""

KEPT: Final = "kept notes"
OBJECTS: Final = "originals"
QUARANTINE: Final = "quarantine"
GROUPS: Final = (STATE, LATEST_NOTE, KEPT, *(log_name(log) for log in LOGS), OBJECTS, QUARANTINE)
REMOVABLE: Final = (STATE, LATEST_NOTE, KEPT)
LOG_GROUPS: Final = tuple(log_name(log) for log in LOGS)
TRUNCATED: Final = frozenset(
    {"LOG_TRUNCATED", "CHECKPOINT_AHEAD", "CHECKPOINT_BAD_FORMAT", "SEQ_GAP", "CHAIN_BROKEN"}
)
"""What may be said where entries are missing that something vouches for."""
OLD: Final = (9, 17, 24, 33, 38) if IS_LONG else (17,)
"""Which snapshots are put back into the newest, in every combination."""
EVERY: Final = 1 if IS_LONG else 16
"""Of how many combinations one is tried."""
DRAWN: Final = 4_000 if IS_LONG else 60
"""How many combinations of files from any snapshots are tried besides."""


def group_of(name: str) -> str | None:
    if name.startswith("checkpoints/") and name != LATEST_NOTE:
        return KEPT
    if name.startswith("objects/"):
        return OBJECTS
    if name.startswith("quarantine/"):
        return QUARANTINE
    return name if name in GROUPS else None


@cache
def files_of(at: int, group: str) -> dict[str, bytes]:
    return {
        name: content
        for name, content in history()[at].disk.files().items()
        if group_of(name) == group
    }


def mixed(mix: Mix) -> ModelDisk:
    disk = fifty().disk.copy()
    for name in disk.files():
        if group_of(name) in mix:
            disk.drop(name)
    for group, at in mix.items():
        for name, content in files_of(at, group).items() if at is not None else ():
            disk.put(name, content)
    return disk


# What must be said


@dataclass(frozen=True, slots=True)
class Entry:
    seq: int
    needs: frozenset[str]
    """The originals, and the pieces in quarantine, that it names."""


@cache
def entries_of(at: int, log: str) -> tuple[Entry, ...]:
    found: list[Entry] = []
    for line in history()[at].disk.read(log).splitlines():
        value = json.loads(line)
        body = value["body"]
        needs = {object_name(body["sha256"])} if value["type"] == "evidence.added" else set()
        needs |= {cut["file"] for cut in body.get("cut", [])}
        found.append(Entry(value["seq"], frozenset(needs)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Right:
    """What is right to say of a combination."""

    size: int
    """How many entries go on without a gap from the first."""
    vouched: int
    """How many there must be, by `state` and the notes."""
    has_more: bool
    """Whether lines lie behind the gap."""
    is_state_gone: bool
    is_note_gone: bool
    lacks: frozenset[str]
    """Of those files that the entries name, the ones that are not there."""

    @property
    def is_damaged(self) -> bool:
        is_short = self.size < self.vouched
        has_gap = self.is_state_gone and self.has_more
        return is_short or has_gap or self.is_note_gone or bool(self.lacks)

    @property
    def is_lost(self) -> bool:
        return self.size < fifty().size


def right_for(mix: Mix) -> Right:
    newest = len(history()) - 1
    where = {group: mix.get(group, newest) for group in GROUPS}
    entries = {
        entry.seq: entry
        for log in LOG_GROUPS
        if (at := where[log]) is not None
        for entry in entries_of(at, log)
    }
    size = next(seq for seq in itertools.count() if seq not in entries)
    sizes = {at: snapshot.size for at, snapshot in enumerate(history())}
    vouched = [sizes[at] for name in (STATE, LATEST_NOTE) if (at := where[name]) is not None]
    if (kept := where[KEPT]) is not None:
        vouched += [int(name[12:-5]) for name in files_of(kept, KEPT)]
    there = {
        name
        for group in (OBJECTS, QUARANTINE)
        if (at := where[group]) is not None
        for name in files_of(at, group)
    }
    read = size if where[STATE] is not None else max(entries) + 1
    needed = {name for entry in entries.values() if entry.seq < read for name in entry.needs}
    return Right(
        size=size,
        vouched=max(vouched, default=0),
        has_more=max(entries) >= size,
        is_state_gone=where[STATE] is None,
        is_note_gone=where[LATEST_NOTE] is None,
        lacks=frozenset(needed - there),
    )


def require_right(mix: Mix) -> Right:
    """Check the combination, with and without a kept head, and let a writer at it."""
    right, disk = right_for(mix), mixed(mix)
    unaware = check_vault(disk, wait_s=0)
    aware = check_vault(disk, expect=fifty().kept, wait_s=0)
    found = faults(unaware)
    assert unaware.completeness == "not-checked"
    assert (unaware.verdict == "damaged") == right.is_damaged, (mix, right, codes(unaware))
    if right.size < right.vouched:
        assert found & TRUNCATED, (mix, right, found)
    if any(name.startswith("objects/") for name in right.lacks) and right.size >= right.vouched:
        assert "OBJECT_MISSING" in found, (mix, right, found)
    if right.is_lost:
        assert aware.verdict == "damaged", (mix, right, codes(aware))
        assert right.is_damaged or faults(aware) == {"HEAD_NOT_EXPECTED"}, (mix, codes(aware))
    else:
        assert "HEAD_NOT_EXPECTED" not in codes(aware), (mix, right, codes(aware))
    require_writer_right(mix, right, disk)
    return right


def require_writer_right(mix: Mix, right: Right, disk: ModelDisk) -> None:
    """A writer refuses, or goes on where the entries end; damage stays damage, loss stays loss."""
    before = disk.files()
    if not add_one(disk):
        assert right.is_damaged, (mix, right)
        return
    assert right.size >= right.vouched, (mix, right, "went on below what is vouched for")
    after = disk.files()
    kept = b"".join(content for name, content in after.items() if name.startswith("quarantine/"))
    for name in LOG_GROUPS:
        for line in before[name].splitlines(keepends=True):
            assert line in after[name] or line in kept, (mix, name, line)
        whole = b"".join(
            line
            for line in before[name].splitlines(keepends=True)
            if json.loads(line)["seq"] < right.size
        )
        assert after[name].startswith(whole), (mix, name)
    unaware = check_vault(disk, wait_s=0)
    aware = check_vault(disk, expect=fifty().kept, wait_s=0)
    assert (unaware.verdict == "damaged") == right.is_damaged, (mix, right, codes(unaware))
    assert ("HEAD_NOT_EXPECTED" in codes(aware)) == right.is_lost, (mix, right, codes(aware))


# Which combinations


def put_back(old: int) -> Iterator[Mix]:
    """Every choice of groups from one old snapshot, the rest from the newest."""
    for number, choice in enumerate(itertools.product((False, True), repeat=len(GROUPS))):
        if number % EVERY == old % EVERY:
            yield {group: old for group, is_old in zip(GROUPS, choice, strict=True) if is_old}


def put_back_or_removed(old: int) -> Iterator[Mix]:
    """The bounds old, removed or new, with every choice of old logs."""
    newest = len(history()) - 1
    logs = itertools.product((newest, old), repeat=len(LOG_GROUPS))
    bounds = itertools.product((newest, old, None), repeat=len(REMOVABLE))
    for number, (bound, log) in enumerate(itertools.product(bounds, logs)):
        if number % EVERY == old % EVERY:
            yield dict(zip((*REMOVABLE, *LOG_GROUPS), (*bound, *log), strict=True))


def drawn(seed: int) -> Iterator[Mix]:
    """Each group from any snapshot, the bounds perhaps removed."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    snapshots = range(len(history()))
    for _ in range(DRAWN):
        few = draw.sample(snapshots, 3)
        mix: dict[str, int | None] = {group: draw.choice(few) for group in GROUPS}
        for group in REMOVABLE:
            if draw.random() < 0.25:
                mix[group] = None
        for group in (OBJECTS, QUARANTINE):
            if draw.random() < 0.75:
                del mix[group]
        yield mix


def bounds_above(size: int) -> set[str]:
    """Which of `state` and the notes vouch in the newest snapshot for more entries than that."""
    kept = max(int(name[12:-5]) for name in files_of(len(history()) - 1, KEPT))
    return {STATE, LATEST_NOTE, *({KEPT} if kept > size else ())}


@pytest.mark.parametrize("old", OLD)
def test_whatever_is_put_back_is_found_or_shown_by_a_kept_head(
    old: int, record_property: Callable[[str, object], None]
) -> None:
    count = silent = 0
    for mix in put_back(old):
        right = require_right(mix)
        count += 1
        if right.is_lost and not right.is_damaged:
            silent += 1
            assert bounds_above(right.size) <= set(mix), mix
    assert silent
    record_property("put_back", count)
    record_property("put_back_silent", silent)


@pytest.mark.parametrize("old", OLD)
def test_whatever_is_put_back_or_removed_is_found_or_shown_by_a_kept_head(
    old: int, record_property: Callable[[str, object], None]
) -> None:
    count, silent, newest = 0, 0, len(history()) - 1
    for mix in put_back_or_removed(old):
        right = require_right(mix)
        count += 1
        if right.is_lost and not right.is_damaged:
            silent += 1
            assert newest not in {mix[group] for group in bounds_above(right.size)}, mix
            assert mix[LATEST_NOTE] is not None, mix
    assert silent
    record_property("put_back", count)
    record_property("put_back_silent", silent)


@pytest.mark.parametrize("seed", range(4 if IS_LONG else 1))
def test_files_from_any_copies_are_found_or_shown_by_a_kept_head(
    seed: int, record_property: Callable[[str, object], None]
) -> None:
    found = [require_right(mix) for mix in drawn(seed)]
    record_property("put_back", len(found))
    record_property(
        "put_back_silent", sum(right.is_lost and not right.is_damaged for right in found)
    )
