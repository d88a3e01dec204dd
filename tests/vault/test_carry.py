"""What a sealed vault carries over of a plain one: every line, every original, every note."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
from tests.vault.desk import AUTHOR, recover
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import HERS, init_sealed, inner_bytes, lines_of
from tests.vault.test_check_carried import lines
from tests.vault.test_recovery import TORN, append, header_of, history, state_of

from stalklog.vault import carry as tested
from stalklog.vault.carry import carry_entries, carry_notes, first_body
from stalklog.vault.layout import HEADER, LATEST_NOTE, object_name
from stalklog.vault.log import parse_line
from stalklog.vault.vault import Vault

if TYPE_CHECKING:
    from stalklog.core.entry import Entry, JsonObject

ORIGINALS = [name for name in history()[-1].files() if name.startswith("objects/")]


@pytest.fixture
def old() -> ModelDisk:
    return history()[-1].copy()


@pytest.fixture
def new() -> ModelDisk:
    disk = ModelDisk()
    init_sealed(disk)
    return disk


def carried(old: ModelDisk, new: ModelDisk) -> tuple[int, list[tuple[int, int]], list[int]]:
    """How many entries, what progress was told, and the size of the new vault at each commit."""
    told: list[tuple[int, int]] = []
    commits: list[int] = []
    with Vault(new).writing(AUTHOR, wait_s=0) as writer:
        commit = writer.commit

        def counting() -> object:
            receipt = commit()
            commits.append(receipt.size)
            return receipt

        writer.commit = counting  # type: ignore[method-assign,assignment]
        count = carry_entries(old, state_of(old), writer, lambda *both: told.append(both))
    return count, told, commits


def insides(new: ModelDisk) -> list[JsonObject]:
    return [json.loads(inner_bytes(line)) for line in lines_of(new)[1:]]


def test_the_first_entry_tells_of_the_old_vault(old: ModelDisk) -> None:
    assert first_body(old, header_of(old), state_of(old)) == {
        "continues": {
            "vault": old.read(HEADER)[:-1].decode(),
            "note": old.read(LATEST_NOTE).decode(),
            "head": state_of(old).head,
        }
    }


def test_every_line_is_carried_in_the_order_of_the_chain(old: ModelDisk, new: ModelDisk) -> None:
    append(old, "threats", TORN)  # what was never acknowledged is not carried
    count, told, _commits = carried(old, new)
    found = insides(new)
    assert count == len(told) == len(lines())
    for inside, line in zip(found, lines(), strict=True):
        assert base64.b64decode(str(inside["body"]["line_base64"])) == line  # type: ignore[call-overload,index]
        assert inside["log"] == parse_line(line)[0].log


def test_every_original_is_sealed_anew_and_progress_tells_its_size(
    old: ModelDisk, new: ModelDisk
) -> None:
    _count, told, _commits = carried(old, new)
    entries = [parse_line(line)[0] for line in lines()]
    sizes = [sum(old.size(object_name(name)) for name in entry.objects) for entry in entries]
    assert told == [(1, size) for size in sizes]
    assert sum(size > 0 for size in sizes) == 2
    for inside, entry in zip(insides(new), entries, strict=True):
        objects = inside["objects"]
        assert isinstance(objects, list)
        assert [HERS.open(new.read(object_name(str(name)))) for name in objects] == [
            old.read(object_name(name)) for name in entry.objects
        ]


def test_what_a_recovery_kept_is_carried_with_it(old: ModelDisk, new: ModelDisk) -> None:
    append(old, "threats", TORN)
    recover(old)
    carried(old, new)
    names = insides(new)[-1]["objects"]
    assert isinstance(names, list)
    assert [HERS.open(new.read(object_name(str(name)))) for name in names] == [TORN]


@pytest.mark.parametrize(
    ("cut", "files"),
    [
        ([{"file": "quarantine/a"}, "x", {"file": "b"}], ["quarantine/a", "b"]),
        ("x", []),
        (None, []),
    ],
)
def test_a_recovery_needs_the_files_that_it_names(cut: object, files: list[str]) -> None:
    line = lines()[-1]
    entry, _prev = parse_line(line)
    assert tested._originals(of_recovery(entry, cut)) == files


def of_recovery(entry: Entry, cut: object) -> Entry:
    from dataclasses import replace  # noqa: PLC0415 - here alone

    body: JsonObject = {"cut": cut}  # type: ignore[dict-item]
    return replace(entry, type="recovery.done", body=body)


@pytest.mark.parametrize(
    ("most", "bytes_", "expected"),
    [
        (500, 1 << 28, [7]),
        (2, 1 << 28, [3, 5, 7, 7]),
        (4, 1 << 28, [5, 7]),
        (500, 1, [4, 5, 7]),
        (500, 2, [4, 5, 7]),
    ],
)
def test_no_commit_carries_too_much_at_once(
    old: ModelDisk,
    new: ModelDisk,
    monkeypatch: pytest.MonkeyPatch,
    most: int,
    bytes_: int,
    expected: list[int],
) -> None:
    """The two originals stand in the third and the fourth entry of six."""
    monkeypatch.setattr(tested, "_BATCH_ENTRIES", most)
    monkeypatch.setattr(tested, "_BATCH_BYTES", bytes_)
    assert carried(old, new)[2] == expected


def test_so_many_bytes_are_carried_at_once_and_then_counted_anew(
    old: ModelDisk, new: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = sum(old.size(name) for name in ORIGINALS)
    monkeypatch.setattr(tested, "_BATCH_BYTES", both)
    assert carried(old, new)[2] == [5, 7]
    monkeypatch.setattr(tested, "_BATCH_BYTES", both + 1)
    again = ModelDisk()
    init_sealed(again)
    assert carried(old, again)[2] == [7]


def test_nobody_needs_to_be_told_of_progress(old: ModelDisk, new: ModelDisk) -> None:
    with Vault(new).writing(AUTHOR, wait_s=0) as writer:
        assert carry_entries(old, state_of(old), writer, None) == len(lines())


def test_the_notes_are_copied_and_nothing_else(old: ModelDisk, new: ModelDisk) -> None:
    vault_id = header_of(old).id
    old.put("checkpoints/3.note", b"three")
    for stray in ("diary.txt", "3.notes", "note"):
        old.put(f"checkpoints/{stray}", b"")
    old.plant("checkpoints/4.note", "link")
    old.plant("checkpoints/5.note", "folder")
    before = new.list("checkpoints")
    carry_notes(old, header_of(old), new)
    folder = f"checkpoints/{vault_id}"
    assert new.list("checkpoints") == sorted([*before, vault_id])
    assert {name: new.read(f"{folder}/{name}") for name in new.list(folder)} == {
        "3.note": b"three",
        "latest.note": old.read(LATEST_NOTE),
    }
    assert not new.pending_names
