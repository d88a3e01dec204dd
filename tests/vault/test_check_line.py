"""Of one line all that is wrong with it is named, and all that it says is taken."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from tests.records.sample import BODIES, HASH
from tests.vault.altered import dumped
from tests.vault.test_log import envelope

from stalklog.core import canonical
from stalklog.core.merkle import leaf_hash
from stalklog.records.types import TYPES
from stalklog.vault import check_line as tested
from stalklog.vault.check_line import Fault, check_line, decode_quickly
from stalklog.vault.facts import Facts
from stalklog.vault.layout import MAX_LINE_BYTES
from stalklog.vault.log import Id

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject, JsonValue

LOG = "threats"


def entry(type_name: str, log: str, identity: str, body: JsonObject | None = None) -> bytes:
    body = BODIES[type_name] if body is None else body
    return canonical.encode(envelope(type=type_name, log=log, id=identity, body=body))


def judged(
    data: bytes, log: str = LOG, *, is_ended: bool = True
) -> tuple[Facts | None, list[Fault]]:
    faults: list[Fault] = []
    facts = check_line(data, log, faults, is_ended=is_ended)
    assert all(fault.message for fault in faults)
    return facts, faults


def codes_of(data: bytes, log: str = LOG) -> list[str]:
    return [fault.code for fault in judged(data, log)[1]]


THREAT = entry("threat.logged", LOG, "T-0001")


def facts_of(line: bytes, **others: Any) -> Facts:  # noqa: ANN401
    """What every line says that is made by `entry`, and what this one says besides."""
    facts = Facts(
        seq=3,
        prev=bytes([10] * 32),
        digest=sha256(line).digest(),
        leaf=leaf_hash(line),
        at=b"2026-11-24T04:30:00.000Z",
        id=None,
        links=(),
        originals=(),
        quarantined=(),
    )
    return facts._replace(**others)


@pytest.mark.parametrize(
    ("type_name", "log", "identity", "others"),
    [
        (
            "threat.logged",
            "threats",
            "T-0001",
            {"links": ("E-0001", "E-10000", "C-0001", "E-0002")},
        ),
        (
            "evidence.added",
            "evidence",
            "E-0001",
            {"links": ("E-0001", "T-0001", "#7"), "originals": ((HASH, 0),)},
        ),
        ("entry.amended", "threats", "T-0003.1", {"links": ("T-0003", "E-0011")}),
        ("case.noted", "custody", "X-0001", {"links": ("E-0001",)}),
        ("recovery.done", "custody", "X-0001", {"quarantined": (("quarantine/a", HASH),)}),
    ],
)
def test_a_line_says_where_it_stands_and_what_it_needs(
    type_name: str, log: str, identity: str, others: dict[str, Any]
) -> None:
    line = entry(type_name, log, identity)
    parts = Id(log, int(identity[2:6]), 1 if "." in identity else None)
    assert judged(line, log) == (facts_of(line, id=parts, **others), [])


def test_an_original_has_the_size_that_its_entry_says() -> None:
    line = entry("evidence.added", "evidence", "E-0001", {"sha256": HASH, "size_bytes": 7})
    facts, faults = judged(line, "evidence")
    assert facts is not None
    assert (facts.originals, faults) == (((HASH, 7),), [])


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"", "NOT_JSON"),
        (b"[]", "NOT_JSON"),
        (b"\xff", "NOT_UTF8"),
        (b'{"a":1,"a":1}', "DUPLICATE_KEY"),
        (b'{"b":1,"a":1}', "NOT_CANONICAL"),
        (THREAT + b" ", "NOT_CANONICAL"),
        (b'"' + b"a" * MAX_LINE_BYTES, "LINE_TOO_LONG"),
        (b'"' + b"a" * (MAX_LINE_BYTES - 1), "NOT_JSON"),
        (b"{}", "SCHEMA_BAD"),
        (dumped(envelope(seq=-1)), "SCHEMA_BAD"),
        (dumped(envelope(more=1)), "SCHEMA_BAD"),
    ],
    ids=[
        *("nothing", "list", "no UTF-8", "twice", "order", "space", "too long", "no end"),
        *("no fields", "seq", "more"),
    ],
)
def test_a_line_that_is_no_entry_has_one_fault_and_says_nothing(line: bytes, code: str) -> None:
    facts, faults = judged(line)
    assert (facts, [fault.code for fault in faults]) == (None, [code])


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        (entry("threat.logged", LOG, "T-1"), ["ID_BAD"]),
        (entry("threat.logged", LOG, "T-0001.1"), ["ID_BAD"]),
        (entry("entry.amended", LOG, "T-0001"), ["ID_BAD"]),
        (entry("entry.amended", LOG, "T-0002.1"), ["ID_BAD"]),
        (entry("threat.logged", "contacts", "T-0001"), ["WRONG_LOG", "SCHEMA_BAD"]),
        (entry("demand.made", LOG, "T-0001"), ["SCHEMA_BAD"]),
        (entry("threat.spoken", LOG, "T-0001", {}), ["UNKNOWN_TYPE"]),
        (entry("threat.spoken", LOG, "T-0001.1", {}), ["UNKNOWN_TYPE"]),
        (entry("threat.logged", LOG, "T-0001", {"words": "x"}), ["SCHEMA_BAD"]),
        (entry("entry.amended", LOG, "T-0003.1", {"amends": "T-0003"}), ["SCHEMA_BAD"]),
        (
            entry("threat.spoken", "contacts", "T-1", {}),
            ["ID_BAD", "WRONG_LOG", "UNKNOWN_TYPE"],
        ),
    ],
    ids=lambda value: str(value)[:20],
)
def test_each_fault_of_an_entry_is_named_and_its_place_is_told(
    line: bytes, codes: list[str]
) -> None:
    facts, faults = judged(line)
    assert [fault.code for fault in faults] == codes
    assert facts is not None
    assert (facts.seq, facts.leaf) == (3, leaf_hash(line))


def test_a_record_that_is_not_valid_names_its_field_and_needs_nothing() -> None:
    body: JsonObject = {"sha256": HASH, "size_bytes": "7", "for": ["T-0001"]}
    line = entry("evidence.added", "evidence", "E-0001", body)
    facts, faults = judged(line, "evidence")
    assert facts is not None
    assert (facts.links, facts.originals) == ((), ())
    assert [fault.message for fault in faults] == [
        "the record is not valid: size_bytes does not hold what it should"
    ]


def test_a_recovery_that_is_not_valid_says_nothing_of_quarantine() -> None:
    body: JsonObject = {"cut": [{"file": "quarantine/a", "sha256": HASH}]}
    facts, faults = judged(entry("recovery.done", "custody", "X-0001", body), "custody")
    assert facts is not None
    assert (facts.quarantined, len(faults)) == ((), 1)


def nested(depth: int) -> JsonValue:
    """Lists in lists, so many deep."""
    value: JsonValue = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("depth", range(10, 20))
def test_what_an_amendment_sets_is_nested_no_deeper_than_a_line_may_be(depth: int) -> None:
    """Held against the slow parser, which refuses such a line as a whole."""
    body: JsonObject = {**BODIES["entry.amended"], "set": {"note": nested(depth)}}
    line = dumped(envelope(type="entry.amended", id="T-0003.1", body=body))
    try:
        canonical.decode(line)
        expected = []
    except canonical.NotCanonicalError:
        expected = [Fault("SCHEMA_BAD", "the record is not valid: set")]
    assert judged(line)[1] == expected


def test_an_entry_is_as_long_as_it_may_be_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tested, "MAX_ENTRY_BYTES", len(THREAT))
    assert codes_of(THREAT) == []
    monkeypatch.setattr(tested, "MAX_ENTRY_BYTES", len(THREAT) - 1)
    facts, faults = judged(THREAT)
    assert facts is not None
    assert [fault.code for fault in faults] == ["LINE_TOO_LONG"]


def test_a_line_without_an_end_is_told_and_understood() -> None:
    facts, faults = judged(THREAT, is_ended=False)
    assert facts is not None
    assert [fault.code for fault in faults] == ["LOG_TRUNCATED"]


@pytest.mark.parametrize(
    "line", [b'{"b":1,"a":1}', b'{"a": 1}', b"[]", b"{", b'{"a":1,"a":1}', b"1", b'{"a":"\xff"}']
)
def test_what_is_decoded_quickly_is_canonical(line: bytes) -> None:
    with pytest.raises(canonical.NotCanonicalError):
        decode_quickly(line)


def test_the_fast_parser_decodes_where_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "decode", lambda _: pytest.fail("it was decoded slowly"))
    for type_name in TYPES:
        body = BODIES[type_name]
        line = dumped(envelope(body=body))
        assert decode_quickly(line) == orjson.loads(line)


@pytest.mark.parametrize(
    ("type_name", "body"),
    [
        ("recovery.done", {}),
        ("recovery.done", {"cut": None}),
        ("recovery.done", {"cut": ["quarantine/a"]}),
        ("case.noted", {"cut": [{"file": "quarantine/a", "sha256": HASH}]}),
    ],
)
def test_only_a_recovery_says_what_was_moved_to_quarantine(
    type_name: str, body: JsonObject
) -> None:
    assert tested.quarantined(type_name, body) == ()
