"""Every file and folder of a vault removed, or replaced by a link, a folder, a file or a pipe.

On real files: what is a link and what would block is the system's to say. Nothing may hang, nothing
may end in a traceback, no link may be followed, and damage is named.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest
from tests.checker.test_agrees import write_out
from tests.vault.campaign import IS_LONG
from tests.vault.desk import AUTHOR, log_threat
from tests.vault.fifty import fifty
from tests.vault.going_on import codes, faults

from stalklog.errors import StalklogError
from stalklog.records.types import LOGS
from stalklog.services.settings import read_settings
from stalklog.vault.disk import Disk
from stalklog.vault.layout import (
    FOLDERS,
    HEADER,
    LATEST_NOTE,
    README,
    SETTINGS,
    SIGNER,
    STATE,
    log_name,
)
from stalklog.vault.vault import Vault
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from stalklog.vault.verify import Verification

LONGEST_S: Final = 120
OBJECT: Final = max(name for name in fifty().disk.files() if name.startswith("objects/"))
KEPT: Final = max(name for name in fifty().disk.files() if name.startswith("checkpoints/1"))
SET_ASIDE: Final = max(name for name in fifty().disk.files() if name.startswith("quarantine/"))
HOLDING: Final = OBJECT.rpartition("/")[0]
EMPTY: Final = next(
    name
    for name, members in sorted(fifty().disk.names.items())
    if name.startswith("objects/") and not members
)
KINDS: Final = (
    *(HEADER, README, SETTINGS, "lock", STATE, SIGNER, LATEST_NOTE, KEPT, OBJECT, SET_ASIDE),
    *(log_name(log) for log in LOGS),
    *FOLDERS,
    *(HOLDING, EMPTY),
)
"""One of each kind of file and folder."""
FILES: Final = frozenset(fifty().disk.files())
ALL: Final = (*sorted(FILES), *sorted(filter(None, fifty().disk.names)))
PLACES: Final = ALL if IS_LONG else KINDS
HUNG: Final = ((SETTINGS, "pipe"), ("lock", "pipe"))
DRAWN: Final = re.compile("-[0-9a-f]{16}$")
WAYS: Final = ("gone", "link", "link to nowhere", "link to a folder", "folder", "pipe", "file")


def put_instead(vault: Path, name: str, way: str) -> None:
    """Move what is there out of the vault, and put something else in its place."""
    path, aside = vault / name, vault.parent / "aside"
    path.rename(aside)
    if way == "link":
        path.symlink_to(aside)
    elif way == "link to nowhere":
        path.symlink_to(vault.parent / "nowhere")
    elif way == "link to a folder":
        path.symlink_to(vault.parent)
    elif way == "folder":
        path.mkdir(0o700)
    elif way == "pipe":
        os.mkfifo(path, 0o600)
    elif way == "file":
        path.write_bytes(b"")
        path.chmod(0o600)


@contextmanager
def in_time() -> Iterator[None]:
    """Whatever waits for a pipe is stopped, and has failed."""

    def stop(*_: object) -> None:
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(LONGEST_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


RIGHT: Final = {
    HEADER: "VAULT_BAD",
    LATEST_NOTE: "CHECKPOINT_BAD_FORMAT",
    KEPT: "CHECKPOINT_BAD_FORMAT",
    "checkpoints": "CHECKPOINT_BAD_FORMAT",
    "logs": "LOG_MISSING",
    **{log_name(log): "LOG_NOT_FILE" for log in LOGS},
    OBJECT: "OBJECT_NOT_FILE",
    "objects": "OBJECT_NOT_FILE",
    HOLDING: "OBJECT_NOT_FILE",
    SET_ASIDE: "QUARANTINE_MISSING",
    "quarantine": "QUARANTINE_MISSING",
}
"""Which fault must be named; of what is not here none."""
RIGHT_IF_GONE: Final = {
    **{log_name(log): "LOG_MISSING" for log in LOGS},
    **dict.fromkeys((OBJECT, HOLDING, "objects"), "OBJECT_MISSING"),
    KEPT: None,
}
"""The same where it was removed, if it is another. That a kept note was there is known nowhere."""


def kind_of(name: str) -> str:
    """The file or folder that stands for those of its kind."""
    if name in KINDS:
        return name
    folder = name.partition("/")[0]
    if name in FILES:
        return {"objects": OBJECT, "checkpoints": KEPT, "quarantine": SET_ASIDE}[folder]
    return HOLDING if fifty().disk.names[name] else EMPTY


def same_each_time(name: str) -> str:
    """The name, but for what is drawn by lot: each process of a test run must call a test alike."""
    return DRAWN.sub("", name) if name.startswith("quarantine/") else name


def right_for(name: str, way: str) -> frozenset[str]:
    kind = kind_of(name)
    found = RIGHT_IF_GONE.get(kind, RIGHT.get(kind)) if way == "gone" else RIGHT.get(kind)
    return frozenset({found} if found else ())


CONSEQUENCES: Final = frozenset(
    {"SEQ_GAP", "REF_DANGLING", "CHECKPOINT_AHEAD", "CHAIN_BROKEN", "CHECKPOINT_WRONG_ROOT"}
)
REFUSES: Final = frozenset({HEADER, LATEST_NOTE, "checkpoints", "logs", "quarantine", "tmp"})
MADE_AGAIN: Final = frozenset({"quarantine", "tmp"})
"""Of these where they are gone; what stands in their place is left to the person."""


def fits(name: str, way: str) -> bool:
    """A file is not replaced by a file here: that is a changed one, tried byte by byte."""
    return (name in FILES) == (way != "file") or way not in {"file", "folder"}


def cases() -> Iterator[tuple[str, str]]:
    """Every place in every way; in the usual run a place of each kind in one, and where it hung."""
    for at, name in enumerate(PLACES):
        ways = [way for way in WAYS if fits(name, way)]
        for number, way in enumerate(ways):
            if IS_LONG or number == at % len(ways) or (name, way) in HUNG:
                yield name, way


def checked(vault: Path) -> Verification:
    disk = Disk(vault)
    try:
        return check_vault(disk, wait_s=0)
    finally:
        disk.close()


def added(vault: Path) -> bool | None:
    """Whether a threat was taken; None where it was, but no note could be signed."""
    disk = Disk(vault)
    try:
        with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
            log_threat(writer)
            writer.commit()
            return True if writer.makes_notes else None
    except StalklogError:
        return False
    finally:
        disk.close()


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    vault = tmp_path_factory.mktemp("whole") / "vault"
    write_out(fifty().disk, vault)
    assert checked(vault).verdict == "intact"
    return vault


def test_of_each_kind_there_is_one() -> None:
    assert {kind_of(name) for name in ALL} == set(KINDS)
    assert len(ALL) == len(FILES) + len(FOLDERS) + 256


@pytest.mark.parametrize(
    ("name", "way"),
    [pytest.param(*case, id="-".join((same_each_time(case[0]), case[1]))) for case in cases()],
)
def test_what_is_replaced_is_named_and_never_followed(
    name: str,
    way: str,
    whole: Path,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    vault = tmp_path / "vault"
    shutil.copytree(whole, vault)
    put_instead(vault, name, way)
    aside = contents(tmp_path / "aside") if (tmp_path / "aside").is_dir() else {}
    lines = {log: (whole / log_name(log)).read_bytes() for log in LOGS}
    with in_time():
        found = checked(vault)
        right = right_for(name, way)
        assert right <= faults(found), codes(found)
        assert faults(found) <= (right | CONSEQUENCES if right else right), codes(found)
        took = added(vault)
        after = checked(vault)
        read_settings(vault)
        list(Vault(Disk(vault)).entries()) if name != HEADER else None
    if took is not False:
        assert name not in (REFUSES - MADE_AGAIN if way == "gone" else REFUSES)
        for log, before in lines.items():
            assert (vault / log_name(log)).read_bytes().startswith(before)
    if found.verdict == "damaged":
        assert after.verdict == "damaged", codes(after)
    if (tmp_path / "aside").is_dir():
        assert contents(tmp_path / "aside") == aside, "a link was followed"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["aside", "vault"]
    record_property("tamperings", 1)


@pytest.mark.parametrize("way", ["link to nowhere", "link to a folder", "folder", "pipe"])
def test_what_is_put_into_quarantine_stops_nobody(way: str, whole: Path, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    shutil.copytree(whole, vault)
    name = "quarantine/threats-12-0123456789abcdef"
    (vault / name).write_bytes(b"")
    put_instead(vault, name, way)
    with in_time():
        assert added(vault)
        assert checked(vault).verdict == "intact"
    assert (vault / name).lstat()
