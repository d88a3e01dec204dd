"""A person at a sealed vault in the tests: her keys, those of others, and what is stored."""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from tests.vault.desk import AUTHOR

from stalklog.core import canonical
from stalklog.vault.cipher import Identities
from stalklog.vault.create import Sealing, begin, create_vault
from stalklog.vault.identity import seal_for_recovery
from stalklog.vault.layout import RECOVERY as RECOVERY_FILE
from stalklog.vault.layout import log_name
from stalklog.vault.sealed import build_sealed
from stalklog.vault.vault import Vault

if TYPE_CHECKING:
    from tests.vault.desk import Command

    from stalklog.core.entry import Entry, JsonObject
    from stalklog.vault.cipher import Opening
    from stalklog.vault.disk import Disk
    from stalklog.vault.writer import Receipt


class Remembering(Identities):
    """Keys that open the same bytes once: a campaign opens each line on thousands of disks."""

    def open(self, sealed: bytes) -> bytes:
        return _opened(self, sealed)


@lru_cache(maxsize=4096)
def _opened(keys: Remembering, sealed: bytes) -> bytes:
    return Identities.open(keys, sealed)


HERS: Final = Remembering.make()
RECOVERY: Final = Identities.make()
ADVOCATE: Final = Identities.make()
STRANGER: Final = Identities.make()
LOG: Final = log_name("entries")


def sealing(*others: Identities) -> Sealing:
    """Sealed to her, the recovery key and others; no passphrase, which costs two seconds."""
    keys = (HERS, RECOVERY, *others)
    files = {RECOVERY_FILE: seal_for_recovery(HERS, RECOVERY.recipients)}
    return Sealing(begin(AUTHOR.clock, tuple(key.recipients[0] for key in keys)), files)


def init_sealed(disk: Disk, *others: Identities) -> Receipt:
    """Make a sealed vault."""
    settings: JsonObject = {"tz": "Asia/Kolkata"}
    return create_vault(
        disk, AUTHOR, settings=settings, readme=None, first={}, sealing=sealing(*others)
    )


def opened(disk: Disk, keys: Opening = HERS) -> Vault:
    """The vault, read with these keys."""
    return Vault(disk, lambda _disk, _header: keys)


def give(disk: Disk, *commands: Command) -> None:
    """Give commands without any key, each of its own."""
    for command in commands:
        with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
            command(writer)
            writer.commit()


def entries(disk: Disk, keys: Opening = HERS) -> list[Entry]:
    """What can be read with these keys."""
    return list(opened(disk, keys).entries())


def original_of(disk: Disk, entry: Entry, keys: Opening = HERS) -> bytes:
    """The bytes of an entry's original."""
    parts: list[bytes] = []
    opened(disk, keys).copy_original(entry, parts.append)
    return b"".join(parts)


def lines_of(disk: Disk) -> list[bytes]:
    """The stored lines, without their newlines."""
    return disk.read(LOG).split(b"\n")[:-1]


def inner_bytes(line: bytes, keys: Identities = HERS) -> bytes:
    """What a sealed line holds."""
    value: dict[str, Any] = json.loads(line)
    return keys.open(base64.b64decode(value["sealed"]))


def resealed(line: bytes, recipients: tuple[str, ...], **changes: Any) -> bytes:  # noqa: ANN401
    """The line of an entry that says something else inside, as whoever has the disk can seal it."""
    inner = {**json.loads(inner_bytes(line)), **changes}
    return build_sealed(inner, recipients)


def outside(line: bytes, **changes: Any) -> bytes:  # noqa: ANN401
    """The same line with other fields outside."""
    return canonical.encode({**json.loads(line), **changes})
