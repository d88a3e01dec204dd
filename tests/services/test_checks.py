"""What `repair` does, what it refuses, and that it always asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stalklog.core.clock import SystemClock
from stalklog.errors import DeclinedError, ReadOnlyVaultError, UsageError
from stalklog.services.checks import parse_expected, repair, verify
from stalklog.services.desk import Desk
from stalklog.services.records import log_threat
from stalklog.services.settings import Settings
from stalklog.services.vaults import create_vault

if TYPE_CHECKING:
    from pathlib import Path

TYPED = {"words": ["x"], "precision": ["unknown"]}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    create_vault(tmp_path / "vault", clock=SystemClock(), settings=Settings(tz="Asia/Kolkata"))
    desk = Desk(tmp_path / "vault")
    log_threat(desk, TYPED)
    return desk


def yes(_told: str) -> bool:
    return True


def no(_told: str) -> bool:
    return False


def test_a_good_vault_needs_nothing(desk: Desk) -> None:
    assert repair(desk, confirm=no).repair == "nothing"


def test_a_missing_note_is_signed_anew_after_asking(desk: Desk) -> None:
    (desk.vault / "checkpoints" / "latest.note").unlink()
    with pytest.raises(ReadOnlyVaultError):
        log_threat(desk, TYPED)
    with pytest.raises(DeclinedError):
        repair(desk, confirm=no)
    assert repair(desk, confirm=yes).repair == "sign"
    assert verify(desk).verdict == "intact"
    log_threat(desk, TYPED)


def test_a_torn_line_is_moved_to_quarantine(desk: Desk) -> None:
    with (desk.vault / "logs" / "threats.jsonl").open("ab") as log:
        log.write(b'{"torn')
    assert verify(desk).verdict == "intact"
    assert repair(desk, confirm=yes).repair == "finish"
    assert [path.read_bytes() for path in (desk.vault / "quarantine").iterdir()] == [b'{"torn']
    assert not verify(desk).findings


def test_a_repeated_line_behind_the_end_is_set_aside_after_asking(desk: Desk) -> None:
    log = desk.vault / "logs" / "threats.jsonl"
    log.write_bytes(log.read_bytes() * 2)
    assert {found.code for found in verify(desk).findings} == {"SEQ_REPEAT"}
    with pytest.raises(ReadOnlyVaultError):
        log_threat(desk, TYPED)
    assert repair(desk, confirm=yes).repair == "set-aside"
    assert verify(desk).verdict == "intact"


def test_a_missing_state_is_made_again(desk: Desk) -> None:
    (desk.vault / "state").unlink()
    assert repair(desk, confirm=yes).repair == "finish"
    assert not verify(desk).findings


def test_what_was_changed_is_never_repaired(desk: Desk) -> None:
    log = desk.vault / "logs" / "threats.jsonl"
    before = log.read_bytes().replace(b'"words":"x"', b'"words":"y"')
    log.write_bytes(before)
    with pytest.raises(ReadOnlyVaultError):
        repair(desk, confirm=yes)
    assert log.read_bytes() == before


@pytest.mark.parametrize("text", ["", "3", "0:" + "a" * 64, "3:" + "g" * 64, "3:abc"])
def test_a_kept_head_has_one_form(text: str) -> None:
    with pytest.raises(UsageError):
        parse_expected(text)
