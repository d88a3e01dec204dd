"""A finished file or folder gets its name, and nothing of that name is ever lost for it."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from stalklog.core.clock import SystemClock
from stalklog.errors import OutputError, WouldOverwriteError
from stalklog.report.model import Choice
from stalklog.services import reports
from stalklog.services.desk import Desk
from stalklog.services.output import give_name, write_file
from stalklog.services.reports import make_report
from stalklog.services.settings import Settings
from stalklog.services.vaults import create_vault
from stalklog.vault.disk import Disk

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(params=["links", "no links"])
def _links(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    if request.param == "no links":
        monkeypatch.setattr(os, "link", refuse)


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    path = tmp_path / ".part"
    write_file(path, b"finished")
    return path


@pytest.fixture
def finished_folder(tmp_path: Path) -> Path:
    path = tmp_path / ".parts"
    path.mkdir()
    write_file(path / "a", b"finished")
    return path


@pytest.mark.usefixtures("_links")
def test_a_file_gets_its_name(finished: Path, tmp_path: Path) -> None:
    give_name(finished, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_bytes() == b"finished"
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("_links")
@pytest.mark.parametrize("other", ["file", "empty", "link", "folder"])
def test_a_file_never_takes_a_name_that_is_taken(
    finished: Path, tmp_path: Path, other: str
) -> None:
    taken = tmp_path / "out"
    if other == "folder":
        taken.mkdir()
    elif other == "link":
        taken.symlink_to(tmp_path / "nowhere")
    else:
        taken.write_bytes(b"" if other == "empty" else b"mine")
    before = taken.lstat()
    with pytest.raises(FileExistsError):
        give_name(finished, taken)
    assert taken.lstat() == before
    assert not (tmp_path / "nowhere").exists()


def test_a_temporary_name_that_stays_is_no_error(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(type(finished), "unlink", refuse)
    give_name(finished, tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"finished"


def test_a_folder_gets_its_name(finished_folder: Path, tmp_path: Path) -> None:
    give_name(finished_folder, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / "a").read_bytes() == b"finished"


@pytest.mark.parametrize("other", ["file", "empty folder", "folder"])
def test_a_folder_never_takes_a_name_that_is_taken(
    finished_folder: Path, tmp_path: Path, other: str
) -> None:
    taken = tmp_path / "out"
    if other == "file":
        taken.write_bytes(b"mine")
    else:
        taken.mkdir()
    if other == "folder":
        (taken / "mine").write_bytes(b"mine")
    before = taken.lstat()
    with pytest.raises(FileExistsError):
        give_name(finished_folder, taken)
    assert taken.lstat() == before


def test_the_name_is_on_the_disk(
    finished: Path, finished_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    real = Disk.sync_folder

    def sync(disk: Disk, name: str) -> None:
        synced.append(disk.root / name)
        real(disk, name)

    monkeypatch.setattr(Disk, "sync_folder", sync)
    give_name(finished, tmp_path / "file")
    assert synced == [tmp_path]
    give_name(finished_folder, tmp_path / "folder")
    assert synced == [tmp_path, finished_folder, tmp_path]


@pytest.mark.parametrize("format_name", ["html", "csv"])
def test_a_report_never_takes_a_name_that_came_up_while_it_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_name: str
) -> None:
    create_vault(tmp_path / "vault", clock=SystemClock(), settings=Settings(tz="Asia/Kolkata"))
    target = tmp_path / "report"
    appear = reports._appear

    def just_before(draft: object) -> None:
        target.write_bytes(b"mine")
        appear(draft)  # type: ignore[arg-type]

    monkeypatch.setattr(reports, "_appear", just_before)
    with pytest.raises(WouldOverwriteError, match="There is no report now, though the log says"):
        make_report(Desk(tmp_path / "vault"), target, format_name=format_name, choice=Choice())
    assert target.read_bytes() == b"mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report", "vault"]


def test_a_report_that_cannot_get_its_name_is_told_as_one_that_was_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_vault(tmp_path / "vault", clock=SystemClock(), settings=Settings(tz="Asia/Kolkata"))

    def refuse(*_arguments: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(reports, "give_name", refuse)
    with pytest.raises(OutputError, match="There is none now, though the log says"):
        make_report(
            Desk(tmp_path / "vault"), tmp_path / "r.html", format_name=None, choice=Choice()
        )
    assert [path.name for path in tmp_path.iterdir()] == ["vault"]
