"""Disks that are full or read-only, folders that may not be written, clocks that go back."""

from __future__ import annotations

import errno
import json
import os
import random
import subprocess
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.campaign.cases import LEFT_BY_A_KILL, ONE_MORE, every, judge
from tests.campaign.commands import ANOTHER, give_away, needs_strace

from stalklog.services.desk import Desk
from stalklog.services.entries import show_entry
from stalklog.services.records import log_threat
from stalklog.vault.disk import Disk
from stalklog.vault.layout import OBJECT_FOLDERS, log_name
from stalklog.vault.objects import _FEW
from stalklog.vault.there_and_back import CHUNK_BYTES
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tests.campaign.cases import Case
    from tests.campaign.commands import Commands, Ran

PAGE: Final = 4096
MANY: Final = 40
ENOUGH: Final = {
    ("add", "bytes"): 12, ("log", "bytes"): 5, ("both", "bytes"): 8, ("recovery", "bytes"): 9,
    ("init", "bytes"): 12, ("add", "names"): 5, ("log", "names"): 2, ("both", "names"): 4,
    ("recovery", "names"): 4, ("init", "names"): 300,
}  # fmt: skip
"""How many free pages, or free names, are more than the command needs."""

MUCH: Final[dict[tuple[str, str], tuple[str, Sequence[int]]]] = {
    ("many", "bytes"): ("size=8m,nr_inodes=3000", range(260, 400, 3)),
    ("many", "names"): ("size=8m,nr_inodes=1400", range(240, 340, 2)),
    ("large", "bytes"): (
        "size=96m,nr_inodes=1400", (*range(0, 16_000, 2_000), *range(16_000, 17_400, 40)),
    ),
}  # fmt: skip
"""A disk, and how many pages or names are left of it: mostly so many that what fails is the second
process, or a thread beside; at the end more than is needed."""


@contextmanager
def mounted(place: Path, options: str) -> Iterator[Path]:
    """A small file system of its own, in memory; only root can have one."""
    place.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def told(ran: Ran) -> dict[str, Any]:
    error = json.loads(ran.err)
    assert isinstance(error, dict)
    return error


def looked(vault: Path) -> None:
    """Nothing is damaged as it lies there now."""
    disk = Disk(vault)
    found = check_vault(disk, wait_s=0)
    disk.close()
    assert found.verdict == "intact"
    assert {finding.code for finding in found.findings} <= LEFT_BY_A_KILL


def leave_bytes(folder: Path, pages: int) -> Path:
    """Fill the disk, and leave so many pages."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * PAGE)
        except OSError as error:
            assert error.errno == errno.ENOSPC  # noqa: PT017 - the loop ends by it alone
        file.truncate(max(0, file.tell() // PAGE - pages) * PAGE)
    return ballast


def leave_names(folder: Path, count: int) -> Path:
    """Take every name that the disk can hold, and leave so many."""
    ballast = folder / "ballast"
    ballast.mkdir()
    number = 0
    try:
        while True:
            (ballast / str(number)).touch()
            number += 1
    except OSError as error:
        assert error.errno == errno.ENOSPC  # noqa: PT017 - the loop ends by it alone
    for left in range(min(count, number)):
        (ballast / str(left)).unlink()
    return ballast


def free(ballast: Path) -> None:
    for path in ballast.iterdir() if ballast.is_dir() else ():
        path.unlink()
    if ballast.is_file():
        ballast.unlink()


@pytest.mark.parametrize(("name", "what"), ENOUGH)
def test_a_disk_that_fills_at_any_point_is_told_and_loses_nothing(
    name: str,
    what: str,
    cases: dict[str, Case],
    commands: Commands,
    ground: Path,
    record_property: Callable[[str, object], None],
) -> None:
    case, ended = cases[name], set()
    leave = leave_bytes if what == "bytes" else leave_names
    chosen = {0, *every(range(ENOUGH[name, what]), 2)}
    for left in chosen:
        with mounted(ground / "small", "size=600k,nr_inodes=700") as small:
            argv = case.fresh(small / "place")
            ballast = leave(small, left)
            ran = commands.run(*argv)
            if ran.code:
                assert "the disk is full" in ran.err or "No space left" in ran.err, ran.err
            ended.add(ran.code)
            if case.kept:
                looked(small / "place" / "vault")
                again = commands.run("--vault", str(small / "place" / "vault"), *ONE_MORE)
                assert again.code in {0, 20}, again.err
                looked(small / "place" / "vault")
            free(ballast)
            assert judge(commands, case, small / "place", ran) is None
    record_property("full_disks", len(chosen))
    assert ended == {0, 20}


@pytest.fixture(scope="module")
def much(ground: Path) -> dict[str, Path]:
    """What is added by more than one process, and by more than one thread."""
    many, large = ground / "many", ground / "large.mp4"
    many.mkdir()
    for number in range(_FEW + 64):
        (many / f"{number}.txt").write_bytes(b"%d\n" % number)
    large.write_bytes(random.Random(1).randbytes(CHUNK_BYTES + (3 << 20)))  # noqa: S311 - no secret
    return {"many": many, "large": large}


@pytest.mark.parametrize("added", MUCH, ids="-".join)
def test_a_disk_that_fills_while_much_is_added_is_told_and_loses_nothing(
    added: tuple[str, str],
    cases: dict[str, Case],
    commands: Commands,
    ground: Path,
    much: dict[str, Path],
    record_property: Callable[[str, object], None],
) -> None:
    case, ended = cases["add"], set()
    name, what = added
    leave = leave_bytes if what == "bytes" else leave_names
    options, lefts = MUCH[added]
    chosen = every(lefts, 2)
    for left in chosen:
        with mounted(ground / "small", options) as small:
            case.fresh(small / "place")
            vault = small / "place" / "vault"
            ballast = leave(small, left)
            ran = commands.run("--vault", str(vault), "add-evidence", str(much[name]), "--json")
            if ran.code:
                assert "the disk is full" in ran.err, ran.err
            ended.add(ran.code)
            looked(vault)
            free(ballast)
            assert judge(commands, case, small / "place", ran) is None, left
    record_property("full_disks", len(chosen))
    assert ended == {0, 20}


def test_a_disk_that_may_only_be_read_is_told_and_can_be_read(
    cases: dict[str, Case], commands: Commands, ground: Path
) -> None:
    with mounted(ground / "small", "size=2m") as small:
        argv = cases["add"].fresh(small / "place")
        vault = str(small / "place" / "vault")
        subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
        for refused in (argv, ("--vault", vault, *ONE_MORE), ("init", str(small / "v"), "--json")):
            ran = commands.run(*refused)
            assert (ran.code, ran.out) == (20, "")
            assert "Read-only file system" in told(ran)["message"]
            assert "Nothing was changed." in told(ran)["message"]
        for read in (["verify"], ["list", "all"], ["status"], ["show", "T-0001"]):
            assert commands.run("--vault", vault, *read, "--json").code == 0
        subprocess.run(["mount", "-o", "remount,rw", str(small)], check=True)
        ran = commands.run(*argv)
        assert ran.code == 0
        assert judge(commands, cases["add"], small / "place", ran) is None


@pytest.mark.parametrize(
    "closed", ["tmp", "quarantine", "checkpoints", ".", "logs/threats.jsonl", "logs/evidence.jsonl"]
)
def test_what_may_not_be_written_is_told_and_loses_nothing(
    closed: str, cases: dict[str, Case], commands: Commands, theirs: Path
) -> None:
    case = cases["recovery"]
    argv = case.fresh(theirs)
    give_away(theirs)
    target = theirs / "vault" / closed
    before = target.stat().st_mode & 0o777
    target.chmod(before & 0o555)
    ran = commands.run(*argv, uid=ANOTHER)
    looked(theirs / "vault")
    target.chmod(before)
    assert (ran.code, ran.out) == (20, "")
    assert "it may not be written here" in told(ran)["message"]
    assert judge(commands, case, theirs, ran) is None


@pytest.mark.parametrize("closed", ["tmp", "objects"])
def test_a_folder_made_unwritable_half_way_is_told_and_loses_nothing(
    closed: str, cases: dict[str, Case], commands: Commands, theirs: Path
) -> None:
    case, vault, many = cases["add"], theirs / "vault", theirs / "many"
    folders = [vault / "tmp"] if closed == "tmp" else [vault / name for name in OBJECT_FOLDERS]

    def prepare() -> tuple[str, ...]:
        case.fresh(theirs)
        many.mkdir()
        for number in range(MANY * 10):
            (many / f"{number}.txt").write_bytes(b"%d\n" % number)
        give_away(theirs)
        return ("--vault", str(vault), "add-evidence", str(many), "--json")

    def is_time() -> bool:
        return len(os.listdir(vault / "tmp")) >= MANY  # noqa: PTH208 - as quick as can be

    def change() -> None:
        for folder in folders:
            folder.chmod(0o500)

    ran = commands.changed_within(prepare, is_time, change, uid=ANOTHER)
    looked(vault)
    for folder in folders:
        folder.chmod(0o700)
    assert (ran.code, ran.out) == (20, "")
    assert "it may not be written here" in told(ran)["message"]
    assert judge(commands, case, theirs, ran) is None


TRIED = 2
"""How often `syncfs` is tried: for the copies, and for the folders that they go to."""


@needs_strace
@pytest.mark.parametrize("error", ["ENOSYS", "EINVAL", "EIO"])
def test_a_file_system_without_syncfs_is_synced_file_by_file(
    error: str, cases: dict[str, Case], commands: Commands, place: Path
) -> None:
    case = cases["add"]
    case.fresh(place)
    for number in range(MANY):
        (place / f"{number}.txt").write_bytes(b"%d\n" % number)
    files = [str(place / f"{number}.txt") for number in range(MANY)]
    argv = ("--vault", str(place / "vault"), "add-evidence", *files, "--json")
    whole = ["-e", "trace=fsync,syncfs", "-e", f"inject=syncfs:error={error}"]
    ran = commands.run(*argv, strace=whole)
    counted = commands.counted()
    if error == "EIO":
        assert counted["syncfs"] == 1  # a disk that fails is not asked again
        assert (ran.code, ran.out) == (20, "")
        assert "Not saved: Input/output error." in told(ran)["message"]
    else:
        assert ran.code == 0, ran.err
        assert counted["syncfs"] == TRIED
        assert counted["fsync"] >= MANY
    assert judge(commands, case, place, ran) is None


class SetClock:
    """A clock that somebody sets."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


def test_a_clock_that_was_set_back_is_named_and_nothing_is_lost(
    cases: dict[str, Case], place: Path
) -> None:
    cases["log"].fresh(place)
    clock = SetClock()
    desk = Desk(place / "vault", clock=clock)
    words = {"precision": ["unknown"], "words": ["one more"]}
    later = log_threat(desk, words)
    clock.time -= timedelta(days=400)
    earlier = log_threat(desk, words)
    assert earlier.size == later.size + 1
    shown = [show_entry(desk, logged.id).recorded_at for logged in (later, earlier)]
    assert shown == ["2026-11-24T04:30:00.000Z", "2025-10-20T04:30:00.000Z"]
    disk = Disk(place / "vault")
    found = check_vault(disk, wait_s=0)
    assert found.verdict == "intact"
    lines = disk.read(log_name("threats")).count(b"\n")
    assert [(finding.code, finding.where) for finding in found.findings] == [
        ("CLOCK_BACKWARDS", f"{log_name('threats')}:{lines}")
    ]
