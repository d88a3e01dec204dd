"""What one reading of a sealed log gives, line by line, and what it counts and names besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.vault.desk import threat
from tests.vault.sealed_desk import ADVOCATE, HERS, LOG, STRANGER, outside
from tests.vault.test_check_carried import body as carried_body
from tests.vault.test_check_carried import continues
from tests.vault.test_check_carried import lines as old_lines
from tests.vault.test_check_sealed import (
    AT,
    HEADER,
    MADE,
    STORED,
    TO,
    a_threat,
    amended,
    created,
    cut_inside,
    evidence,
    other_inside,
    plain,
    sealed,
)

from stalklog.core.entry import Entry
from stalklog.core.hashing import sha256_hex
from stalklog.vault.cipher import Identities
from stalklog.vault.layout import MAX_LINE_BYTES
from stalklog.vault.log import parse_line
from stalklog.vault.sealed_reading import SealedReading

if TYPE_CHECKING:
    from collections.abc import Callable

    from stalklog.core.entry import JsonObject
    from stalklog.vault.cipher import Opening


def reading(*lines: bytes, opening: Opening = HERS, tail: bytes = b"") -> SealedReading:
    """A log of these lines, not yet read."""
    disk = MADE.copy()
    disk.put(LOG, b"".join(line + b"\n" for line in lines) + tail)
    return SealedReading(disk, HEADER, None, opening)


def told(*lines: bytes, opening: Opening = HERS, tail: bytes = b"") -> tuple[list[str], int, int]:
    """The ids of a log's entries, and how many lines are damaged or sealed to others."""
    read = reading(*lines, opening=opening, tail=tail)
    ids = [entry.id for entry in read.entries()]
    return ids, read.unreadable_lines, read.unopened_lines


def fault_of(*lines: bytes, opening: Opening = HERS) -> str:
    read = reading(*lines, opening=opening)
    list(read.entries())
    return read.fault


def test_an_entry_says_all_that_its_line_says() -> None:
    lines = [created(), a_threat(1, by="an advocate", tz="+01:00"), evidence(2)]
    found = list(reading(*lines).entries())
    assert [entry.seq for entry in found] == [0, 1, 2]
    assert found[1] == Entry(
        seq=1,
        log="threats",
        id="T-0001",
        type="threat.logged",
        at=AT,
        tz="+01:00",
        by="an advocate",
        tool="stalklog/1.0",
        body=threat("words"),
        line_sha256=sha256_hex(lines[1]),
        objects=(),
    )
    assert (found[0].id, found[0].log, found[0].type) == ("X-0001", "custody", "vault.created")
    assert found[0].line_sha256 == sha256_hex(lines[0])
    assert (found[2].id, found[2].objects) == ("E-0001", (STORED,))


def test_the_log_is_read_to_where_it_ends_and_its_bytes_are_told() -> None:
    lines = [created(), b"{", a_threat(2)]
    done: list[int] = []
    list(reading(*lines).entries(done.append))
    assert done == [len(line) + 1 for line in lines]
    disk = MADE.copy()
    disk.put(LOG, b"".join(line + b"\n" for line in (lines[0], a_threat(1))))
    read = SealedReading(disk, HEADER, len(lines[0]) + 1, HERS)
    assert [entry.id for entry in read.entries()] == ["X-0001"]
    assert read.unreadable_lines == 0


def test_a_log_that_is_not_there_is_damage() -> None:
    disk = MADE.copy()
    disk.drop(LOG)
    read = SealedReading(disk, HEADER, None, HERS)
    assert list(read.entries()) == []
    assert read.unreadable_lines == 1
    list(read.entries())
    assert read.unreadable_lines == 2


@pytest.mark.parametrize(
    "bad",
    [
        b"x" * (MAX_LINE_BYTES + 1),
        b"{",
        b"{}",
        cut_inside(1),
        other_inside(1),
        sealed(1, "entry.carried", "threats", {}),
        sealed(1, "entry.carried", "threats", {"line_base64": "~"}),
        sealed(1, "entry.carried", "threats", carried_body(old_lines()[0])),
    ],
    ids=["long", "torn", "fields", "cut", "other", "carried", "base64", "not begun"],
)
def test_what_is_no_entry_is_counted_and_nobody_counts_on_behind_it(bad: bytes) -> None:
    assert told(created(), bad, a_threat(2), evidence(3)) == (["X-0001", "#2", "#3"], 1, 0)
    assert told(created(), bad, bad, a_threat(3)) == (["X-0001", "#3"], 2, 0)


def test_a_last_line_without_an_end_is_damage() -> None:
    assert told(created(), tail=a_threat(1)) == (["X-0001"], 1, 0)
    assert told(created(), b"{", tail=a_threat(2)) == (["X-0001"], 2, 0)


def test_what_is_sealed_to_others_is_counted_apart() -> None:
    theirs = [a_threat(seq, STRANGER.recipients) for seq in (1, 2)]
    assert told(created(), *theirs, a_threat(3)) == (["X-0001", "#3"], 0, 2)


def test_a_line_of_a_place_that_was_read_is_damage() -> None:
    assert told(created(), a_threat(1), a_threat(1), a_threat(1)) == (["X-0001", "T-0001"], 2, 0)
    lines = (created(), a_threat(2), a_threat(1), a_threat(2))
    assert told(*lines) == (["X-0001", "#2", "#1"], 1, 0)
    assert told(created(), a_threat(1), other_inside(2), a_threat(2))[:2] == (
        ["X-0001", "T-0001", "#2"],
        1,
    )


def test_links_are_shown_by_id_and_no_entry_names_itself() -> None:
    body: JsonObject = {**threat("x"), "evidence": ["#1", "#2", "E-0001"]}
    line = sealed(2, "threat.logged", "threats", body)
    found = list(reading(created(), evidence(1), line, amended(3, "#2")).entries())
    assert found[2].body == {**body, "evidence": ["E-0001", "#2", "E-0001"]}
    assert (found[3].id, found[3].log) == ("T-0001.1", "threats")
    assert found[3].body["amends"] == "T-0001"


def test_a_body_of_another_form_is_read_as_none() -> None:
    (found,) = reading(plain(0, "vault.created", {})).entries()
    assert found.body == {}


# Whether somebody else wrote in the vault


def chained(*makes: Callable[[str], bytes]) -> list[bytes]:
    lines: list[bytes] = []
    prev = HEADER.line_sha256
    for make in makes:
        lines.append(make(prev))
        prev = sha256_hex(lines[-1])
    return lines


def first(prev: str) -> bytes:
    return plain(0, "checkpoint.made", {}, prev=prev)


def at(seq: int) -> Callable[[str], bytes]:
    return lambda prev: a_threat(seq, prev=prev)


def test_a_whole_chain_has_no_fault_and_one_that_is_broken_has() -> None:
    whole = chained(first, at(1), at(2))
    assert fault_of(*whole) == ""
    for lines in (whole[1:], [whole[0], whole[2]], [*whole[:2], a_threat(2)], [first("0a" * 32)]):
        assert fault_of(*lines) == "CHAIN_BROKEN"
    torn = [whole[0], b"{"]
    assert fault_of(*torn, a_threat(2, prev=sha256_hex(b"{"))) == ""
    assert fault_of(*torn, a_threat(2, prev=sha256_hex(whole[0]))) == "CHAIN_BROKEN"
    assert fault_of(*torn) == ""


def test_what_says_another_thing_inside_is_a_fault_and_the_first_stays() -> None:
    broken = [a_threat(5)]
    assert fault_of(other_inside(1), *broken) == "CHAIN_BROKEN"
    swapped = chained(_swapped)
    assert fault_of(*swapped) == "INNER_MISMATCH"
    assert fault_of(*swapped, a_threat(1)) == "INNER_MISMATCH"
    assert fault_of(a_threat(0), other_inside(1)) == "CHAIN_BROKEN"
    bad = chained(lambda prev: sealed(0, "entry.carried", "threats", {}, prev=prev))
    assert fault_of(*bad) == ""


def _swapped(prev: str) -> bytes:
    return outside(other_inside(0), prev=prev)


def test_keys_that_are_made_for_another_vault_are_a_fault() -> None:
    whole = chained(first)
    for vault, fault in (("", ""), (HEADER.line_sha256, ""), ("ab" * 32, "VAULT_BAD")):
        keys = Identities(HERS.secrets, vault=vault)
        assert fault_of(*whole, opening=keys) == fault
        assert fault_of(*whole, a_threat(1), opening=keys) == (fault or "CHAIN_BROKEN")


# What was carried over


def carry(seq: int, at: int | None = None) -> bytes:
    old = parse_line(old_lines()[seq])[0]
    body = carried_body(old_lines()[seq])
    place = seq + 1 if at is None else at
    return sealed(place, "entry.carried", old.log, body, objects=[STORED])


def test_a_carried_entry_is_read_as_what_it_was() -> None:
    lines = [created(continues=continues()), *map(carry, range(len(old_lines())))]
    place = next(at for at, line in enumerate(old_lines()) if b"threat.logged" in line) + 1
    more = (a_threat(len(lines)), amended(len(lines) + 1, f"#{place}"))
    *found, correction = reading(*lines, *more).entries()
    assert correction.id.startswith(f"{found[place].id}.")
    assert correction.body["amends"] == found[place].id
    assert (found[0].id, found[0].log) == ("#0", "custody")
    for seq, entry in enumerate(found[1:-1]):
        old = parse_line(old_lines()[seq])[0]
        assert (entry.seq, entry.line_sha256) == (seq + 1, sha256_hex(lines[seq + 1]))
        assert (entry.id, entry.log, entry.type, entry.body, entry.at, entry.objects) == (
            old.id,
            old.log,
            old.type,
            old.body,
            old.at,
            (STORED,),
        )
    threats = [entry for entry in found if entry.type == "threat.logged"]
    assert threats[-1].id == f"T-{int(threats[-2].id[2:]) + 1:04d}"


def test_a_carried_line_counts_in_its_place_and_only_before_all_others() -> None:
    begun = created(continues=continues())
    assert told(begun, carry(0), carry(1, at=3))[1] == 1
    assert told(begun, carry(0), carry(1, at=2))[1] == 0
    assert told(begun, a_threat(1), carry(1))[1:] == (1, 0)
    assert told(created(), carry(0))[1:] == (1, 0)
    assert told(carry(0)) == ([], 1, 0)
    spelt: JsonObject = {"line_base64": f"{carried_body(old_lines()[0])['line_base64']}\n"}
    log = parse_line(old_lines()[0])[0].log
    assert told(begun, sealed(1, "entry.carried", log, spelt))[1:] == (1, 0)
    note = sealed(0, "case.noted", "custody", {"continues": {}})
    assert told(note, carry(0)) == (["X-0001"], 1, 0)


def test_only_the_key_that_opens_it_reads_it() -> None:
    assert told(created(), a_threat(1, (*TO, *ADVOCATE.recipients)), opening=ADVOCATE) == (
        ["X-0001", "T-0001"],
        0,
        0,
    )
