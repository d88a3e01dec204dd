"""A log is cut into lines without losing a byte, and a line is an entry or has a fault's name."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from tests.vault.model_disk import ModelDisk

from stalklog.core import canonical
from stalklog.core.entry import Entry
from stalklog.core.hashing import sha256_hex
from stalklog.vault import log as tested
from stalklog.vault.layout import MAX_LINE_BYTES
from stalklog.vault.log import (
    EntryError,
    Id,
    Line,
    is_id_for,
    parse_id,
    parse_line,
    read_last_line,
    read_lines,
    split_lines,
)

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject, JsonValue

LOG, NAME = "threats", "logs/threats.jsonl"
LONGEST, BLOCK = 6, 4
"""How long a line may be and how much is read at once, where a test makes both small."""


@pytest.fixture
def disk() -> ModelDisk:
    disk = ModelDisk()
    disk.plant("logs", "folder")
    return disk


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tested, "MAX_LINE_BYTES", LONGEST)
    monkeypatch.setattr(tested, "_BLOCK_BYTES", BLOCK)


def some_logs() -> list[bytes]:
    """Lines of every length around what a line may have and what is read at once."""
    chosen = random.Random(7)  # noqa: S311 - no secret
    logs = [b"", b"\n", b"\n\n", b"a", b"a\n", b"a\nb", b"\na"]
    for _ in range(60):
        lines = [b"abcdefghijklmnopqrst"[: chosen.choice(range(20))] for _ in range(4)]
        logs += [b"\n".join(lines), b"\n".join(lines) + b"\n"]
    return logs


def lines_of(data: bytes, start: int) -> list[tuple[int, int, int, bool, bool]]:
    """Number, offset, length, whether it ended, whether it is too long: by plain splitting."""
    found, offset = [], start
    for number, line in enumerate(data.splitlines(keepends=True), 1):
        length = len(line.rstrip(b"\n"))
        found.append((number, offset, length, line.endswith(b"\n"), length > LONGEST))
        offset += len(line)
    return found


@pytest.mark.usefixtures("small")
def test_every_line_is_found_where_it_lies(disk: ModelDisk) -> None:
    for data in some_logs():
        disk.put(NAME, data)
        lines = list(read_lines(disk, LOG))
        told = [(one.number, one.offset, one.is_ended, one.is_too_long) for one in lines]
        assert told == [(a, b, d, e) for a, b, _length, d, e in lines_of(data, 0)], data
        assert {line.log for line in lines} <= {LOG}


@pytest.mark.usefixtures("small")
def test_a_line_that_may_be_so_long_is_whole_and_no_other_takes_more_memory(
    disk: ModelDisk,
) -> None:
    for data in some_logs():
        disk.put(NAME, data)
        for line, (_, offset, length, _, is_too_long) in zip(
            read_lines(disk, LOG), lines_of(data, 0), strict=True
        ):
            if is_too_long:
                assert len(line.data) <= LONGEST + 1
            else:
                assert line.data == data[offset : offset + length]


@pytest.mark.usefixtures("small")
def test_only_the_lines_between_two_offsets_are_read(disk: ModelDisk) -> None:
    data = b"ab\ncd\nef\nghijklmnop\n"
    disk.put(NAME, data)
    for start in (0, 3, 6):
        for end in range(start, len(data) + 1):
            told = [(one.number, one.offset) for one in read_lines(disk, LOG, start, end)]
            assert told == [one[:2] for one in lines_of(data[start:end], start)], (start, end)
    assert list(read_lines(disk, LOG, 0, 99)) == list(read_lines(disk, LOG))


@pytest.mark.usefixtures("small")
def test_a_log_is_read_by_and_by(disk: ModelDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int, int | None]] = []
    disk.put(NAME, b"ab\ncd\nef\ng")

    def read(name: str, start: int = 0, length: int | None = None) -> bytes:
        asked.append((name, start, length))
        return ModelDisk.read(disk, name, start, length)

    monkeypatch.setattr(disk, "read", read)
    list(read_lines(disk, LOG))
    assert asked == [(NAME, 0, BLOCK), (NAME, 4, BLOCK), (NAME, 8, 2)]


def test_the_bytes_of_a_tail_have_their_offsets_in_the_log() -> None:
    assert list(split_lines(b"ab\n\nc", LOG, 40)) == [
        Line(LOG, 1, 40, b"ab", is_ended=True),
        Line(LOG, 2, 43, b"", is_ended=True),
        Line(LOG, 3, 44, b"c", is_ended=False),
    ]


@pytest.mark.usefixtures("small")
def test_the_beginning_of_a_line_too_long_is_kept_when_it_came_at_once() -> None:
    lines = list(split_lines(b"abcdefghij\nabcdefg\nabcdef\nabcdefghij", LOG, 0))
    assert [line.data for line in lines] == [b"abcdefg", b"abcdefg", b"abcdef", b""]
    assert [line.is_too_long for line in lines] == [True, True, False, True]


@pytest.mark.usefixtures("small")
def test_the_last_line_is_the_one_that_ends_there(disk: ModelDisk) -> None:
    disk.put(NAME, b"\nab\n\nabcdef\nx")
    found = {end: read_last_line(disk, LOG, end) for end in range(14)}
    assert {end: line for end, line in found.items() if line is not None} == {
        1: b"",
        4: b"ab",
        5: b"",
        12: b"abcdef",
    }


@pytest.mark.usefixtures("small")
def test_of_a_last_line_too_long_no_more_is_read_than_of_the_longest(disk: ModelDisk) -> None:
    disk.put(NAME, b"a\nabcdefgh\n")
    assert read_last_line(disk, LOG, 11) == b"cdefgh"


def test_an_entry_of_the_greatest_length_is_read_again(disk: ModelDisk) -> None:
    line = b"x" * MAX_LINE_BYTES
    disk.put(NAME, line + b"\n" + line + b"\n")
    assert [one.data for one in read_lines(disk, LOG) if not one.is_too_long] == [line, line]
    assert read_last_line(disk, LOG, disk.size(NAME)) == line


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("E-0001", Id("evidence", 1, None)),
        ("T-9999", Id("threats", 9999, None)),
        ("C-10000", Id("contacts", 10000, None)),
        ("D-0012.1", Id("demands", 12, 1)),
        ("X-0003.20", Id("custody", 3, 20)),
    ],
)
def test_an_id_says_its_log_its_number_and_its_amendment(text: str, parts: Id) -> None:
    assert parse_id(text) == parts
    assert str(parts) == text


@pytest.mark.parametrize(
    "text", ["", "T-0000", "T-001", "T-00010", "T-1.0", "Z-0001", "t-0001", "T-0001.", "T-0001.0x"]
)
def test_what_has_another_form_is_no_id(text: str) -> None:
    assert parse_id(text) is None


@pytest.mark.parametrize(
    ("identity", "type_name", "body", "is_right"),
    [
        ("T-0001", "threat.logged", {}, True),
        ("T-0001.1", "threat.logged", {"amends": "T-0001"}, False),
        ("T-0001.2", "entry.amended", {"amends": "T-0001"}, True),
        ("T-0001.2", "entry.withdrawn", {"withdraws": "T-0001"}, True),
        ("T-0001.2", "entry.withdrawn", {"amends": "T-0001"}, False),
        ("T-0001.2", "entry.amended", {"amends": "T-0002"}, False),
        ("T-0001.2", "entry.amended", {}, False),
        ("T-0001", "entry.amended", {"amends": "T-0001"}, False),
    ],
)
def test_a_correction_and_it_alone_counts_under_what_it_corrects(
    identity: str, type_name: str, body: JsonObject, is_right: bool
) -> None:
    parts = parse_id(identity)
    assert parts is not None
    assert is_id_for(parts, type_name, body) is is_right


def envelope(**fields: JsonValue) -> JsonObject:
    return {
        "v": 1,
        "seq": 3,
        "prev": "0a" * 32,
        "log": "threats",
        "id": "T-0001",
        "type": "threat.logged",
        "at": "2026-11-24T04:30:00.000Z",
        "tz": "+05:30",
        "by": "self",
        "tool": "stalklog/1.0",
        "salt": "f9" * 16,
        "body": {},
        **fields,
    }


def test_an_entry_says_all_that_its_line_says() -> None:
    line = tested.build_line(envelope(body={"sha256": "ab" * 32}))
    assert parse_line(line) == (
        Entry(
            seq=3,
            log="threats",
            id="T-0001",
            type="threat.logged",
            at="2026-11-24T04:30:00.000Z",
            tz="+05:30",
            by="self",
            tool="stalklog/1.0",
            body={"sha256": "ab" * 32},
            line_sha256=sha256_hex(line),
            objects=(),
        ),
        "0a" * 32,
    )


def test_an_original_lies_under_the_hash_in_the_body_of_its_evidence() -> None:
    fields: JsonObject = {"type": "evidence.added", "log": "evidence", "id": "E-0001"}
    line = tested.build_line(envelope(**fields, body={"sha256": "ab" * 32}))
    assert parse_line(line)[0].objects == ("ab" * 32,)


def test_the_first_entry_has_the_number_0() -> None:
    assert parse_line(tested.build_line(envelope(seq=0)))[0].seq == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("v", 2),
        ("v", True),
        ("v", "1"),
        ("seq", -1),
        ("seq", True),
        ("seq", "0"),
        ("prev", "0a" * 31),
        ("prev", None),
        ("prev", "0A" * 32),
        ("log", "entries"),
        ("id", 1),
        ("type", None),
        ("by", ["self"]),
        ("tool", 1),
        ("at", "2026-11-24T04:30:00Z"),
        ("at", 1),
        ("tz", "Z"),
        ("tz", None),
        ("salt", "f9" * 32),
        ("salt", None),
        ("body", None),
        ("body", []),
        ("more", 1),
    ],
)
def test_a_line_with_another_envelope_is_no_entry(field: str, value: JsonValue) -> None:
    with pytest.raises(EntryError, match=r"^SCHEMA_BAD$") as caught:
        parse_line(canonical.encode(envelope(**{field: value})))
    assert caught.value.code == "SCHEMA_BAD"


@pytest.mark.parametrize("field", sorted(tested.ENTRY_FIELDS))
def test_a_line_without_one_of_the_twelve_fields_is_no_entry(field: str) -> None:
    value = envelope()
    del value[field]
    with pytest.raises(EntryError, match=r"^SCHEMA_BAD$"):
        parse_line(canonical.encode(value))


def test_a_line_whose_id_has_another_form_is_named_by_it() -> None:
    with pytest.raises(EntryError, match=r"^ID_BAD$") as caught:
        parse_line(canonical.encode(envelope(id="T-1")))
    assert caught.value.code == "ID_BAD"


@pytest.mark.parametrize("at", ["2026-02-30T04:30:00.000Z", "2026-11-24T24:30:00.000Z"])
def test_a_time_that_no_calendar_has_is_none(at: str) -> None:
    with pytest.raises(EntryError, match="SCHEMA_BAD"):
        parse_line(canonical.encode(envelope(at=at)))
