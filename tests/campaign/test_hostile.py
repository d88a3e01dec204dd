"""Whatever lies in a folder is kept or left out by name: no hang, no bug, and it is as it was."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import stat
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.campaign.commands import ANOTHER, give_away
from tests.vault.campaign import IS_LONG

from stalklog.vault.disk import Disk
from stalklog.vault.layout import object_name
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.campaign.cases import Case
    from tests.campaign.commands import Commands, Ran

DAY_NS: Final = 86_400 * 10**9
NAMES: Final = (
    b"line\nfeed", b"esc\x1b[2J\x1b]0;x\x07", "\u202egpj.exe".encode(), b"\xff\xfe not utf-8",
    b"n" * 255, b"\xe0\xa4" * 127, b"-rf", b" ", b"\\", b"'\"$(x)`", b"a\rb\tc\x7f", b"\xc2\x9b2J",
    "\u2028\u200b\ufeff".encode(), b"...", b"~", b"nul\xed\xa0\x80",
)  # fmt: skip
FORBIDDEN: Final = {*map(chr, range(32)), *map(chr, range(0x7F, 0xA0))} - {"\n"}
FORBIDDEN_TOO: Final = set("\u200b\u2028\u202e\ufeff")


@pytest.fixture
def vault(cases: dict[str, Case], place: Path) -> Path:
    cases["log"].fresh(place)
    return place / "vault"


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Path]:
    """A folder that somebody else filled."""
    folder = tmp_path / "phone"
    folder.mkdir()
    yield folder
    subprocess.run(["rm", "-rf", str(folder)], check=True)  # of any depth


def add(commands: Commands, vault: Path, *paths: Path | str, uid: int | None = None) -> Ran:
    argv = ("--vault", str(vault), "add-evidence", "--json", "--", *map(str, paths))
    ran = commands.run(*argv, uid=uid)
    assert "Traceback" not in ran.err
    assert ran.code not in {1, 70, -14}, ran.err
    return ran


def raw(item: dict[str, Any]) -> bytes:
    """The exact path of an answer's item."""
    exact = item.get("path_base64")
    return base64.b64decode(exact) if exact else item["path"].encode()


def intact(vault: Path) -> bool:
    disk = Disk(vault)
    found = check_vault(disk, wait_s=0)
    disk.close()
    return found.findings == () and not list((vault / "tmp").iterdir())


def make(folder: Path, name: bytes, data: bytes) -> Path:
    """A file that was last read a day before it was last changed, so that a look would show."""
    path = Path(os.fsdecode(os.fsencode(folder) + b"/" + name))
    path.write_bytes(data)
    os.utime(path, ns=(1_700_000_000 * 10**9 - DAY_NS, 1_700_000_000 * 10**9))
    return path


def seen(folder: Path) -> dict[bytes, tuple[object, ...]]:
    """All that can be told of what lies there, and a digest of each file."""
    told: dict[bytes, tuple[object, ...]] = {}
    for path in sorted(os.fsencode(entry.path) for entry in os.scandir(folder)):
        found = os.lstat(path)
        marks: tuple[object, ...] = (
            found.st_mode, found.st_size, found.st_mtime_ns, found.st_ino, found.st_nlink,
            found.st_uid, found.st_ctime_ns,
        )  # fmt: skip
        if stat.S_ISREG(found.st_mode):
            fd = os.open(path, os.O_RDONLY | os.O_NOATIME)
            with open(fd, "rb") as file:  # noqa: PTH123 - a descriptor
                marks += (found.st_atime_ns, hashlib.sha256(file.read()).hexdigest())
        elif stat.S_ISLNK(found.st_mode):
            marks += (os.readlink(path),)  # noqa: PTH115 - bytes
        told[path] = marks
    return told


def fill(phone: Path) -> dict[bytes, str | None]:
    """One of everything; for each name its code where it is left out."""
    expected: dict[bytes, str | None] = {}
    for number, name in enumerate(NAMES):
        make(phone, name, b"file %d\n" % number)
        expected[name] = None
    make(phone, b"empty", b"")
    (phone / "twin").hardlink_to(phone / "empty")
    expected |= {b"empty": None, b"twin": None}
    for link, target in (
        ("link", "empty"), ("dangling", "nothing"), ("loop", "loop"), ("round", "."),
        ("out", "/"), ("zero", "/dev/zero"),
    ):  # fmt: skip
        (phone / link).symlink_to(target)
        expected[link.encode()] = "link"
    os.mkfifo(phone / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(phone / "socket"))
    expected |= {b"pipe": "not-a-file", b"socket": "not-a-file"}
    with suppress(PermissionError):  # only root can make devices
        os.mknod(phone / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
        os.mknod(phone / "endless", stat.S_IFCHR | 0o666, os.makedev(1, 5))
        os.mknod(phone / "block", stat.S_IFBLK | 0o666, os.makedev(7, 200))
        expected |= dict.fromkeys((b"null", b"endless", b"block"), "not-a-file")
    return expected


def test_each_thing_in_a_folder_is_kept_or_left_out_by_name(
    vault: Path, phone: Path, commands: Commands
) -> None:
    expected = fill(phone)
    before = seen(phone)
    ran = add(commands, vault, phone)
    assert ran.code == 12
    assert seen(phone) == before
    top = os.fsencode(phone) + b"/"
    told: dict[bytes, str | None] = {
        raw(item).removeprefix(top): None for item in ran.json["added"]
    }
    told |= {raw(item).removeprefix(top): item["code"] for item in ran.json["skipped"]}
    assert told == expected
    for item in ran.json["added"]:
        data = Path(os.fsdecode(raw(item))).read_bytes()
        assert item["sha256"] == hashlib.sha256(data).hexdigest()
        assert (vault / object_name(item["sha256"])).read_bytes() == data
        shown = commands.run("--vault", str(vault), "show", item["id"], "--json").json
        name = shown.get("name", "").encode() or base64.b64decode(shown["name_base64"])
        assert name == raw(item).removeprefix(top)
    assert intact(vault)


def test_what_is_told_of_hostile_names_steers_no_terminal(
    vault: Path, phone: Path, commands: Commands
) -> None:
    fill(phone)
    at = ("--vault", str(vault))
    texts = []
    for argv in (["add-evidence", str(phone)], ["list", "all"], ["show", "E-0005"], ["verify"]):
        ran = commands.run(*at, *argv)
        assert ran.code in {0, 12}
        texts.append(ran.out + ran.err)
    for name in (b"dangling\x1b[2J\nx", "\u202enothing".encode(), b"\xff\xfe\x1b"):
        missing = os.fsdecode(os.fsencode(phone) + b"/" + name)
        ran = commands.run(*at, "add-evidence", missing)
        assert ran.code == 12
        texts.append(ran.out + ran.err)
    for text in texts:
        assert not {*text} & (FORBIDDEN | FORBIDDEN_TOO)
    assert "[U+001B]" in texts[0]
    assert "[U+202E]" in texts[0]
    assert r"[\xff]" in texts[0]


@pytest.mark.parametrize("name", ["pipe", "socket", "link", "dangling", "loop", "round", "missing"])
def test_what_is_no_file_is_left_out_where_it_is_named_itself(
    name: str, vault: Path, phone: Path, commands: Commands
) -> None:
    fill(phone)
    ran = add(commands, vault, phone / name)
    assert (ran.code, ran.json["added"]) == (12, [])
    assert [item["path"] for item in ran.json["skipped"]] == [str(phone / name)]
    argv = ("log-contact", "--agency", "x", "--kind", "police", "--attach", str(phone / name))
    ran = commands.run("--vault", str(vault), *argv, "--json")
    assert (ran.code, ran.out) == (30, "")
    assert intact(vault)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/tty", "/dev/stdin", "/proc"])
def test_devices_and_the_systems_own_folders_are_left_out(
    device: str, vault: Path, commands: Commands
) -> None:
    if device == "/proc":
        device = "/proc/self/fd"
    ran = add(commands, vault, device)
    assert (ran.code, ran.json["added"]) == (12, [])
    assert intact(vault)


def test_an_empty_name_is_not_the_folder_one_stands_in(vault: Path, commands: Commands) -> None:
    ran = add(commands, vault, "")
    assert (ran.code, ran.out) == (2, "")
    assert intact(vault)


def test_folders_deeper_than_a_path_may_be_long_are_no_hang(
    vault: Path, phone: Path, commands: Commands
) -> None:
    depth = 10_000 if IS_LONG else 2_500
    fd = os.open(phone, os.O_RDONLY)
    for level in range(depth):
        if level in {0, 1_000, depth - 1}:
            with open(f"{level}.txt", "wb", opener=_inside(fd)) as file:
                file.write(b"at level %d\n" % level)
        os.mkdir("d", dir_fd=fd)
        below = os.open("d", os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = below
    os.close(fd)
    ran = add(commands, vault, phone)
    assert ran.code == 12
    assert [Path(item["path"]).name for item in ran.json["added"]] == ["0.txt", "1000.txt"]
    (skipped,) = ran.json["skipped"]
    assert skipped["code"] == "unreadable"
    assert skipped["path"].startswith(f"{phone}/d/d/d/")
    assert intact(vault)


def _inside(fd: int) -> Callable[[str, int], int]:
    return lambda name, flags: os.open(name, flags, 0o600, dir_fd=fd)


def test_what_may_not_be_read_is_left_out_by_name(
    vault: Path, theirs: Path, commands: Commands
) -> None:
    phone = theirs / "phone"
    phone.mkdir()
    make(phone, b"open", b"x")
    make(phone, b"shut", b"x")
    (phone / "closed").mkdir()
    make(phone / "closed", b"inside", b"x")
    (phone / "blind").mkdir()
    make(phone / "blind", b"inside", b"x")
    give_away(theirs)
    for name, mode in (("shut", 0), ("closed", 0), ("blind", 0o400)):
        (phone / name).chmod(mode)
    ran = add(commands, vault, phone, uid=ANOTHER)
    assert ran.code == 12
    assert [Path(item["path"]).name for item in ran.json["added"]] == ["open"]
    left = {str(Path(item["path"]).relative_to(phone)): item for item in ran.json["skipped"]}
    assert set(left) == {"shut", "closed", "blind/inside"}
    assert {item["code"] for item in left.values()} == {"unreadable"}
    for name in ("shut", "closed/inside", "blind/inside"):
        argv = ("log-contact", "--agency", "x", "--kind", "police", "--attach", str(phone / name))
        ran = commands.run("--vault", str(vault), *argv, "--json", uid=ANOTHER)
        assert (ran.code, ran.out) == (30, "")
        assert "Permission denied" in ran.err
    for name in ("closed", "blind"):
        (phone / name).chmod(0o700)
    assert intact(vault)


LARGE: Final = 192 * 1024 * 1024


def _changed_once(commands: Commands, vault: Path, path: Path, change: Callable[[], None]) -> Ran:
    """Add it, and change it when half of it is copied."""

    def prepare() -> tuple[str, ...]:
        path.write_bytes(os.urandom(1024) * (LARGE // 1024))
        return ("--vault", str(vault), "add-evidence", str(path), "--json")

    def is_half_way() -> bool:
        copies = [copy.stat().st_size for copy in (vault / "tmp").iterdir()]
        return any(LARGE // 4 <= size < LARGE for size in copies)

    return commands.changed_within(prepare, is_half_way, change)


@pytest.mark.parametrize("how", ["grows", "shrinks", "is written over"])
def test_a_file_that_changes_once_while_it_is_copied_is_taken_as_it_is_then(
    how: str, vault: Path, place: Path, commands: Commands
) -> None:
    path = place / "file"

    def change() -> None:
        with path.open("r+b") as file:
            if how == "shrinks":
                file.truncate(LARGE // 2)
            else:
                file.seek(0, os.SEEK_END if how == "grows" else os.SEEK_SET)
                file.write(b"more")

    ran = _changed_once(commands, vault, path, change)
    assert ran.code == 0, ran.err
    assert ran.json["added"][0]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert intact(vault)


@pytest.mark.parametrize("how", ["is replaced", "is deleted"])
def test_a_file_whose_name_goes_while_it_is_copied_is_taken_as_it_was(
    how: str, vault: Path, place: Path, commands: Commands
) -> None:
    path = place / "file"
    before: list[str] = []

    def change() -> None:
        before.append(hashlib.sha256(path.read_bytes()).hexdigest())
        if how == "is replaced":
            (place / "other").write_bytes(b"other")
            (place / "other").replace(path)
        else:
            path.unlink()

    ran = _changed_once(commands, vault, path, change)
    assert ran.code == 0, ran.err
    assert [item["sha256"] for item in ran.json["added"]] == before
    assert intact(vault)


def test_a_file_that_grows_all_the_time_is_left_out_by_name(
    vault: Path, place: Path, commands: Commands
) -> None:
    path, stop = place / "growing", threading.Event()
    path.write_bytes(bytes(LARGE))

    def grow() -> None:
        with path.open("ab", buffering=0) as file:
            while not stop.is_set():
                file.write(b"more")
                time.sleep(0.0005)

    growing = threading.Thread(target=grow)
    growing.start()
    try:
        ran = add(commands, vault, path)
    finally:
        stop.set()
        growing.join()
    assert (ran.code, ran.json["added"]) == (12, [])
    assert [item["code"] for item in ran.json["skipped"]] == ["unreadable"]
    assert "changed while it was read" in ran.json["skipped"][0]["message"]
    assert intact(vault)


@pytest.mark.skipif(not IS_LONG, reason="writes 5 GB: make campaign")
def test_five_gigabytes_of_nothing_are_copied_whole(
    cases: dict[str, Case],
    commands: Commands,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    cases["log"].fresh(tmp_path / "place")
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(5 * 1024**3)
        file.seek(3 * 1024**3)
        file.write(b"something in the middle")
    begun = time.monotonic()
    ran = add(commands, tmp_path / "place" / "vault", path)
    record_property("sparse_seconds", round(time.monotonic() - begun))
    assert ran.code == 0, ran.err
    told = subprocess.run(["sha256sum", str(path)], capture_output=True, text=True, check=True)
    assert ran.json["added"][0]["sha256"] == told.stdout.split()[0]
    path.unlink()
    assert intact(tmp_path / "place" / "vault")
    subprocess.run(["rm", "-rf", str(tmp_path / "place")], check=True)


@pytest.mark.skipif(not IS_LONG, reason="100,000 folders: make campaign")
def test_a_hundred_thousand_empty_folders_add_nothing(
    vault: Path, phone: Path, commands: Commands
) -> None:
    for number in range(100_000):
        if number % 100 == 0:
            (phone / f"{number // 100}").mkdir()
        (phone / f"{number // 100}" / f"{number}").mkdir()
    ran = add(commands, vault, phone)
    assert (ran.code, ran.json["added"], ran.json["skipped"]) == (0, [], [])
    assert intact(vault)
