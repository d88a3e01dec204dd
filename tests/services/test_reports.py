"""A report is written down before it appears, and nothing of the confidential leaks into it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from stalklog.core.clock import SystemClock
from stalklog.errors import ReadOnlyVaultError, UnknownFormatError, WouldOverwriteError
from stalklog.report import base
from stalklog.report.model import Choice
from stalklog.services import reports
from stalklog.services.checks import verify
from stalklog.services.desk import Desk
from stalklog.services.records import log_threat, note_case
from stalklog.services.reports import make_report
from stalklog.services.settings import Settings
from stalklog.services.vaults import create_vault

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "canary-7c1f"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    create_vault(tmp_path / "vault", clock=SystemClock(), settings=Settings(tz="Asia/Kolkata"))
    desk = Desk(tmp_path / "vault")
    typed = {"alias": ["Ms A"], "name": [CANARY], "contact": [CANARY], "safe_contact": [CANARY]}
    note_case(desk, typed)
    log_threat(desk, {"words": ["x"], "when": ["2026-11-20 21:30"]})
    return desk


def made_entries(desk: Desk) -> list[object]:
    return [entry.body["sha256"] for entry in desk.open().entries() if entry.type == "report.made"]


def test_a_report_is_logged_by_the_hash_that_it_has(desk: Desk, tmp_path: Path) -> None:
    made = make_report(desk, tmp_path / "r.html", format_name=None, choice=Choice())
    assert made.sha256 == hashlib.sha256(made.path.read_bytes()).hexdigest()
    assert made_entries(desk) == [made.sha256]
    assert (desk.vault / "checkpoints" / "3.note").is_file()
    assert verify(desk).verdict == "intact"
    assert not list(tmp_path.glob(".*"))


def test_a_folder_is_logged_by_its_manifest(desk: Desk, tmp_path: Path) -> None:
    made = make_report(desk, tmp_path / "r", format_name="csv", choice=Choice())
    manifest = (made.path / "tagmanifest-sha256.txt").read_bytes()
    assert made_entries(desk) == [hashlib.sha256(manifest).hexdigest()]


@pytest.mark.parametrize("format_name", ["html", "md", "csv", "json"])
def test_the_confidential_is_only_in_its_sheet(
    desk: Desk, tmp_path: Path, format_name: str
) -> None:
    choice = Choice(confidential_sheet=True)
    made = make_report(desk, tmp_path / "r.x", format_name=format_name, choice=choice)
    files = made.path.rglob("*") if made.path.is_dir() else [made.path]
    for file in files:
        assert CANARY.encode() not in file.read_bytes()
    assert made.sheet is not None
    assert CANARY.encode() in made.sheet.read_bytes()
    assert len(made_entries(desk)) == 2


def test_nothing_is_overwritten(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "r.html").write_text("mine")
    with pytest.raises(WouldOverwriteError):
        make_report(desk, tmp_path / "r.html", format_name=None, choice=Choice())
    assert (tmp_path / "r.html").read_text() == "mine"
    assert made_entries(desk) == []


def test_an_unknown_format_writes_nothing(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(UnknownFormatError):
        make_report(desk, tmp_path / "r.xyz", format_name="xyz", choice=Choice())
    assert not (tmp_path / "r.xyz").exists()


def test_a_report_that_cannot_be_logged_does_not_appear(desk: Desk, tmp_path: Path) -> None:
    (desk.vault / "checkpoints" / "latest.note").write_bytes(b"broken\n")
    with pytest.raises(ReadOnlyVaultError):
        make_report(desk, tmp_path / "r.html", format_name=None, choice=Choice())
    assert [path.name for path in tmp_path.iterdir()] == ["vault"]


def test_what_was_added_meanwhile_is_in_the_report(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, times = base.write_report, [0]

    def adding(*arguments: object) -> object:
        times[0] += 1
        if times[0] == 1:
            log_threat(desk, {"words": ["meanwhile"], "when": ["2026-11-21 21:30"]})
        return write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(reports, "write_report", adding)
    made = make_report(desk, tmp_path / "r.json", format_name=None, choice=Choice())
    assert times[0] == 2
    assert b"meanwhile" in made.path.read_bytes()
