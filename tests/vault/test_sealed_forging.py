"""Whoever has the disk has the signer and the recipients too: what he forges, the key shows.

He can seal what he likes to her, and make note and state fit. He cannot make the entries behind
it follow, since what each follows stands inside it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pyrage
import pytest
from tests.services.sealed_person import OLD, person
from tests.vault.campaign import IS_LONG
from tests.vault.desk import add_files, log_threat, original
from tests.vault.going_on import add_one, codes, faults
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import (
    ADVOCATE,
    HERS,
    RECOVERY,
    STRANGER,
    entries,
    give,
    init_sealed,
    inner_bytes,
    lines_of,
    opened,
    original_of,
    outside,
    resealed,
    sealing,
)
from tests.vault.sealed_filled import filled, resign, told
from tests.vault.test_sealed_tampering import require_told, require_unreadable

from stalklog.core.hashing import sha256_hex
from stalklog.core.note import Signer
from stalklog.errors import PassphraseError, StalklogError
from stalklog.services.entries import corrected
from stalklog.services.keys import add_key
from stalklog.vault.cipher import seal
from stalklog.vault.identity import unlock_identity
from stalklog.vault.keys import sign_change, write_owner
from stalklog.vault.layout import IDENTITY, RECIPIENTS, object_name
from stalklog.vault.vault import Vault
from stalklog.vault.verify import Expectation, check_vault

if TYPE_CHECKING:
    from collections.abc import Sequence

TO: Final = sealing().recipients
THREAT, PICTURE, SECOND = 1, 2, 3
CHANGE, CHANGE_BACK = 9, 15
PLAIN: Final = frozenset({0, CHANGE, 13, CHANGE_BACK})
SEALED: Final = [seq for seq in range(19) if seq not in PLAIN]


def relinked(lines: Sequence[bytes], start: int) -> list[bytes]:
    """The lines, those from `start` on told outside that they follow the ones before them."""
    done = list(lines[:start])
    for line in lines[start:]:
        done.append(outside(line, prev=sha256_hex(done[-1])))
    return done


def forged_at(seq: int) -> list[bytes]:
    """The lines, one of them replaced by another entry sealed to the same recipients."""
    lines = lines_of(filled())
    return [*lines[:seq], resealed(lines[seq], TO, by="Someone"), *lines[seq + 1 :]]


def other_vault() -> ModelDisk:
    """Another vault of hers, as long as the first."""
    disk = ModelDisk()
    init_sealed(disk)
    give(disk, *[log_threat] * 18)
    return disk


def only_whole(code: str) -> tuple[frozenset[str], frozenset[str]]:
    """What is found by the check with the key alone."""
    return frozenset(), frozenset({code})


# Lines


def test_a_line_of_another_vault_is_found_wherever_it_is_put() -> None:
    lines, others = lines_of(filled()), lines_of(other_vault())
    for seq in range(len(lines)):
        disk = resign(filled(), [*lines[:seq], others[seq], *lines[seq + 1 :]])
        assert "CHAIN_BROKEN" in require_told(disk)


def test_a_line_of_another_vault_made_to_follow_is_shown_by_the_key() -> None:
    lines, others = lines_of(filled()), lines_of(other_vault())
    for seq in SEALED:
        there = [*lines[:seq], others[seq], *lines[seq + 1 :]]
        without, whole = told(resign(filled(), relinked(there, seq)))
        assert without <= {"KEYS_UNAPPROVED", "ORPHAN_OBJECT"}
        assert "INNER_MISMATCH" in whole


def test_an_entry_that_was_replaced_breaks_the_chain_or_is_shown_by_the_key() -> None:
    for seq in SEALED[:-1]:
        assert "CHAIN_BROKEN" in require_told(resign(filled(), forged_at(seq)))
        without, whole = told(resign(filled(), relinked(forged_at(seq), seq + 1)))
        assert without <= {"KEYS_UNAPPROVED"}
        assert "INNER_MISMATCH" in whole


def test_a_last_entry_that_was_replaced_is_shown_by_a_kept_head_alone() -> None:
    forged = resign(filled(), forged_at(SEALED[-1]))
    assert told(forged) == (frozenset(), frozenset())
    kept = Expectation(19, sha256_hex(lines_of(filled())[-1]))
    for keys in (None, HERS):
        checked = check_vault(forged, wait_s=0, expect=kept, opening=keys)
        assert faults(checked) == {"HEAD_NOT_EXPECTED"}


def test_an_entry_made_readable_to_another_alone_is_shown_by_the_key() -> None:
    lines = lines_of(filled())
    hidden = resealed(lines[18], STRANGER.recipients)
    without, whole = told(resign(filled(), [*lines[:18], hidden]))
    assert without == frozenset()
    assert whole == {"SEALED_BAD"}


def appended(line: bytes, **changes: object) -> ModelDisk:
    """One more entry at the end, forged from another one."""
    lines = lines_of(filled())
    new = {"seq": len(lines), "prev": sha256_hex(lines[-1]), **changes}
    return resign(filled(), [*lines, resealed(line, TO, **new)])


def test_entries_that_no_writer_writes_are_shown_by_the_key() -> None:
    lines = lines_of(filled())
    threat: dict[str, object] = json.loads(inner_bytes(lines[THREAT]))["body"]
    originals = json.loads(lines[PICTURE])["objects"]
    wrong: list[tuple[bytes, dict[str, object], str]] = [
        (lines[THREAT], {"body": {**threat, "how": "by owl"}}, "SCHEMA_BAD"),
        (lines[THREAT], {"type": "no.such"}, "UNKNOWN_TYPE"),
        (lines[THREAT], {"log": "contacts"}, "SCHEMA_BAD"),
        (lines[THREAT], {"objects": originals}, "INNER_MISMATCH"),
        (lines[PICTURE], {"objects": []}, "INNER_MISMATCH"),
        (lines[PICTURE], {"objects": originals * 2}, "INNER_MISMATCH"),
        (lines[SECOND], {"objects": originals}, "OBJECT_CHANGED"),
        (lines[THREAT], {"type": "entry.carried", "body": {"line_base64": "AA=="}}, "CARRIED_BAD"),
    ]
    for line, changes, code in wrong:
        without, whole = told(appended(line, **changes))
        assert without == frozenset(), changes
        assert whole - {"ORPHAN_OBJECT"} == {code}, changes


def test_an_entry_longer_than_an_entry_may_be_is_shown_by_the_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = lines_of(filled())[THREAT]
    body = {**json.loads(inner_bytes(line))["body"], "words": "x" * 524_288}
    with monkeypatch.context() as patch:
        patch.setattr("stalklog.vault.sealed.MAX_ENTRY_BYTES", 1 << 20)
        disk = appended(line, body=body)
    assert told(disk) == only_whole("LINE_TOO_LONG")
    assert len(entries(disk)) == 19


def test_a_link_to_nothing_and_a_correction_that_does_not_fit_are_a_warning() -> None:
    line = lines_of(filled())[8]
    for body in (
        {"amends": "#19", "set": {"place": "x"}, "reason": "none"},
        {"amends": "T-0099", "set": {"place": "x"}, "reason": "none"},
        {"amends": "#2", "set": {"words": "not of evidence"}, "reason": "none"},
        {"withdraws": "#40", "reason": "none"},
    ):
        kind = "entry.withdrawn" if "withdraws" in body else "entry.amended"
        disk = appended(line, type=kind, body=body)
        assert told(disk) == only_whole("LINK_UNRESOLVED"), body
        assert check_vault(disk, wait_s=0, opening=HERS).verdict == "intact"


# Originals


def object_of(seq: int) -> str:
    return object_name(json.loads(lines_of(filled())[seq])["objects"][0])


def test_originals_that_changed_places_are_found() -> None:
    first, second = object_of(PICTURE), object_of(SECOND)
    disk = filled().copy()
    disk.put(first, filled().read(second))
    disk.put(second, filled().read(first))
    assert require_told(disk) == {"OBJECT_CHANGED"}
    assert len(check_vault(disk, wait_s=0).findings) == 3


@pytest.mark.parametrize("to", [TO, STRANGER.recipients], ids=["hers", "another's"])
def test_an_original_that_was_sealed_anew_is_found(to: tuple[str, ...]) -> None:
    disk = filled().copy()
    disk.put(object_of(PICTURE), seal(original(1), to))
    assert require_told(disk) == {"OBJECT_CHANGED"}


@pytest.mark.parametrize(
    ("to", "inside", "code"),
    [
        (TO, b"another picture", "OBJECT_CHANGED"),
        (STRANGER.recipients, original(1), "SEALED_BAD"),
    ],
    ids=["of other bytes", "another's"],
)
def test_a_forged_entry_with_an_original_of_its_own_is_shown_by_the_key(
    to: tuple[str, ...], inside: bytes, code: str
) -> None:
    forged = seal(inside, to)
    disk = appended(lines_of(filled())[PICTURE], objects=[sha256_hex(forged)])
    disk.put(object_name(sha256_hex(forged)), forged)
    assert told(disk) == only_whole(code)


# Keys


@pytest.mark.parametrize(
    "recipients",
    [STRANGER.recipients, (*TO, *STRANGER.recipients), TO[:1], TO[::-1]],
    ids=["another's", "another's too", "one less", "turned"],
)
def test_a_list_of_recipients_that_the_chain_never_named_is_found(
    recipients: tuple[str, ...],
) -> None:
    disk = filled().copy()
    disk.put(RECIPIENTS, "".join(f"{one}\n" for one in recipients).encode())
    assert require_told(disk) == {"RECIPIENTS_CHANGED"}
    assert not add_one(disk)


def test_a_change_of_keys_that_the_owner_did_not_sign_there_is_found() -> None:
    lines, header = lines_of(filled()), Vault(filled()).header
    end, last = len(lines), sha256_hex(lines[-1])
    named = (*TO, *STRANGER.recipients)
    stolen = Signer.make(header.owner.partition("+")[0])
    body = sign_change(stolen, header, seq=end, prev=last, recipients=named)
    forged = outside(lines[CHANGE], seq=end, prev=last, body=body)
    replayed = outside(lines[CHANGE], seq=end, prev=last)
    for line in (forged, replayed):
        disk = resign(filled(), [*lines, line])
        assert require_told(disk) == {"KEYS_UNAPPROVED"}
        assert not add_one(disk)


def test_a_change_of_keys_that_was_taken_out_is_found() -> None:
    """Else whoever was removed would be sealed to again."""
    lines = lines_of(filled())
    rest = [*lines[:CHANGE_BACK], *lines[CHANGE_BACK + 1 :]]
    assert "SEQ_GAP" in require_told(resign(filled(), rest))
    moved_up = [
        outside(line, seq=seq) if seq >= CHANGE_BACK else line for seq, line in enumerate(rest)
    ]
    without, whole = told(resign(filled(), relinked(moved_up, CHANGE_BACK)))
    assert without == frozenset()
    assert "INNER_MISMATCH" in whole


def test_another_owner_key_changes_nothing_and_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    her = person(monkeypatch)
    header = Vault(her.disk).header
    write_owner(her.disk, Signer.make(f"{header.origin}/owner"), TO)
    before = her.disk.signature()
    with pytest.raises(StalklogError, match="KEYS_UNAPPROVED"):
        add_key(her.desk(), ADVOCATE.recipients[0])
    assert her.disk.signature() == before
    her.log()
    assert codes(check_vault(her.disk, wait_s=0)) == {"SEALED_NO_KEY"}
    assert codes(check_vault(her.disk, wait_s=0, opening=HERS)) == {"KEYS_UNAPPROVED"}


def test_a_changed_identity_file_is_told_as_a_wrong_passphrase_and_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    her = person(monkeypatch)
    monkeypatch.setattr("stalklog.services.unlocking.unlock_identity", unlock_identity)
    sealed = pyrage.passphrase.encrypt(HERS.to_text().encode(), OLD)
    for at in (len(sealed) - 9, *(range(30, len(sealed), 40) if IS_LONG else ())):
        her.disk.put(IDENTITY, sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :])
        before = her.disk.signature()
        with pytest.raises(PassphraseError):
            list(her.desk().open().entries())
        assert her.disk.signature() == before
        her.log()
    assert {entry.type for entry in entries(her.disk)} == {
        "vault.created",
        "evidence.added",
        "threat.logged",
    }
    assert len(entries(her.disk, RECOVERY)) == len(entries(her.disk)) > 4
    assert original_of(her.disk, entries(her.disk, RECOVERY)[1], RECOVERY) == original(1)
    require_unreadable(her.disk)


def test_who_was_removed_reads_no_more_and_is_told_nothing_of_damage() -> None:
    disk = filled().copy()
    give(disk, add_files(5))
    checked = check_vault(disk, wait_s=0, opening=ADVOCATE)
    assert checked.verdict == "not-checked"
    assert codes(checked) == {"SEALED_NO_KEY"}
    assert [entry.seq for entry in entries(disk, ADVOCATE)] == [0, 9, 10, 11, 12, 13, 14, 15]


@pytest.mark.parametrize("link", ["#" + "1" * 5_000, "#१"])
def test_an_entry_that_names_no_place_that_can_be_stops_nobody_who_reads(link: str) -> None:
    disk, lines = filled().copy(), lines_of(filled())
    body = {"amends": link, "set": {"place": "home"}, "reason": "x"}
    forged = resealed(lines[-1], TO, type="entry.amended", log="entries", body=body)
    resigned = resign(disk, [*lines[:-1], forged])
    vault = opened(resigned)
    assert len(list(vault.entries())) == len(lines) - 1
    assert vault.unreadable_lines == 1  # no writer makes such an entry
    assert list(corrected(opened(resigned)))
    _without, whole = told(resigned)
    assert whole == {"SCHEMA_BAD"}
