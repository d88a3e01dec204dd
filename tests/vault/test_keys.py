"""Whom a sealed vault is sealed to: what the chain says, signed by the owner, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.vault.desk import AUTHOR, add_files, log_threat, original
from tests.vault.model_disk import ModelDisk, PowerCut
from tests.vault.sealed_desk import (
    ADVOCATE,
    HERS,
    LOG,
    RECOVERY,
    STRANGER,
    entries,
    give,
    init_sealed,
    lines_of,
    opened,
    original_of,
    outside,
    sealing,
)

from stalklog.core import canonical
from stalklog.core.hashing import sha256_hex
from stalklog.core.merkle import Frontier, leaf_hash
from stalklog.core.note import Signer
from stalklog.errors import ReadOnlyVaultError
from stalklog.vault.checkpoint import load_signer, write_latest_note
from stalklog.vault.keys import KeysError, read_changes, read_owner, sign_change, write_owner
from stalklog.vault.layout import HEADER, OWNER, RECIPIENTS, STATE
from stalklog.vault.state import LogState, State
from stalklog.vault.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST: Final = sealing().recipients
WITH_ADVOCATE: Final = (*FIRST, *ADVOCATE.recipients)


def change_keys(disk: ModelDisk, recipients: tuple[str, ...], owner: Signer | None = None) -> None:
    header = Vault(disk).header
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        writer.change_keys(owner or read_owner(disk, header, HERS), recipients)
        writer.commit()


def told(disk: ModelDisk) -> tuple[str, ...]:
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        return writer.recipients


@pytest.fixture
def disk() -> ModelDisk:
    disk = ModelDisk()
    init_sealed(disk)
    give(disk, log_threat)
    return disk


def list_of(*recipients: str) -> bytes:
    return "".join(f"{one}\n" for one in recipients).encode()


def refused(disk: ModelDisk, code: str) -> None:
    """The writer stops, and nothing at all is changed."""
    before = disk.signature()
    with pytest.raises(ReadOnlyVaultError, match=code), Vault(disk).writing(AUTHOR, wait_s=0):
        pass
    assert disk.signature() == before


def forge(disk: ModelDisk, lines: Sequence[bytes]) -> None:
    """Put a log there as whoever has the disk, and so the signer key, can: note and state fit."""
    header = Vault(disk).header
    tree = Frontier()
    for line in lines:
        tree.add(leaf_hash(line))
    data = b"".join(line + b"\n" for line in lines)
    disk.put(LOG, data)
    logs = {"entries": LogState(len(data))}
    state = State(len(lines), sha256_hex(lines[-1]), "entries", logs, tree.nodes)
    disk.put(STATE, state.to_bytes())
    signer = load_signer(disk, header)
    assert signer is not None
    write_latest_note(disk, header, signer, tree)


def test_the_writer_seals_to_those_whom_the_chain_names(disk: ModelDisk) -> None:
    assert told(disk) == FIRST
    change_keys(disk, WITH_ADVOCATE)
    assert told(disk) == WITH_ADVOCATE
    assert disk.read(RECIPIENTS) == list_of(*WITH_ADVOCATE)
    assert [change.seq for change in read_changes(disk, Vault(disk).header)] == [2]


def test_one_added_opens_only_what_came_later_one_removed_only_what_came_before(
    disk: ModelDisk,
) -> None:
    give(disk, add_files(1))
    change_keys(disk, WITH_ADVOCATE)
    give(disk, log_threat, add_files(2))
    change_keys(disk, FIRST)
    give(disk, log_threat, add_files(3))
    vault = opened(disk, ADVOCATE)
    found = list(vault.entries())
    assert [entry.seq for entry in found if entry.type != "vault.created"] == [3, 4, 5, 6]
    assert vault.unopened_lines == 4
    whole = entries(disk)
    assert [entry.seq for entry in whole] == list(range(9))
    assert original_of(disk, whole[5], ADVOCATE) == original(2)
    for closed in (whole[2], whole[8]):
        with pytest.raises(ValueError, match="other keys"):
            original_of(disk, closed, ADVOCATE)


def test_what_follows_a_change_in_the_same_command_is_sealed_to_the_new_ones(
    disk: ModelDisk,
) -> None:
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        writer.change_keys(read_owner(disk, Vault(disk).header, HERS), WITH_ADVOCATE)
        log_threat(writer)
        writer.commit()
    assert [entry.seq for entry in entries(disk, ADVOCATE)] == [0, 2, 3]


@pytest.mark.parametrize(
    "content",
    [
        list_of(*FIRST, *STRANGER.recipients),
        list_of(*STRANGER.recipients),
        list_of(*reversed(FIRST)),
        list_of(*FIRST[:1]),
        list_of(*WITH_ADVOCATE),
        b"",
        b"\xff",
        b"age1\n",
        list_of(*FIRST) + b"# remark\n",
        list_of(*FIRST)[:-1],
        list_of(*FIRST).replace(b"\n", b"\x0b"),
    ],
)
def test_a_recipients_file_that_names_others_is_refused(disk: ModelDisk, content: bytes) -> None:
    disk.put(RECIPIENTS, content)
    refused(disk, "RECIPIENTS_CHANGED")


def test_another_vault_file_that_names_others_is_refused(disk: ModelDisk) -> None:
    """The first list stands in `VAULT`: whoever puts another there must not be sealed to."""
    header = json.loads(disk.read(HEADER))
    for others in ((*FIRST, *STRANGER.recipients), STRANGER.recipients):
        disk.put(HEADER, canonical.encode({**header, "recipients": list(others)}) + b"\n")
        disk.put(RECIPIENTS, list_of(*others))
        refused(disk, "CHAIN_BROKEN")


@pytest.mark.parametrize("special", ["link", "folder", "other"])
def test_a_recipients_file_that_is_none_is_refused(disk: ModelDisk, special: Any) -> None:  # noqa: ANN401
    disk.plant(RECIPIENTS, special)
    refused(disk, "RECIPIENTS_CHANGED")


def test_a_recipients_file_that_is_missing_or_a_change_behind_is_written_anew(
    disk: ModelDisk,
) -> None:
    disk.drop(RECIPIENTS)
    give(disk, log_threat)
    assert disk.read(RECIPIENTS) == list_of(*FIRST)
    change_keys(disk, WITH_ADVOCATE)
    disk.put(RECIPIENTS, list_of(*FIRST))
    give(disk, log_threat)
    assert disk.read(RECIPIENTS) == list_of(*WITH_ADVOCATE)
    assert entries(disk, ADVOCATE)[-1].seq == 4


def test_a_change_that_another_key_signed_stops_the_writer(disk: ModelDisk) -> None:
    change_keys(disk, (*FIRST, *STRANGER.recipients), Signer.make("stalklog/x/owner"))
    with pytest.raises(ReadOnlyVaultError, match="KEYS_UNAPPROVED"):
        give(disk, log_threat)
    refused(disk, "KEYS_UNAPPROVED")


@pytest.mark.parametrize("field", ["recipients", "signature"])
def test_a_change_whose_body_was_changed_stops_the_writer(disk: ModelDisk, field: str) -> None:
    change_keys(disk, WITH_ADVOCATE)
    lines = lines_of(disk)
    body = json.loads(lines[2])["body"]
    swapped = {
        "recipients": [*FIRST, *STRANGER.recipients],
        "signature": body["signature"][:8] + "AAAA" + body["signature"][12:],
    }
    forge(disk, [*lines[:2], outside(lines[2], body={**body, field: swapped[field]})])
    disk.put(RECIPIENTS, list_of(*swapped["recipients"]))
    refused(disk, "KEYS_UNAPPROVED")


def test_an_old_change_put_in_again_brings_nobody_back(disk: ModelDisk) -> None:
    change_keys(disk, WITH_ADVOCATE)
    change_keys(disk, FIRST)
    give(disk, log_threat)
    lines = lines_of(disk)
    forge(disk, [*lines, lines[2]])  # byte for byte
    refused(disk, "KEYS_UNAPPROVED")
    moved = outside(lines[2], seq=5, prev=sha256_hex(lines[4]))
    forge(disk, [*lines, moved])  # made to fit
    refused(disk, "KEYS_UNAPPROVED")


def test_a_change_after_another_line_than_it_was_signed_after_stops_the_writer(
    disk: ModelDisk,
) -> None:
    other = ModelDisk()
    init_sealed(other)
    give(other, log_threat)
    change_keys(disk, WITH_ADVOCATE)
    lines = lines_of(disk)
    forge(disk, [lines[0], lines_of(other)[1], lines[2]])
    refused(disk, "KEYS_UNAPPROVED")


def test_a_change_from_another_vault_stops_the_writer(disk: ModelDisk) -> None:
    header = Vault(disk).header
    owner = read_owner(disk, header, HERS)
    other = ModelDisk()
    init_sealed(other)
    give(other, log_threat)
    foreign = Vault(other).header
    assert foreign.origin != header.origin
    prev = sha256_hex(lines_of(disk)[1])
    body = sign_change(owner, foreign, seq=2, prev=prev, recipients=WITH_ADVOCATE)
    change_keys(disk, WITH_ADVOCATE)
    lines = lines_of(disk)
    forge(disk, [*lines[:2], outside(lines[2], body=body)])
    refused(disk, "KEYS_UNAPPROVED")


@pytest.mark.parametrize("named", [[], ["age1"], [7], "age1", None])
def test_a_signed_change_must_name_recipients(disk: ModelDisk, named: Any) -> None:  # noqa: ANN401
    header = Vault(disk).header
    owner = read_owner(disk, header, HERS)
    change_keys(disk, WITH_ADVOCATE)
    lines = lines_of(disk)
    seq, prev = 2, sha256_hex(lines[1])
    body = sign_change(owner, header, seq=seq, prev=prev, recipients=named or [])
    body["recipients"] = named if isinstance(named, list) else body["recipients"]
    forge(disk, [*lines[:2], outside(lines[2], body=body)])
    refused(disk, "KEYS_UNAPPROVED")


def test_a_recipient_that_only_looks_like_one_is_never_sealed_to(disk: ModelDisk) -> None:
    good = ADVOCATE.recipients[0]
    change_keys(disk, (*FIRST, good[:-1] + ("q" if good[-1] != "q" else "p")))
    with pytest.raises(ReadOnlyVaultError, match="RECIPIENTS_CHANGED"):
        give(disk, log_threat)


def test_changes_are_found_over_blocks_of_any_length(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_keys(disk, WITH_ADVOCATE)
    give(disk, log_threat)
    change_keys(disk, FIRST)
    for length in (1, 7, 64, 1000, 4096):
        monkeypatch.setattr("stalklog.vault.keys._BLOCK_BYTES", length)
        assert [change.seq for change in read_changes(disk, Vault(disk).header)] == [2, 4]
        assert told(disk) == FIRST


def test_the_owner_key_is_opened_by_the_recipients_and_known_by_its_public_half(
    disk: ModelDisk,
) -> None:
    header = Vault(disk).header
    for keys in (HERS, RECOVERY):
        assert read_owner(disk, header, keys).vkey() == header.owner
    with pytest.raises(KeysError, match="KEYS_UNAPPROVED"):
        read_owner(disk, header, STRANGER)
    write_owner(disk, Signer.make(f"stalklog/{header.id}/owner"), FIRST)
    with pytest.raises(KeysError, match="KEYS_UNAPPROVED"):
        read_owner(disk, header, HERS)
    disk.drop(OWNER)
    with pytest.raises(KeysError, match="KEYS_UNAPPROVED"):
        read_owner(disk, header, HERS)


def test_a_change_of_keys_is_stopped_at_any_step_and_adding_goes_on(disk: ModelDisk) -> None:
    number = 0
    while True:
        after = disk.copy()
        after.faults.stop_at = number
        try:
            change_keys(after, WITH_ADVOCATE)
        except PowerCut:
            left = after.copy()
            assert told(left) in {FIRST, WITH_ADVOCATE}
            give(left, log_threat)
            assert left.read(RECIPIENTS) == list_of(*told(left))
            assert entries(left)[-1].type == "threat.logged"
            opens = len(entries(left, ADVOCATE)) == 3
            assert opens == (told(left) == WITH_ADVOCATE)
            number += 1
        else:
            break
    assert number > 10
