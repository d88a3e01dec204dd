"""A sealed vault with every kind of entry, and what is told of it with the key and without."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from tests.vault.desk import (
    AUTHOR,
    add_files,
    amend_threat,
    attach,
    demand,
    log_threat,
    make_report,
    note_case,
    withdraw_threat,
)
from tests.vault.fifty import keep_large
from tests.vault.going_on import codes
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import ADVOCATE, HERS, LOG, give, init_sealed

from stalklog.core.hashing import sha256_hex
from stalklog.core.merkle import Frontier, leaf_hash
from stalklog.vault.checkpoint import load_signer, write_latest_note
from stalklog.vault.keys import read_owner, write_owner
from stalklog.vault.layout import STATE
from stalklog.vault.state import LogState, State
from stalklog.vault.vault import Vault
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.core.entry import JsonObject
    from stalklog.vault.verify import Verification
    from stalklog.vault.writer import Writer

ONLY_WITH_KEY: Final = frozenset(
    {"SEALED_BAD", "INNER_MISMATCH", "LINK_UNRESOLVED", "CLOCK_BACKWARDS"}
)
"""What a changed byte may show besides, because a line was to be opened."""
TORN: Final = b'{"commit":"0123'


def amend_by_place(writer: Writer) -> list[bytes]:
    """What somebody without the key does who knows only `#1`."""
    body: JsonObject = {
        "amends": "#1",
        "set": {"place": "at the station"},
        "reason": "remembered it",
    }
    writer.add("entry.amended", body)
    return []


def change_keys(disk: ModelDisk, *, to_advocate: bool) -> None:
    """The advocate is added, or removed again; the owner key is sealed to those who are left."""
    owner = read_owner(disk, Vault(disk).header, HERS)
    theirs = ADVOCATE.recipients[0]
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        left = tuple(one for one in writer.recipients if one != theirs)
        writer.change_keys(owner, (*left, theirs) if to_advocate else left)
        writer.commit()
        write_owner(disk, owner, writer.recipients)


@cache
def filled() -> ModelDisk:
    """Nineteen entries, changes of keys and a recovery among them; not to be changed."""
    disk = ModelDisk()
    init_sealed(disk)
    give(disk, log_threat, add_files(1, 2), keep_large, note_case, attach, amend_threat)
    change_keys(disk, to_advocate=True)
    give(disk, amend_by_place, demand, make_report)
    disk.put(LOG, disk.read(LOG) + TORN)
    give(disk, log_threat)
    change_keys(disk, to_advocate=False)
    give(disk, withdraw_threat, add_files(3), log_threat)
    assert told(disk) == (frozenset(), frozenset())
    return disk


def told(disk: ModelDisk) -> tuple[frozenset[str], frozenset[str]]:
    """What is found without the key, and with it; what both must agree on is compared.

    That entries are sealed is left out, once it is seen to be said exactly without the key.
    """
    without = check_vault(disk, wait_s=0)
    whole = check_vault(disk, wait_s=0, opening=HERS)
    assert "SEALED_NO_KEY" not in codes(whole)
    assert proven(without) == proven(whole)
    found = codes(without)
    if without.verdict == "intact":
        assert not without.entries or "SEALED_NO_KEY" not in found
    return found - {"SEALED_NO_KEY"}, codes(whole)


def proven(checked: Verification) -> tuple[int, int, str, str, int, int]:
    """What needs no key."""
    return (
        checked.entries,
        checked.size,
        checked.head,
        checked.root,
        checked.objects,
        checked.size_bytes,
    )


def resign(disk: ModelDisk, lines: Sequence[bytes]) -> ModelDisk:
    """Put a log there as whoever has the disk, and so the signer key, can: note and state fit.

    Kept notes, which would vouch for what was there, are gone.
    """
    disk = disk.copy()
    header = Vault(disk).header
    tree = Frontier()
    for line in lines:
        tree.add(leaf_hash(line))
    data = b"".join(line + b"\n" for line in lines)
    disk.put(LOG, data)
    state = State(
        len(lines), sha256_hex(lines[-1]), "entries", {"entries": LogState(len(data))}, tree.nodes
    )
    disk.put(STATE, state.to_bytes())
    signer = load_signer(disk, header)
    assert signer is not None
    write_latest_note(disk, header, signer, tree)
    for name in set(disk.list("checkpoints")) - {"latest.note"}:
        disk.drop(f"checkpoints/{name}")
    return disk
