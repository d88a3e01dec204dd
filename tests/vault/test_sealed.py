"""The form of a sealed line: what stands outside is what stands inside, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from typing import Any, Final

import pytest
from tests.vault.desk import add_files, log_threat
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import (
    HERS,
    RECOVERY,
    STRANGER,
    give,
    init_sealed,
    inner_bytes,
    lines_of,
    outside,
    resealed,
)

from stalklog.core import canonical
from stalklog.vault.cipher import NotForThisKeyError, SealedBadError, seal
from stalklog.vault.layout import MAX_ENTRY_BYTES, MAX_LINE_BYTES
from stalklog.vault.log import EntryError
from stalklog.vault.sealed import (
    MAX_CARRIED_BYTES,
    OUTER_FIELDS,
    PLAIN_TYPES,
    build_sealed,
    open_inner,
    parse_outer,
)

TO: Final = (*HERS.recipients, *RECOVERY.recipients)


@cache
def lines() -> list[bytes]:
    """Entry 0 in plain, a threat, and a piece of evidence."""
    disk = ModelDisk()
    init_sealed(disk)
    give(disk, log_threat, add_files(1))
    return lines_of(disk)


def opened(line: bytes) -> dict[str, Any]:
    return open_inner(parse_outer(line), HERS)


def test_a_sealed_line_shows_six_fields_and_holds_the_entry() -> None:
    for line in lines()[1:]:
        shown, inside = json.loads(line), inner_bytes(line)
        assert shown.keys() == OUTER_FIELDS
        assert hashlib.sha256(inside).hexdigest() == shown["commit"]
        inner = json.loads(inside)
        assert canonical.encode(inner) == inside
        for field in ("v", "seq", "prev", "objects"):
            assert inner[field] == shown[field]
        assert opened(line) == inner
        assert "id" not in inner


def test_a_line_is_opened_by_each_recipient_and_nobody_else() -> None:
    outer = parse_outer(lines()[1])
    assert open_inner(outer, HERS) == open_inner(outer, RECOVERY)
    with pytest.raises(NotForThisKeyError):
        open_inner(outer, STRANGER)


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": 5},
        {"prev": "0" * 64},
        {"objects": ["1" * 64]},
        {"objects": []},
        {"commit": "2" * 64},
    ],
)
def test_what_stands_outside_must_be_what_stands_inside(changes: dict[str, Any]) -> None:
    with pytest.raises(EntryError, match="INNER_MISMATCH"):
        opened(outside(lines()[2], **changes))


def test_a_line_from_another_place_does_not_fit_there() -> None:
    there, other = (json.loads(line) for line in lines()[1:3])
    moved = outside(lines()[1], seq=other["seq"], prev=other["prev"])
    with pytest.raises(EntryError, match="INNER_MISMATCH"):
        opened(moved)
    swapped = outside(lines()[1], sealed=other["sealed"], commit=other["commit"])
    with pytest.raises(EntryError, match="INNER_MISMATCH"):
        opened(swapped)
    mixed = outside(lines()[1], sealed=other["sealed"])
    with pytest.raises(EntryError, match="INNER_MISMATCH"):
        opened(mixed)
    assert there["sealed"] != other["sealed"]


def test_a_line_from_another_vault_does_not_fit_here() -> None:
    disk = ModelDisk()
    init_sealed(disk)
    give(disk, log_threat)
    foreign, here = lines_of(disk)[1], json.loads(lines()[1])
    assert here["seq"] == json.loads(foreign)["seq"]
    with pytest.raises(EntryError, match="INNER_MISMATCH"):
        opened(outside(foreign, prev=here["prev"]))


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"v": True},
        {"seq": -1},
        {"seq": True},
        {"seq": "1"},
        {"prev": "A" * 64},
        {"commit": None},
        {"objects": "1" * 64},
        {"objects": [1]},
        {"id": "T-0001"},
        {"at": "2026-11-24T04:30:00.000Z"},
    ],
)
def test_another_form_outside_is_no_line(changes: dict[str, Any]) -> None:
    with pytest.raises((EntryError, canonical.NotCanonicalError), match=r"SCHEMA_BAD|NOT_"):
        parse_outer(outside(lines()[1], **changes))


@pytest.mark.parametrize("field", sorted(OUTER_FIELDS))
def test_no_field_outside_may_be_missing(field: str) -> None:
    value = json.loads(lines()[1])
    del value[field]
    with pytest.raises(EntryError, match="SCHEMA_BAD"):
        parse_outer(canonical.encode(value))


def test_what_is_sealed_must_be_an_age_file_in_the_one_base64_of_it() -> None:
    raw = base64.b64decode(json.loads(lines()[1])["sealed"])
    text = base64.b64encode(raw[: len(raw) // 3 * 3 - 1]).decode()
    assert text.endswith("=")
    loose = text[:-2] + chr(ord(text[-2]) + 1) + "="  # the bits that padding leaves unused
    for bad in ("", "x", text[:-1], loose, " " + text, base64.b64encode(b"PK").decode(), 7, None):
        with pytest.raises(EntryError, match="SEALED_BAD"):
            parse_outer(outside(lines()[1], sealed=bad))


def test_a_flipped_byte_of_what_is_sealed_is_found() -> None:
    raw = base64.b64decode(json.loads(lines()[1])["sealed"])
    for at in range(0, len(raw), 7):
        bad = raw[:at] + bytes([raw[at] ^ 4]) + raw[at + 1 :]
        with pytest.raises((EntryError, SealedBadError, NotForThisKeyError)):
            opened(outside(lines()[1], sealed=base64.b64encode(bad).decode()))


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"log": "entries"},
        {"log": "diary"},
        {"type": 1},
        {"at": "yesterday"},
        {"tz": "IST"},
        {"salt": "00"},
        {"body": []},
        {"more": 1},
        *({"type": plain, "log": "custody"} for plain in sorted(PLAIN_TYPES)),
    ],
)
def test_another_form_inside_is_no_entry(changes: dict[str, Any]) -> None:
    """Whoever has the disk can seal what he likes to the recipients."""
    with pytest.raises(EntryError, match=r"SCHEMA_BAD|INNER_MISMATCH"):
        opened(resealed(lines()[1], TO, **changes))


@pytest.mark.parametrize("inside", [b"", b"[]", b"{}", b"\xff", b'{"v":1 }', b"[" * 9000])
def test_what_is_no_canonical_line_inside_is_refused(inside: bytes) -> None:
    sealed = base64.b64encode(seal(inside, TO)).decode()
    commit = hashlib.sha256(inside).hexdigest()
    with pytest.raises((EntryError, canonical.NotCanonicalError)):
        opened(outside(lines()[1], sealed=sealed, commit=commit))


@pytest.mark.parametrize(
    "changes",
    [
        {"log": "threats"},
        {"by": "Someone"},
        {"tz": "+05:30"},
        {"type": "case.noted"},
        {"type": "threat.logged"},
        {"id": "X-0001"},
        {"salt": ""},
        {"seq": -1},
        {"prev": ""},
    ],
)
def test_a_line_in_plain_tells_of_the_vault_alone(changes: dict[str, Any]) -> None:
    assert parse_outer(lines()[0]).plain is not None
    with pytest.raises(EntryError, match="SCHEMA_BAD"):
        parse_outer(outside(lines()[0], **changes))


def test_the_longest_entry_and_the_longest_carried_one_fit_a_line() -> None:
    inner = json.loads(inner_bytes(lines()[1]))
    for type_name, most in (
        ("threat.logged", MAX_ENTRY_BYTES),
        ("entry.carried", MAX_CARRIED_BYTES),
    ):
        inner |= {"type": type_name, "body": {"x": ""}}
        room = most - len(canonical.encode(inner))
        inner["body"] = {"x": "x" * room}
        assert len(build_sealed(inner, TO * 10)) <= MAX_LINE_BYTES
        inner["body"] = {"x": "x" * (room + 1)}
        with pytest.raises(EntryError, match="LINE_TOO_LONG"):
            build_sealed(inner, TO)
    assert 4 * ((MAX_ENTRY_BYTES + 2) // 3) + 1000 < MAX_CARRIED_BYTES
