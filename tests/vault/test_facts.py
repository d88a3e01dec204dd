"""What lines say is packed column by column, and comes out as it went in."""

from __future__ import annotations

from hashlib import sha256

import pytest

from stalklog.records.types import LOGS
from stalklog.vault.facts import NO_AT, Columns, Facts, Row, file_number, log_number
from stalklog.vault.layout import SEALED_LOGS
from stalklog.vault.log import parse_id

IDS = ("X-0001", "T-0001", None, "T-0001.12", "E-99999", "D-0002", "C-0003.1")
PLACES = range(len(IDS))


def hash_of(number: int) -> bytes:
    return sha256(b"%d" % number).digest()


def facts(place: int) -> Facts:
    identity = IDS[place]
    return Facts(
        seq=len(IDS) - place,
        prev=hash_of(place),
        digest=hash_of(100 + place),
        leaf=hash_of(200 + place),
        at=NO_AT if place == 2 else b"2026-11-24T04:30:%02d.000Z" % place,
        id=parse_id(identity) if identity else None,
        links=("E-0001", "T-0001") if place in {1, 4} else (),
        originals=(),
    )


def row(place: int, where: str) -> Row:
    one = facts(place)
    return Row(one.seq, one.prev, one.digest, one.leaf, one.at, one.id, one.links, where)


def columns(places: range = PLACES) -> Columns:
    made = Columns()
    for place in places:
        made.add(facts(place), file_number("contacts"), place + 10)
    return made


def rows(made: Columns) -> list[Row]:
    return list(made.rows(list(range(len(made)))))


EXPECTED = [row(place, f"logs/contacts.jsonl:{place + 10}") for place in PLACES]


def test_each_line_comes_back_with_the_place_where_it_was_found() -> None:
    assert rows(columns()) == EXPECTED
    assert list(columns().rows([4, 1])) == [EXPECTED[4], EXPECTED[1]]


@pytest.mark.parametrize("cut", range(len(IDS) + 1))
def test_stretches_behind_one_another_are_one(cut: int) -> None:
    first, second = columns(range(cut)), columns(range(cut, len(IDS)))
    first.extend(second)
    assert rows(first) == EXPECTED


def test_what_was_packed_comes_back_without_its_links() -> None:
    again = Columns.unpack(columns().pack(), len(IDS))
    assert rows(again) == [one._replace(links=()) for one in EXPECTED]
    assert len(Columns.unpack(b"", 0)) == 0


@pytest.mark.parametrize("count", [0, len(IDS) - 1, len(IDS) + 1])
def test_bytes_of_another_number_of_lines_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match=r"^not so many lines$"):
        Columns.unpack(columns().pack(), count)


def test_a_line_without_an_id_has_the_number_that_no_id_has() -> None:
    made = columns()
    assert (made.numbers[2], made.amendments[2]) == (0, 0)


def test_lines_are_put_in_the_order_of_the_chain() -> None:
    made = columns()
    made.add(facts(3), 0, 1)
    assert made.in_order() == [6, 5, 4, 3, 7, 2, 1, 0]


def test_a_hash_is_taken_by_its_place() -> None:
    made = columns()
    assert [made.digest(place) for place in PLACES] == [one.digest for one in EXPECTED]
    assert made.hashes("prevs", [5, 0]) == [hash_of(5), hash_of(0)]
    assert made.hashes("digests", [5]) == [hash_of(105)]
    assert made.hashes("leaves", [0, 6]) == [hash_of(200), hash_of(206)]


def test_every_log_has_a_number_of_its_own() -> None:
    assert [log_number(log) for log in LOGS] == list(range(5))
    assert [file_number(log) for log in (*LOGS, *SEALED_LOGS)] == list(range(6))


@pytest.mark.parametrize("log", [*LOGS, *SEALED_LOGS])
def test_a_line_lies_in_its_log_whatever_its_id_counts_in(log: str) -> None:
    made = Columns()
    made.add(facts(1), file_number(log), 3)
    assert rows(made) == [row(1, f"logs/{log}.jsonl:3")]
