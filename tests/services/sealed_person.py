"""A person at a sealed vault on the model disk: a quick stand-in for scrypt, and her commands."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.vault.desk import AUTHOR, StandingClock, add_files, log_threat, original
from tests.vault.model_disk import ROOT, ModelDisk
from tests.vault.sealed_desk import HERS, RECOVERY, init_sealed

from stalklog.services.desk import Desk
from stalklog.services.unlocking import Unlocking
from stalklog.vault.cipher import PassphraseWrongError
from stalklog.vault.identity import plain_identity
from stalklog.vault.layout import IDENTITY
from stalklog.vault.vault import Vault

if TYPE_CHECKING:
    import pytest

    from stalklog.core.entry import Entry
    from stalklog.vault.cipher import Identities

OLD: Final = "four words far apart"
NEW: Final = "another four words, farther"
PAPER: Final = RECOVERY.secrets[0]
FIRST_ENTRIES: Final = 4
_MARK: Final = b"age-encryption.org/v1\n"


def quick_lock(identities: Identities, passphrase: str) -> bytes:
    """As `lock_identity`, without the two seconds of scrypt and without its secrecy."""
    return _MARK + _digest(passphrase) + identities.to_text().encode()


def quick_unlock(data: bytes, passphrase: str) -> Identities:
    """As `unlock_identity`."""
    head = _MARK + _digest(passphrase)
    if not data.startswith(head):
        raise PassphraseWrongError
    return plain_identity(data[len(head) :])


def _digest(passphrase: str) -> bytes:
    return hashlib.sha256(passphrase.encode()).hexdigest().encode() + b"\n"


@dataclass
class Person:
    """Her vault, on a disk that the services are made to use."""

    disk: ModelDisk

    def desk(self, passphrase: str = OLD) -> Desk:
        unlocking = Unlocking(lambda: passphrase, None)
        return Desk(ROOT, StandingClock(), wait_s=0, unlock=unlocking)

    def at(self, disk: ModelDisk) -> Person:
        """The same person before another disk."""
        self.disk = disk
        return self

    def read(self, passphrase: str = OLD) -> list[Entry]:
        """Every entry, each original opened and compared."""
        vault = self.desk(passphrase).open()
        found = list(vault.entries())
        assert (vault.unopened_lines, vault.unreadable_lines) == (0, 0)
        for entry in found:
            if entry.type == "evidence.added":
                parts: list[bytes] = []
                vault.copy_original(entry, parts.append)
                assert b"".join(parts) == original(1)
        return found

    def log(self) -> None:
        """Add without any key."""
        with Vault(self.disk).writing(AUTHOR, wait_s=0) as writer:
            log_threat(writer)
            writer.commit()


def person(monkeypatch: pytest.MonkeyPatch) -> Person:
    """A vault with an original and a threat; the services find it wherever they look."""
    disk = ModelDisk()
    init_sealed(disk)
    disk.put(IDENTITY, quick_lock(HERS, OLD))
    for command in (add_files(1), log_threat, add_files(1)):
        with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
            command(writer)
            writer.commit()
    who = Person(disk)
    for module in ("keys", "desk", "settings", "unlocking"):
        monkeypatch.setattr(f"stalklog.services.{module}.Disk", lambda _path: who.disk)
    monkeypatch.setattr("stalklog.services.keys.lock_identity", quick_lock)
    monkeypatch.setattr("stalklog.services.unlocking.unlock_identity", quick_unlock)
    return who
