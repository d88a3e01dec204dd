"""What is written depends on what the vault holds at that moment, and is written once."""

from __future__ import annotations

import errno
import multiprocessing
import threading
from typing import TYPE_CHECKING

import pytest

from stalklog.core.clock import SystemClock
from stalklog.errors import RecordNotValidError, VaultError
from stalklog.report.model import Choice
from stalklog.services.checks import repair, verify
from stalklog.services.desk import Begun, Desk
from stalklog.services.entries import show_entry
from stalklog.services.evidence import add_evidence
from stalklog.services.records import (
    amend,
    log_contact,
    log_demand,
    log_threat,
    note_case,
    read_case,
    withdraw,
)
from stalklog.services.reports import make_report
from stalklog.services.settings import Settings
from stalklog.services.vaults import create_vault
from stalklog.vault.disk import Disk
from stalklog.vault.lock import locked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

THREAT = {"words": ["x"], "when": ["2026-11-20 21:30"]}
DEMAND = {"words": ["Stop."], "when": ["2026-11-20 21:30"]}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    create_vault(tmp_path / "vault", clock=SystemClock(), settings=Settings(tz="Asia/Kolkata"))
    return Desk(tmp_path / "vault")


# Nothing comes in between


def overtaken(
    monkeypatch: pytest.MonkeyPatch, slow: Callable[[], object], quick: Callable[[], object]
) -> list[object]:
    """Begin one command, and give another just before the first one gets the lock."""
    waits, may_go = threading.Event(), threading.Event()
    first = threading.Thread()
    outcome: list[object] = []

    def lock(disk: Disk, *, exclusive: bool, wait_s: float) -> object:
        if threading.current_thread() is first:
            waits.set()
            assert may_go.wait(30)
        return locked(disk, exclusive=exclusive, wait_s=wait_s)

    def run() -> None:
        try:
            outcome.append(slow())
        except Exception as error:  # noqa: BLE001 - the test looks at it
            outcome.append(error)

    monkeypatch.setattr("stalklog.vault.vault.locked", lock)
    first = threading.Thread(target=run)
    first.start()
    assert waits.wait(30)
    quick()
    may_go.set()
    first.join(30)
    return outcome


def test_an_identifier_that_was_noted_meanwhile_is_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    overtaken(
        monkeypatch,
        lambda: note_case(desk, {"identifiers": ["phone:+91 1"]}),
        lambda: note_case(desk, {"identifiers": ["e-mail:nobody@example.org"]}),
    )
    identifiers = read_case(desk).case["identifiers"]
    assert isinstance(identifiers, list)
    assert {str(each["value"]) for each in identifiers if isinstance(each, dict)} == {
        "nobody@example.org",
        "+91 1",
    }


def test_what_was_withdrawn_meanwhile_is_not_amended(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_threat(desk, THREAT)
    (outcome,) = overtaken(
        monkeypatch,
        lambda: amend(desk, "T-1", {"place": ["home"]}, reason="remembered"),
        lambda: withdraw(desk, "T-1", "twice"),
    )
    assert isinstance(outcome, RecordNotValidError)
    assert "withdrawn already" in outcome.message


def test_a_correction_must_fit_what_was_corrected_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_threat(desk, {**THREAT, "recollection": ["y"]})
    (outcome,) = overtaken(
        monkeypatch,
        lambda: amend(desk, "T-1", {}, unset=["words"], reason="not the words"),
        lambda: amend(desk, "T-1", {}, unset=["recollection"], reason="not so"),
    )
    assert isinstance(outcome, RecordNotValidError)
    assert "words" in show_entry(desk, "T-1").fields


def test_it_is_not_withdrawn_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    log_threat(desk, THREAT)
    (outcome,) = overtaken(
        monkeypatch, lambda: withdraw(desk, "T-1", "a"), lambda: withdraw(desk, "T-1", "b")
    )
    assert isinstance(outcome, RecordNotValidError)


def test_a_demand_that_was_logged_meanwhile_counts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (outcome,) = overtaken(
        monkeypatch, lambda: log_demand(desk, DEMAND), lambda: log_demand(desk, DEMAND)
    )
    assert "There is a demand already (D-0001)" in getattr(outcome, "warnings")[0]  # noqa: B009


def note_one(vault: Path, number: int) -> None:
    """What one process does."""
    note_case(Desk(vault, wait_s=120), {"identifiers": [f"phone:+91 {number}"]})


def test_of_many_processes_none_loses_what_another_noted(desk: Desk) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=note_one, args=(desk.vault, n)) for n in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    identifiers = read_case(desk).case["identifiers"]
    assert isinstance(identifiers, list)
    assert len(identifiers) == len(processes)
    assert verify(desk).verdict == "intact"


# Once


@pytest.mark.parametrize("failing", ["logs/threats.jsonl", "checkpoints", ""])
def test_what_failed_at_its_end_is_saved_once_when_it_is_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    log_threat(desk, THREAT)  # the first one after init has the vault's own names to see to
    one = Desk(desk.vault, begun=Begun())
    sync, sync_folder = Disk.sync, Disk.sync_folder
    fails = iter([True])

    def break_down(name: str) -> None:
        if name == failing and next(fails, False):
            raise OSError(errno.EIO, "input/output error")

    def sync_or_fail(disk: Disk, name: str) -> None:
        break_down(name)
        sync(disk, name)

    def sync_folder_or_fail(disk: Disk, name: str) -> None:
        break_down(name)
        sync_folder(disk, name)

    monkeypatch.setattr(Disk, "sync", sync_or_fail)
    monkeypatch.setattr(Disk, "sync_folder", sync_folder_or_fail)
    with pytest.raises(VaultError, match="It is not certain that this was saved"):
        log_threat(one, THREAT)
    assert next(fails, None) is None, "nothing failed"
    again = log_threat(one, THREAT)
    checked = verify(desk)
    assert (again.id, again.seq, again.size, again.head) == ("T-0002", 2, 3, checked.head)
    assert (checked.verdict, checked.entries) == ("intact", 3)


def test_the_same_is_written_twice_where_it_is_meant_twice(desk: Desk) -> None:
    assert [log_threat(desk, THREAT).id for _ in range(2)] == ["T-0001", "T-0002"]


# A signing key that was lost


@pytest.fixture
def keyless(desk: Desk) -> Desk:
    log_threat(desk, THREAT)
    (desk.vault / "keys" / "signer").unlink()
    return desk


@pytest.mark.parametrize(
    "add",
    [
        lambda desk, _folder: log_threat(desk, THREAT),
        lambda desk, _folder: log_demand(desk, DEMAND),
        lambda desk, _folder: log_contact(desk, {"agency": ["A"], "kind": ["ngo"]}),
        lambda desk, _folder: note_case(desk, {"alias": ["Ms A"]}),
        lambda desk, folder: add_evidence(desk, [folder / "a"], {}),
        lambda desk, _folder: amend(desk, "T-1", {"place": ["home"]}, reason="remembered"),
        lambda desk, _folder: withdraw(desk, "T-1", "twice"),
        lambda desk, folder: make_report(
            desk, folder / "r.html", format_name=None, choice=Choice()
        ),
    ],
)
def test_every_command_that_adds_says_so(
    keyless: Desk, tmp_path: Path, add: Callable[[Desk, Path], object]
) -> None:
    (tmp_path / "a").write_text("a")
    warnings = getattr(add(keyless, tmp_path), "warnings")  # noqa: B009
    assert any("signing key is missing" in warning for warning in warnings)


def test_repair_says_so_too(keyless: Desk) -> None:
    with (keyless.vault / "logs" / "threats.jsonl").open("ab") as log:
        log.write(b'{"torn')
    repaired = repair(keyless, confirm=lambda _told: True)
    assert repaired.repair == "finish"
    assert "signing key is missing" in repaired.warnings[0]


@pytest.mark.parametrize("ending", ["html", "md", "json"])
def test_a_report_cites_no_note_that_does_not_cover_it(
    keyless: Desk, tmp_path: Path, ending: str
) -> None:
    old = (keyless.vault / "checkpoints" / "latest.note").read_text().splitlines()[2]
    path = tmp_path / f"whole.{ending}"
    make_report(keyless, path, format_name=None, choice=Choice())
    assert old in path.read_text(), "the newest note still covered all"
    path = tmp_path / f"more.{ending}"
    make_report(keyless, path, format_name=None, choice=Choice())
    text = path.read_text()
    assert old not in text
    if ending != "json":
        assert "covers 2 entries, and this record had 3" in " ".join(text.split())
