"""Settings that the disk cannot read are not taken to be others, and take away no receipt."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.services.sealed_person import NEW, OLD, PAPER, person

from stalklog.core.clock import SystemClock
from stalklog.services import keys
from stalklog.services.desk import Desk
from stalklog.services.records import log_threat
from stalklog.services.settings import Settings, change_settings, read_settings
from stalklog.services.vaults import create_vault
from stalklog.vault.disk import Disk
from stalklog.vault.layout import HEADER, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stalklog.vault.cipher import Identities

REASON = os.strerror(errno.EIO)
THREAT = {"words": ["x"], "when": ["2026-11-20 21:30"]}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    settings = Settings(tz="Asia/Kolkata", operator="Asha of the helpline")
    create_vault(tmp_path / "vault", clock=SystemClock(), settings=settings)
    return Desk(tmp_path / "vault")


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have every reading of a file of that name fail from now on."""
    read = Disk.read

    def fail(name: str) -> None:
        def refuse(disk: Disk, found: str, start: int = 0, length: int | None = None) -> bytes:
            if found == name:
                raise OSError(errno.EIO, REASON, name)
            return read(disk, found, start, length)

        monkeypatch.setattr(Disk, "read", refuse)

    return fail


@pytest.mark.parametrize("name", [SETTINGS, HEADER])
def test_a_disk_that_fails_is_told(desk: Desk, fail: Callable[[str], None], name: str) -> None:
    """Else an entry would carry another zone than hers, or another name than the advocate's."""
    fail(name)
    with pytest.raises(OSError, match=REASON):
        read_settings(desk.vault)


def test_what_is_not_there_has_its_usual_value(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()


def test_nothing_is_saved_under_other_settings(desk: Desk, fail: Callable[[str], None]) -> None:
    fail(SETTINGS)
    with pytest.raises(OSError, match=REASON):
        log_threat(desk, THREAT)
    assert not list(desk.open().entries(("threats",)))


def test_what_was_saved_is_told_with_the_settings_that_it_was_saved_under(
    desk: Desk, fail: Callable[[str], None]
) -> None:
    saved = log_threat(desk, THREAT)
    fail(SETTINGS)
    assert str(desk.reading_zone()) == "Asia/Kolkata"
    assert desk.settings.operator == "Asha of the helpline"
    (entry,) = desk.open().entries(("threats",))
    assert (entry.id, entry.by, entry.tz) == (saved.id, "Asha of the helpline", "+05:30")
    with pytest.raises(OSError, match=REASON):
        _ = Desk(desk.vault).settings
    assert str(replace(desk, begun=None).reading_zone()) == "Asia/Kolkata"


def test_a_zone_that_cannot_be_read_is_not_called_missing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str) -> None:
        raise OSError(errno.EIO, REASON, name)

    monkeypatch.setattr("stalklog.services.desk.ZoneInfo", refuse)
    with pytest.raises(OSError, match=REASON):
        desk.reading_zone()


@pytest.mark.parametrize("change", ["recover", "new recovery key"])
def test_a_change_of_keys_is_told_even_if_its_day_cannot_be_noted(
    monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """The keys are changed by then: "not saved" would send her to do it again."""
    her = person(monkeypatch)
    monkeypatch.setattr(keys, "change_locked", _refuse)
    if change == "recover":
        changed = keys.recover(her.desk(), PAPER, NEW)
        assert her.read(NEW)
    else:
        hand_over = lambda made: keys.Handed(made.secrets[0], is_tested=True)  # noqa: E731
        changed = keys.new_recovery(her.desk(), OLD, hand_over)
        assert her.read()
    assert changed.size == len(her.read(NEW if change == "recover" else OLD))
    assert (changed.is_recovery_tested, changed.is_noted) == (True, False)


def _refuse(*_: object) -> None:
    raise OSError(errno.EIO, REASON)


def test_only_the_day_is_changed_of_what_the_settings_are_by_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Writing a recovery key down takes minutes."""
    her = person(monkeypatch)

    def hand_over(made: Identities) -> keys.Handed:
        change_settings(her.desk().vault, lambda old: replace(old, tz="Europe/Paris"))
        return keys.Handed(made.secrets[0], is_tested=True)

    assert keys.new_recovery(her.desk(), OLD, hand_over).is_noted
    now = read_settings(her.desk().vault)
    assert (now.tz, now.recovery_tested_at) == ("Europe/Paris", "2026-11-24")


def test_a_receipt_reads_nothing_that_was_not_read_before(
    desk: Desk, fail: Callable[[str], None]
) -> None:
    at = replace(desk, tz="Asia/Kolkata", by="Asha")
    log_threat(at, THREAT)
    fail(SETTINGS)
    fail(HEADER)
    assert at.recorded_as() is None


def test_a_new_recovery_key_that_was_typed_from_paper_is_told_as_tested(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    her = person(monkeypatch)
    for is_tested in (False, True):
        handed = lambda made, tested=is_tested: keys.Handed(made.secrets[0], is_tested=tested)  # noqa: E731
        changed = keys.new_recovery(her.desk(), OLD, handed)
        assert (changed.is_recovery_tested, changed.is_noted) == (is_tested, True)
        assert (keys.list_keys(her.desk()).recovery_tested_at is not None) is is_tested
