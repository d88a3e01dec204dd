"""Reading with the key: every entry whole, and nothing that was put in its place."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.vault.desk import (
    add_files,
    amend_threat,
    attach,
    log_threat,
    note_case,
    original,
    threat,
    withdraw_threat,
)
from tests.vault.model_disk import ModelDisk
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
    resealed,
)

from stalklog.core import canonical
from stalklog.errors import PassphraseError
from stalklog.records.view import current
from stalklog.vault.cipher import NotForThisKeyError, SealedBadError
from stalklog.vault.layout import object_name
from stalklog.vault.sealed import build_sealed
from stalklog.vault.vault import Vault

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.vault.cipher import Identities
    from stalklog.vault.disk import Disk
    from stalklog.vault.layout import Header
    from stalklog.vault.writer import Writer

TO = (*HERS.recipients, *RECOVERY.recipients)


@pytest.fixture
def disk() -> ModelDisk:
    disk = ModelDisk()
    init_sealed(disk)
    give(disk, log_threat, add_files(1), note_case, attach, amend_threat, log_threat)
    return disk


def ids(disk: ModelDisk) -> list[str]:
    return [entry.id for entry in entries(disk)]


WHOLE = ["X-0001", "T-0001", "E-0001", "X-0002", "E-0002", "C-0001", "T-0001.1", "T-0002"]


def put(disk: ModelDisk, lines: list[bytes]) -> None:
    """Other lines below what `state` says, as whoever has the disk puts them there."""
    data = b"".join(line + b"\n" for line in lines)
    disk.put(LOG, data)
    disk.put("state", b"")


def test_every_record_comes_back_whole_with_her_key_or_the_recovery_key(disk: ModelDisk) -> None:
    assert ids(disk) == WHOLE
    assert entries(disk) == entries(disk, RECOVERY)
    body: JsonObject = entries(disk)[1].body
    assert body == threat("I know where you are.")
    assert entries(disk)[1].log == "threats"
    for entry, number in ((entries(disk)[2], 1), (entries(disk)[4], 70)):
        assert original_of(disk, entry) == original_of(disk, entry, RECOVERY) == original(number)


def test_one_log_can_be_asked_for_and_keeps_its_ids(disk: ModelDisk) -> None:
    found = [entry.id for entry in opened(disk).entries(("threats",))]
    assert found == ["T-0001", "T-0001.1", "T-0002"]


def test_links_by_place_are_shown_by_id(disk: ModelDisk) -> None:
    sent = entries(disk)[5].body["evidence_given"]
    assert sent == [{"ids": ["E-0002"]}]
    assert current(entries(disk))[1].fields["place"] == "at the gate"


def test_without_a_key_nothing_is_read_and_nothing_is_written(disk: ModelDisk) -> None:
    before = disk.signature()
    with pytest.raises(PassphraseError) as refused:
        Vault(disk).entries()
    assert refused.value.exit_code == 23
    entry = entries(disk)[2]
    with pytest.raises(PassphraseError):
        Vault(disk).copy_original(entry, lambda _data: None)
    assert disk.signature() == before


def test_the_key_is_asked_for_once() -> None:
    disk = ModelDisk()
    init_sealed(disk)
    asked: list[str] = []

    def unlock(_disk: Disk, header: Header) -> Identities:
        asked.append(header.id)
        return HERS

    vault = Vault(disk, unlock)
    for _ in range(2):
        assert len(list(vault.entries())) == 1
    assert asked == [vault.header.id]


def test_anothers_key_opens_no_line_and_each_is_counted(disk: ModelDisk) -> None:
    vault = opened(disk, STRANGER)
    assert [entry.id for entry in vault.entries()] == ["X-0001"]  # which is plain
    assert (vault.unopened_lines, vault.unreadable_lines) == (7, 0)


def test_after_a_line_that_cannot_be_opened_entries_go_by_their_place(disk: ModelDisk) -> None:
    lines = lines_of(disk)
    lines[2] = lines[2][:400] + bytes([lines[2][400] ^ 1]) + lines[2][401:]
    put(disk, lines)
    vault = opened(disk)
    found = list(vault.entries())
    assert [entry.id for entry in found] == ["X-0001", "T-0001", "#3", "#4", "#5", "#6", "#7"]
    assert [entry.log for entry in found[-2:]] == ["threats", "threats"]
    assert (vault.unopened_lines, vault.unreadable_lines) == (0, 1)
    shown = {one.id: one for one in current(found)}
    assert shown["T-0001"].fields["place"] == "at the gate"
    assert shown["T-0001"].history[0].id == "#6"
    assert shown["#5"].fields["evidence_given"] == [{"ids": ["#4"]}]


def test_an_entry_for_another_key_is_counted_and_passed_over(disk: ModelDisk) -> None:
    lines = lines_of(disk)
    inner: dict[str, Any] = json.loads(HERS.open(base64.b64decode(json.loads(lines[7])["sealed"])))
    lines[7] = build_sealed(inner, STRANGER.recipients)
    put(disk, lines)
    vault = opened(disk)
    assert [entry.id for entry in vault.entries()] == WHOLE[:-1]
    assert (vault.unopened_lines, vault.unreadable_lines) == (1, 0)


def test_a_line_put_in_again_elsewhere_is_not_read_as_an_entry(disk: ModelDisk) -> None:
    lines = lines_of(disk)
    put(disk, [*lines, lines[1]])
    vault = opened(disk)
    assert [entry.id for entry in vault.entries()] == WHOLE
    assert vault.unreadable_lines == 1


def test_a_line_made_to_fit_another_place_is_not_read_either(disk: ModelDisk) -> None:
    lines = lines_of(disk)
    put(disk, [*lines, outside(lines[1], seq=8, prev="0" * 64)])
    vault = opened(disk)
    assert [entry.id for entry in vault.entries()] == WHOLE
    assert vault.unreadable_lines == 1


def test_a_line_that_is_missing_hides_no_other(disk: ModelDisk) -> None:
    """Only where it counts from is lost: what stands behind it is read, under its place."""
    lines = lines_of(disk)
    put(disk, [*lines[:3], *lines[4:]])
    vault = opened(disk)
    told = ["X-0001", "T-0001", "E-0001", "#4", "#5", "#6", "#7"]
    assert [entry.id for entry in vault.entries()] == told
    assert vault.unreadable_lines == 0


def test_lines_that_changed_places_are_read_in_the_order_of_the_chain(disk: ModelDisk) -> None:
    lines = lines_of(disk)
    put(disk, [*lines[:5], lines[6], lines[5], lines[7]])
    vault = opened(disk)
    assert [entry.seq for entry in vault.entries()] == list(range(8))
    assert [entry.id for entry in vault.entries()][4:] == ["E-0002", "#5", "#6", "#7"]


def test_a_forged_line_of_the_same_place_that_does_not_open_hides_none(disk: ModelDisk) -> None:
    lines = lines_of(disk)
    put(disk, [*lines[:4], outside(lines[1], seq=4, prev="0" * 64), *lines[4:]])
    vault = opened(disk)
    assert [entry.seq for entry in vault.entries()] == list(range(8))
    assert vault.unreadable_lines == 1


def test_evidence_that_names_no_original_has_none(disk: ModelDisk) -> None:
    forged = resealed(lines_of(disk)[2], TO, seq=8, objects=[])
    put(disk, [*lines_of(disk), forged])
    with pytest.raises(FileNotFoundError):
        original_of(disk, entries(disk)[-1])


def sealed_at(disk: ModelDisk, seq: int, **changes: Any) -> bytes:  # noqa: ANN401
    """A line for the end of the chain that somebody without her key sealed to her."""
    return resealed(lines_of(disk)[1], TO, seq=seq, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"log": "entries"},
        {"log": "entries", "type": "no.such"},
        {"type": "entry.carried", "body": {"line_base64": "AA=="}},
        {"type": "entry.carried", "body": {"line_base64": 7}},
        {"type": "entry.carried", "body": {}},
        {"type": "vault.created", "log": "custody", "body": {"continues": {}}},
    ],
)
def test_no_line_that_somebody_sealed_to_her_stops_the_reading(
    disk: ModelDisk, changes: dict[str, Any]
) -> None:
    put(disk, [*lines_of(disk), sealed_at(disk, 8, **changes)])
    vault = opened(disk)
    assert [entry.id for entry in vault.entries()] == WHOLE
    assert vault.unreadable_lines == 1


@pytest.mark.parametrize("link", ["#", "#x", "", 7, None, ["#1"], "#" + "9" * 5000])
def test_a_correction_of_what_no_entry_is_called_is_passed_over(
    disk: ModelDisk, link: object
) -> None:
    before = current(entries(disk))
    body = {"amends": link, "set": {"place": "elsewhere"}, "reason": "none"}
    line = sealed_at(disk, 8, type="entry.amended", log="entries", body=body)
    put(disk, [*lines_of(disk), line])
    vault = opened(disk)
    assert [entry.id for entry in vault.entries()] == WHOLE
    assert vault.unreadable_lines == 1
    assert current(entries(disk)) == before


@pytest.mark.parametrize("link", ["#8", "#9", "T-0003", "T-0009"])
def test_a_correction_of_nothing_is_shown_by_its_place_and_changes_nothing(
    disk: ModelDisk, link: object
) -> None:
    before = current(entries(disk))
    body = {"amends": link, "set": {"place": "elsewhere"}, "reason": "none"}
    line = sealed_at(disk, 8, type="entry.amended", log="entries", body=body)
    put(disk, [*lines_of(disk), line])
    assert ids(disk) == [*WHOLE, "#8"]
    assert current(entries(disk)) == before


def test_no_entry_is_taken_to_name_itself(disk: ModelDisk) -> None:
    body = {**threat("again"), "evidence": ["#8", "#2"]}
    put(disk, [*lines_of(disk), sealed_at(disk, 8, body=body)])
    assert entries(disk)[-1].body["evidence"] == ["#8", "E-0001"]


def test_a_carried_line_counts_only_where_a_plain_vault_was_carried_over(disk: ModelDisk) -> None:
    old = {
        **json.loads(HERS.open(base64.b64decode(json.loads(lines_of(disk)[1])["sealed"]))),
        "id": "T-0001",
        "seq": 7,
    }
    del old["objects"]
    body = {"line_base64": base64.b64encode(canonical.encode(old)).decode()}
    put(disk, [*lines_of(disk), sealed_at(disk, 8, type="entry.carried", body=body)])
    vault = opened(disk)
    assert [entry.id for entry in vault.entries()] == WHOLE
    assert vault.unreadable_lines == 1


def test_whoever_was_added_opens_only_what_came_later_and_by_its_place() -> None:
    disk = ModelDisk()
    init_sealed(disk)
    give(disk, log_threat)
    give(disk, _change_to_advocate(disk), log_threat, add_files(2))
    vault = opened(disk, ADVOCATE)
    found = list(vault.entries())
    assert [entry.id for entry in found] == ["X-0001", "#2", "#3", "#4"]
    assert vault.unopened_lines == 1
    assert original_of(disk, found[-1], ADVOCATE) == original(2)


def _change_to_advocate(disk: ModelDisk) -> Any:  # noqa: ANN401
    from stalklog.vault.keys import read_owner  # noqa: PLC0415 - for this one

    def command(writer: Writer) -> list[bytes]:
        owner = read_owner(disk, Vault(disk).header, HERS)
        writer.change_keys(owner, (*writer.recipients, *ADVOCATE.recipients))
        return []

    return command


@pytest.mark.parametrize("damage", ["cut", "flipped", "added to", "another's", "missing"])
def test_an_original_that_was_changed_is_refused(disk: ModelDisk, damage: str) -> None:
    entry, other = entries(disk)[2], entries(disk)[4]
    name = object_name(entry.objects[0])
    sealed = disk.read(name)
    match damage:
        case "cut":
            disk.put(name, sealed[:-1])
        case "flipped":
            disk.put(name, sealed[:-20] + bytes([sealed[-20] ^ 1]) + sealed[-19:])
        case "added to":
            disk.put(name, sealed + b"\0")
        case "another's":
            disk.put(name, disk.read(object_name(other.objects[0])))
            assert original_of(disk, entry) != original(1)  # its hash inside tells: for `get`
            return
        case _:
            disk.drop(name)
    with pytest.raises((SealedBadError, NotForThisKeyError, FileNotFoundError)):
        original_of(disk, entry)


def test_a_withdrawal_by_place_withdraws(disk: ModelDisk) -> None:
    give(disk, withdraw_threat)
    assert ids(disk)[-1] == "T-0001.2"
    assert current(entries(disk))[1].withdrawn
