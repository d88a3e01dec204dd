"""A bulk add is killed at random moments: every receipt before it holds, and all goes on."""

from __future__ import annotations

import os
import random
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from tests.campaign.cases import ONE_MORE, unkept
from tests.vault.campaign import IS_LONG

from stalklog.vault.disk import Disk
from stalklog.vault.objects import _FEW
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.campaign.cases import Case
    from tests.campaign.commands import Commands, Within

KILLS: Final = 300 if IS_LONG else 20
FILES: Final = 400 if IS_LONG else 320
"""More than one process writes: the second one begins after `_FEW`."""
KILLS_A_VAULT: Final = 10
"""Then a new vault: else each check would read what all the rounds before have added."""


def fill(folder: Path, number: int, count: int) -> str:
    """So many files that no round before had."""
    folder.mkdir(exist_ok=True)
    for file in range(count):
        (folder / f"{file}.txt").write_bytes(b"%d of round %d\n" % (file, number) * 20)
    return str(folder)


class Diary:
    """A person's receipts from one vault, and whether it still has what they say."""

    def __init__(self, vault: Path, commands: Commands) -> None:
        self._vault = vault
        self._commands = commands
        self._receipts: list[dict[str, Any]] = []

    def add(self, folder: str) -> float:
        """Add a folder; how many seconds that took."""
        begun = time.monotonic()
        self._keep("add-evidence", folder, "--json")
        return time.monotonic() - begun

    def add_killed(
        self, folder: str, pause_s: float, begins: Callable[[], bool]
    ) -> tuple[Within, bool]:
        """Begin to add a folder; what it was at when it was killed, and whether it had finished."""
        argv = ("--vault", str(self._vault), "add-evidence", folder, "--json")
        ran, within = self._commands.killed_after(pause_s, self._vault, *argv, begins=begins)
        assert ran.code in {0, -9}
        if ran.receipt:
            self._receipts.append(ran.receipt)
        return within, ran.code == 0

    def has_copied(self, count: int) -> bool:
        """Whether so many copies lie in `tmp/`."""
        return len(os.listdir(self._vault / "tmp")) >= count  # noqa: PTH208 - as quick as can be

    def judge(self) -> None:
        """All is there, the next command works, and all is there."""
        self._look(frozenset({"TORN_TAIL", "ORPHAN_OBJECT"}))
        self._keep(*ONE_MORE)
        self._look(frozenset({"ORPHAN_OBJECT"}))

    def _keep(self, *argv: str) -> None:
        ran = self._commands.run("--vault", str(self._vault), *argv)
        assert ran.code == 0, ran.err
        self._receipts.append(ran.json)

    def _look(self, allowed: frozenset[str]) -> None:
        disk = Disk(self._vault)
        found = check_vault(disk, wait_s=0)
        disk.close()
        assert found.verdict == "intact"
        assert {finding.code for finding in found.findings} <= allowed
        assert unkept(self._vault, self._receipts) is None


def test_kills_at_random_moments_of_a_bulk_add(
    cases: dict[str, Case],
    commands: Commands,
    place: Path,
    record_property: Callable[[str, object], None],
) -> None:
    vault = place / "vault"
    moments = random.Random(20261125)  # noqa: S311 - moments, not secrets
    inside = finished = beside = 0
    for first in range(0, KILLS, KILLS_A_VAULT):
        cases["log"].fresh(place)
        diary = Diary(vault, commands)
        whole_s = min(diary.add(fill(place / "many", -number, FILES)) for number in range(1, 4))
        for number in range(first, first + KILLS_A_VAULT):
            diary.add(fill(place / "few", number, 3))
            many = fill(place / "many", number, FILES)
            pause_s, copies = 0.0, 0
            if number % 2 == 0:  # half of them after so many seconds, half after so many copies
                pause_s = moments.uniform(0, whole_s)
            elif number % 4 == 1:
                copies = moments.randrange(1, _FEW)
            else:  # the second process is at work
                copies = moments.randrange(_FEW + 1, FILES)
            begins = partial(diary.has_copied, copies)
            within, is_finished = diary.add_killed(many, pause_s, begins)
            inside += within.holds_lock
            finished += is_finished
            beside += within.has_second
            diary.judge()
    record_property("random_kills", KILLS)
    record_property("random_kills_inside", inside)
    record_property("random_kills_beside", beside)
    record_property("random_kills_late", finished)
    assert inside >= KILLS / 3
    assert beside >= KILLS / 8
