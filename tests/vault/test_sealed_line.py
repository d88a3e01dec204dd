"""What a sealed line shows and holds is taken whole, and each fault has its one name."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from tests.vault.sealed_desk import HERS, outside
from tests.vault.test_log import envelope
from tests.vault.test_sealed import lines

from stalklog.core import canonical
from stalklog.core.hashing import sha256_hex
from stalklog.vault.cipher import seal
from stalklog.vault.log import EntryError
from stalklog.vault.sealed import (
    MAX_CARRIED_BYTES,
    PLAIN_TYPES,
    Outer,
    build_sealed,
    open_inner,
    parse_inner,
    parse_outer,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from stalklog.core.entry import JsonObject, JsonValue

OBJECTS = ("ab" * 32, "cd" * 32)


def inner(**fields: JsonValue) -> JsonObject:
    value = envelope(objects=list(OBJECTS), body={"words": "x"}, **fields)
    del value["id"]
    return value


def plain(**fields: JsonValue) -> JsonObject:
    value = envelope(type="vault.created", log="custody", by="self", tz="+00:00", **fields)
    del value["id"]
    return value


def fault_of(what: Callable[[], object]) -> str:
    with pytest.raises(EntryError) as caught:
        what()
    return caught.value.code


@pytest.mark.parametrize("seq", [0, 3])
def test_a_sealed_line_shows_its_place_and_what_it_needs(seq: int) -> None:
    value = inner(seq=seq)
    line = build_sealed(value, HERS.recipients)
    outer = parse_outer(line)
    raw = base64.b64decode(str(canonical.decode(line)["sealed"]))
    commit = sha256_hex(canonical.encode(value))
    assert outer == Outer(seq, "0a" * 32, OBJECTS, commit, raw, None)
    assert open_inner(outer, HERS) == value


@pytest.mark.parametrize("seq", [0, 3])
def test_a_plain_line_is_taken_whole(seq: int) -> None:
    value = plain(seq=seq)
    expected = Outer(seq, "0a" * 32, (), None, b"", value)
    assert parse_outer(canonical.encode(value)) == expected


def test_of_a_correction_alone_the_log_may_be_any() -> None:
    for type_name, log, is_good in (
        ("entry.amended", "entries", True),
        ("entry.withdrawn", "entries", True),
        ("entry.amended", "threats", True),
        ("entry.amended", "diary", False),
        ("threat.logged", "entries", False),
        ("threat.logged", "threats", True),
    ):
        value = inner(type=type_name, log=log)
        outer = parse_outer(build_sealed(value, HERS.recipients))
        if is_good:
            assert open_inner(outer, HERS) == value
        else:
            assert fault_of(lambda outer=outer: open_inner(outer, HERS)) == "SCHEMA_BAD"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"seq": -1}, "SCHEMA_BAD"),
        ({"v": 2}, "SCHEMA_BAD"),
        ({"prev": "x"}, "SCHEMA_BAD"),
        ({"objects": [None]}, "SCHEMA_BAD"),
        ({"more": 1}, "SCHEMA_BAD"),
        ({"sealed": ""}, "SEALED_BAD"),
        ({"sealed": None}, "SEALED_BAD"),
        ({"sealed": "~"}, "SEALED_BAD"),
    ],
)
def test_what_stands_outside_in_another_form_is_named(
    changes: dict[str, JsonValue], fault: str
) -> None:
    assert fault_of(lambda: parse_outer(outside(lines()[1], **changes))) == fault


@pytest.mark.parametrize(
    "changes", [{"type": "threat.logged"}, {"log": "threats"}, {"salt": ""}, {"more": 1}]
)
def test_a_plain_line_of_another_form_is_named(changes: dict[str, JsonValue]) -> None:
    line = canonical.encode({**plain(), **changes})
    assert fault_of(lambda: parse_outer(line)) == "SCHEMA_BAD"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"more": 1}, "SCHEMA_BAD"),
        ({"seq": 4}, "INNER_MISMATCH"),
        ({"v": 2}, "INNER_MISMATCH"),
        ({"objects": []}, "INNER_MISMATCH"),
        ({"salt": ""}, "SCHEMA_BAD"),
        ({"body": {"words": "x" * MAX_CARRIED_BYTES}}, "LINE_TOO_LONG"),
        *(({"type": each, "log": "custody"}, "SCHEMA_BAD") for each in sorted(PLAIN_TYPES)),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_inside_in_another_form_is_named(changes: dict[str, JsonValue], fault: str) -> None:
    outer = Outer(3, "0a" * 32, OBJECTS, "", b"", None)
    inside = canonical.encode({**inner(), **changes})
    assert fault_of(lambda: parse_inner(inside, outer)) == fault


def test_other_bytes_inside_than_were_promised_are_named() -> None:
    line = build_sealed(inner(), HERS.recipients)
    raw = seal(canonical.encode(inner(by="another")), HERS.recipients)
    swapped = outside(line, sealed=base64.b64encode(raw).decode())
    assert fault_of(lambda: open_inner(parse_outer(swapped), HERS)) == "INNER_MISMATCH"
