"""The plain vault that a sealed one was made from is checked again, line by line."""

from __future__ import annotations

import base64
from functools import cache
from typing import TYPE_CHECKING

import pytest
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import init_sealed
from tests.vault.test_recovery import header_of, history, sign, state_of

from stalklog.core import canonical
from stalklog.core.note import Checkpoint
from stalklog.records.types import LOGS
from stalklog.vault.check_carried import CarriedCheck, CarriedError
from stalklog.vault.checkpoint import load_signer
from stalklog.vault.layout import HEADER, LATEST_NOTE, log_name
from stalklog.vault.log import parse_line

if TYPE_CHECKING:
    from stalklog.core.entry import Entry, JsonObject, JsonValue

BAD = "the old vault or its signed note is not good"
ANOTHER = "the old note is of another vault"
NO_ENTRY = "what is carried is no entry"
NOT_NEXT = "it does not follow the old entry before it"
OTHERS = "the old signed note vouches for other entries"
MISSING = "entries of the old vault are missing"


@cache
def lines() -> tuple[bytes, ...]:
    """The lines of a plain vault in the order of the chain."""
    disk = history()[-1]
    found = [line for log in LOGS for line in disk.read(log_name(log)).splitlines()]
    return tuple(sorted(found, key=lambda line: parse_line(line)[0].seq))


def continues(disk: ModelDisk | None = None, /, **changed: JsonValue) -> JsonObject:
    """What entry 0 of the sealed vault says of the plain one."""
    disk = disk or history()[-1]
    return {
        "vault": disk.read(HEADER)[:-1].decode(),
        "note": disk.read(LATEST_NOTE).decode(),
        "head": state_of(history()[-1]).head,
        **changed,
    }


def body(line: bytes) -> JsonObject:
    return {"line_base64": base64.b64encode(line).decode()}


def take(check: CarriedCheck, seq: int) -> Entry:
    """Carry the old entry of this number where it belongs."""
    return check.take(seq + 1, parse_line(lines()[seq])[0].log, body(lines()[seq]))


def carried(check: CarriedCheck) -> None:
    for seq in range(len(lines())):
        assert take(check, seq) == parse_line(lines()[seq])[0]


def test_an_old_vault_that_was_carried_whole_is_whole() -> None:
    check = CarriedCheck(continues())
    carried(check)
    check.end()
    check.end()  # whoever reads may say so more than once


@pytest.mark.parametrize(
    "changed",
    [
        {"vault": "{}"},
        {"vault": None},
        {"vault": '{"format":"stalklog-vault/2"}'},
        {"note": "no note"},
        {"note": None},
        {"note": history()[-1].read(LATEST_NOTE).decode().replace("\n6\n", "\n7\n")},
    ],
    ids=["no fields", "no vault", "newer", "no note", "none", "another size"],
)
def test_what_is_no_vault_and_no_note_of_it_is_told(changed: JsonObject) -> None:
    with pytest.raises(CarriedError, match=f"^{BAD}$"):
        CarriedCheck(continues(**changed))


def test_a_key_that_is_none_is_told() -> None:
    value = canonical.decode(history()[-1].read(HEADER)[:-1]) | {"key": "none"}
    with pytest.raises(CarriedError, match=f"^{BAD}$"):
        CarriedCheck(continues(vault=canonical.encode(value).decode()))


def test_only_the_note_of_that_vault_counts() -> None:
    disk = history()[-1].copy()
    signer = load_signer(disk, header_of(disk))
    assert signer is not None
    note = signer.sign(Checkpoint("stalklog/another", 1, bytes(32))).decode()
    with pytest.raises(CarriedError, match=f"^{ANOTHER}$"):
        CarriedCheck(continues(note=note))


def test_a_sealed_vault_is_carried_by_none() -> None:
    disk = ModelDisk()
    init_sealed(disk)
    with pytest.raises(CarriedError, match=f"^{ANOTHER}$"):
        CarriedCheck(continues(disk))


@pytest.mark.parametrize(
    "told", [{}, {"line_base64": "e30"}, {"line_base64": "e30=\n"}, {"line_base64": "e30="}]
)
def test_what_is_carried_must_be_an_entry(told: JsonObject) -> None:
    with pytest.raises(CarriedError, match=f"^{NO_ENTRY}$"):
        CarriedCheck(continues()).take(1, "custody", told)


def test_base64_is_read_strictly() -> None:
    told = body(lines()[0])
    spaced = str(told["line_base64"])[:8] + "\n" + str(told["line_base64"])[8:]
    with pytest.raises(CarriedError, match=f"^{NO_ENTRY}$"):
        CarriedCheck(continues()).take(1, "custody", {"line_base64": spaced})


def test_each_entry_is_the_next_of_the_old_chain() -> None:
    check = CarriedCheck(continues())
    log = parse_line(lines()[0])[0].log
    for seq, where, line in (
        (2, log, lines()[0]),
        (0, log, lines()[0]),
        (1, "threats", lines()[0]),
        (1, log, lines()[1]),
        (2, "threats", lines()[1]),
        (1, log, canonical.encode(canonical.decode(lines()[0]) | {"prev": "0a" * 32})),
    ):
        with pytest.raises(CarriedError, match=f"^{NOT_NEXT}$"):
            check.take(seq, where, body(line))
    carried(check)  # what was refused counts for nothing
    with pytest.raises(CarriedError, match=f"^{NOT_NEXT}$"):
        take(check, 0)


def test_what_the_old_note_vouches_for_is_what_was_carried() -> None:
    disk = history()[-1].copy()
    for size in range(1, len(lines()) + 1):
        sign(disk, LATEST_NOTE, size, bytes(32))
        check = CarriedCheck(continues(disk))
        for seq in range(size - 1):
            take(check, seq)
        with pytest.raises(CarriedError, match=f"^{OTHERS}$"):
            take(check, size - 1)


def test_an_older_note_is_enough() -> None:
    """The one of the last commit may have been lost; the head that was kept tells the end."""
    check = CarriedCheck(continues(history()[1]))
    carried(check)
    check.end()


@pytest.mark.parametrize("size", range(5))
def test_entries_that_were_not_carried_are_missed(size: int) -> None:
    check = CarriedCheck(continues())
    for seq in range(size):
        take(check, seq)
    with pytest.raises(CarriedError, match=f"^{MISSING}$"):
        check.end()
    check.end()  # told once
    with pytest.raises(CarriedError, match=f"^{NOT_NEXT}$"):
        take(check, size)


def test_fewer_than_the_old_note_vouches_for_are_missed_whatever_the_head() -> None:
    head = parse_line(lines()[-1])[1]
    check = CarriedCheck(continues(head=head))
    for seq in range(len(lines()) - 1):
        take(check, seq)
    with pytest.raises(CarriedError, match=f"^{MISSING}$"):
        check.end()


def test_another_head_than_the_one_that_was_kept_is_missed() -> None:
    check = CarriedCheck(continues(head="0a" * 32))
    carried(check)
    with pytest.raises(CarriedError, match=f"^{MISSING}$"):
        check.end()
