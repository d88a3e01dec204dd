"""A sealed vault and the files beside it, driven through the real app, mostly without scrypt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.services.sealed_person import quick_lock, quick_unlock
from tests.vault.sealed_desk import HERS, RECOVERY, init_sealed

from stalklog.vault.disk import Disk
from stalklog.vault.layout import IDENTITY

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PASSPHRASE: Final = "four words far apart"  # noqa: S105 - of the test alone
OTHER: Final = "another four words, farther"


@dataclass(frozen=True)
class SealedHome:
    """A sealed vault that commands mean, and where her secrets lie."""

    vault: Path
    passphrase: str
    """The file with her passphrase."""
    other: str
    """A file with another one."""
    paper: str
    """The file with the recovery key."""


def make_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the two seconds of scrypt where the passphrase is not the point."""
    for module in ("sealing", "keys"):
        monkeypatch.setattr(f"stalklog.services.{module}.lock_identity", quick_lock)
    monkeypatch.setattr("stalklog.services.unlocking.unlock_identity", quick_unlock)
    monkeypatch.setattr("stalklog.cli.front.Front._keyring", lambda _front: None)
    monkeypatch.setattr("stalklog.cli.keys.find_keyring", lambda _clock: None)
    for name in ("STALKLOG_PASSPHRASE_FILE", "STALKLOG_IDENTITY", "STALKLOG_HOME"):
        monkeypatch.delenv(name, raising=False)


def make_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> SealedHome:
    """Make a sealed vault, and have commands mean it."""
    vault = folder / "sealed"
    vault.mkdir(mode=0o700)
    disk = Disk(vault)
    init_sealed(disk)
    disk.close()
    (vault / IDENTITY).write_bytes(quick_lock(HERS, PASSPHRASE))
    (vault / IDENTITY).chmod(0o600)
    monkeypatch.setenv("STALKLOG_VAULT", str(vault))
    return SealedHome(
        vault,
        put(folder / "passphrase.txt", PASSPHRASE + "\n"),
        put(folder / "other.txt", OTHER + "\n"),
        put(folder / "paper.txt", RECOVERY.to_text()),
    )


def put(path: Path, text: str) -> str:
    """Write a small file, and give its name."""
    path.write_text(text, encoding="utf-8")
    return str(path)


def told(text: str) -> str:
    """What was said, in one line, however wide the screen is."""
    return " ".join(text.split())
