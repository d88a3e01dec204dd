"""What is usual is read by one match, and says all that the long way says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.records.sample import BODIES, HASH, LEAST
from tests.vault.altered import dumped
from tests.vault.test_check_line import facts_of
from tests.vault.test_line_form import agrees
from tests.vault.test_log import envelope
from tests.vault.test_tampering import filled

from stalklog.records.types import LOGS, RECORD_TYPES
from stalklog.vault import line_form as tested
from stalklog.vault.layout import log_name
from stalklog.vault.line_form import read_quickly
from stalklog.vault.log import Id

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject, JsonValue

PREFIX = {"evidence": "E", "threats": "T", "contacts": "C", "demands": "D", "custody": "X"}
OCCURRED: JsonObject = {
    "start": "2026-11-20T21:30:00+05:30",
    "precision": "about",
    "tz": "Asia/Kolkata",
    "basis": "memory",
}
THREAT: JsonObject = {"occurred": OCCURRED, "how": "phone", "words": "x"}


def line(type_name: str, log: str, body: JsonObject, **fields: JsonValue) -> bytes:
    identity = f"{PREFIX[log]}-0042"
    return dumped(envelope(type=type_name, log=log, **{"id": identity, "body": body, **fields}))


@pytest.mark.parametrize(
    ("type_name", "log", "body", "others"),
    [
        ("threat.logged", "threats", THREAT, {}),
        (
            "threat.logged",
            "threats",
            {**THREAT, "evidence": ["E-0001", "E-0007"], "reported_to": ["C-0001"]},
            {"links": ("E-0001", "E-0007", "C-0001")},
        ),
        (
            "threat.logged",
            "threats",
            {**THREAT, "reported_to": ["C-0002"]},
            {"links": ("C-0002",)},
        ),
        (
            "evidence.added",
            "evidence",
            {"sha256": HASH, "size_bytes": 1234},
            {"originals": ((HASH, 1234),)},
        ),
        (
            "evidence.added",
            "evidence",
            {"sha256": HASH, "size_bytes": 0, "derived_from": "E-0001", "for": ["T-0001"]},
            {"originals": ((HASH, 0),), "links": ("E-0001", "T-0001")},
        ),
        (
            "contact.logged",
            "contacts",
            {**LEAST["contact.logged"], "references": [{"type": "FIR", "value": "1"}]},
            {},
        ),
        ("report.made", "custody", LEAST["report.made"], {}),
        ("checkpoint.made", "custody", BODIES["checkpoint.made"], {}),
    ],
)
def test_what_is_usual_is_read_quickly_and_whole(
    type_name: str, log: str, body: JsonObject, others: dict[str, object]
) -> None:
    made = line(type_name, log, body, seq=42)
    expected = facts_of(made, id=Id(log, 42, None), **others)._replace(seq=42)
    assert read_quickly(made, log) == expected
    assert agrees(made, log)


def test_every_place_and_number_is_read() -> None:
    for seq, number in ((0, "0001"), (7, "9999"), (10**14, "10000"), (10**15 - 1, "9" * 16)):
        made = line("threat.logged", "threats", THREAT, seq=seq, id=f"T-{number}")
        found = read_quickly(made, "threats")
        assert found is not None
        assert (found.seq, found.id) == (seq, Id("threats", int(number), None))


def test_nearly_every_entry_of_a_vault_is_read_quickly() -> None:
    lines = [(log, made) for log in LOGS for made in filled().read(log_name(log)).splitlines()]
    slowly = {json.loads(made)["type"] for log, made in lines if not agrees(made, log)}
    assert slowly <= {"entry.amended", "entry.withdrawn", "case.noted", "vault.created"}


@pytest.mark.parametrize("type_name", ["entry.amended", "entry.withdrawn", "recovery.done"])
def test_what_says_more_than_a_pattern_tells_is_read_the_other_way(type_name: str) -> None:
    for log in LOGS:
        assert read_quickly(line(type_name, log, BODIES[type_name]), log) is None


@pytest.mark.parametrize(("log", "type_name"), RECORD_TYPES.items())
def test_a_record_is_read_quickly_in_its_own_log_alone(log: str, type_name: str) -> None:
    bodies: dict[str, JsonObject] = {
        "evidence.added": LEAST["evidence.added"],
        "threat.logged": THREAT,
        "contact.logged": LEAST["contact.logged"],
        "demand.made": {"occurred": OCCURRED, "form": "block"},
    }
    for other in LOGS:
        made = line(type_name, other, bodies[type_name])
        assert (read_quickly(made, other) is not None) == (other == log)
        elsewhere = read_quickly(line(type_name, log, bodies[type_name]), other)
        assert (elsewhere is not None) == (other == log)


def test_a_line_of_some_kilobytes_is_read_quickly_and_a_longer_one_is_not() -> None:
    room = 16 * 1024 - len(line("threat.logged", "threats", {**THREAT, "words": ""}))
    for more, is_quick in ((0, True), (1, False)):
        made = line("threat.logged", "threats", {**THREAT, "words": "x" * (room + more)})
        assert (read_quickly(made, "threats") is not None) == is_quick


@pytest.mark.parametrize(
    "change",
    [
        (b'"v":1', b'"v":2'),
        (b'"v":1}', b'"v":1} '),
        (b'{"at"', b' {"at"'),
        (b'"words":"x"', b'"words":"\xff"'),
        (b'"words":"x"', b'"words":""'),
        (b'"type":"threat.logged"', b'"type":"threat.spoken"'),
        (b'"type":"threat.logged"', b'"type":"threatXlogged"'),
        (b'"seq":3', b'"seq":03'),
        (b'"seq":3', b'"seq":1000000000000000'),
        (b'"log":"threats"', b'"log":"demands"'),
        (b"T-0042", b"T-0000"),
        (b"T-0042", b"D-0042"),
        (b"T-0042", b"T-0042.1"),
        (b"f9f9", b"F9f9"),
    ],
)
def test_what_is_not_certain_is_not_read_quickly(change: tuple[bytes, bytes]) -> None:
    made = line("threat.logged", "threats", THREAT)
    assert read_quickly(made, "threats") is not None
    assert change[0] in made
    assert read_quickly(made.replace(*change), "threats") is None


@pytest.mark.parametrize("data", [b"", b"{}", b'"type":"threat.logged"', b"\0" * 30, b"x" * 22])
def test_what_is_no_entry_is_not_read_quickly(data: bytes) -> None:
    assert read_quickly(data, "threats") is None


def test_the_type_is_the_last_that_the_line_names() -> None:
    words = 'she wrote "type":"evidence.added","tz":"+00:00","v":1}'
    made = line("threat.logged", "threats", {**THREAT, "words": words})
    assert agrees(made, "threats")


def test_how_a_line_looks_is_made_once() -> None:
    assert tested._form("threats", "threat.logged") is tested._form("threats", "threat.logged")
