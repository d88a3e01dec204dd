"""The files inside a zip: read in place, and none of its lies believed."""

from __future__ import annotations

import hashlib
import io
import random
import struct
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.readers.archive import whole
from stalklog.readers.base import Notes, ReadingError
from stalklog.readers.zip_members import ZipMembers, first_names
from stalklog.records.message import Unread
from stalklog.safety import limits

if TYPE_CHECKING:
    from stalklog.readers.zip_members import Member

CHAT = b"20/11/2026, 21:30 - Someone: I saw you today\n" * 200


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 20, 21, 30, 0)), data, method)
    return made.getvalue()


def opened(data: bytes) -> tuple[ZipMembers, Notes]:
    notes = Notes()
    return ZipMembers(io.BytesIO(data), notes), notes


def contents(data: bytes) -> dict[str, bytes]:
    archive, _notes = opened(data)
    return {member.name: archive.open(member).read() for member in archive}


def only(data: bytes) -> tuple[ZipMembers, Member]:
    archive, _notes = opened(data)
    (member,) = archive
    return archive, member


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_files_come_out_as_they_went_in(method: int) -> None:
    files = {"_chat.txt": CHAT, "empty": b"", "a/b.jpg": random.Random(1).randbytes(300_000)}  # noqa: S311

    assert contents(zipped(*files.items(), method=method)) == files


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_file_is_hashed_while_it_is_read(method: int) -> None:
    archive, member = only(zipped(("x", CHAT), method=method))

    assert archive.sha256(member) == hashlib.sha256(CHAT).hexdigest()
    stream = archive.open(member)
    stream.read(10)
    assert stream.sha256() == hashlib.sha256(CHAT).hexdigest()
    assert stream.is_sound
    assert (member.place.start, member.place.end, member.place.member) == (0, len(CHAT), "x")


def test_two_files_can_be_read_by_turns() -> None:
    archive, _notes = opened(zipped(("a", b"1" * 100_000), ("b", b"2" * 100_000)))
    one, two = map(archive.open, archive)
    found = [one.read(7) + two.read(7) for _ in range(20)]

    assert found == [b"1" * 7 + b"2" * 7] * 20


def test_a_file_can_be_read_by_lines() -> None:
    archive, member = only(zipped(("x", CHAT)))

    assert list(io.BufferedReader(archive.open(member))) == CHAT.splitlines(keepends=True)


def test_folders_are_no_files() -> None:
    assert list(contents(zipped(("folder/", b""), ("folder/x", b"y")))) == ["folder/x"]


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/x", "C:\\x", "..\\x", "\\x"])
def test_a_name_that_leads_out_is_told_and_is_only_a_name(name: str) -> None:
    archive, notes = opened(zipped((name, b"x")))

    assert [member.name for member in archive] == [name]
    assert notes.facts == {"names_leading_out": "yes"}


@pytest.mark.parametrize("name", ["a..b", "a/..b/c", "x..", "C:"[:1]])
def test_dots_in_a_name_lead_nowhere(name: str) -> None:
    assert not opened(zipped((name, b"x")))[1].facts


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_there_twice_is_told_and_both_are_read() -> None:
    archive, notes = opened(zipped(("x", b"first"), ("x", b"second")))

    assert [archive.open(member).read() for member in archive] == [b"first", b"second"]
    assert notes.facts == {"names_twice": "yes"}


def test_a_utf8_name_that_does_not_say_so_is_read() -> None:
    data = zipped(("फोटो.jpg", b"x"))
    for at in (6, data.rfind(b"PK\x01\x02") + 8):
        data = data[:at] + b"\0\0" + data[at + 2 :]

    assert list(contents(data)) == ["फोटो.jpg"]


def test_an_encrypted_file_is_named() -> None:
    data = zipped(("secret", b"x"), ("open", b"y"))
    at = data.find(b"PK\x01\x02") + 8
    archive, notes = opened(data[:at] + b"\x01" + data[at + 1 :])

    assert [member.name for member in archive] == ["open"]
    assert [(unread.reason, unread.place.member) for unread in notes.unread] == [
        ("encrypted", "secret")
    ]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_to_pack_are_named(method: int) -> None:
    archive, notes = opened(zipped(("x", CHAT), method=method))

    assert not list(archive)
    assert notes.unread[0].reason == "not-read"


def test_a_file_without_a_name_is_read() -> None:
    data = bytearray(zipped(("x", b"y")))
    data[-22 - 1] = 0
    at = data.find(b"PK\x01\x02")
    data[at + 28] = 0
    data[at + 46 : at + 47] = b""
    data[-22 + 12] -= 1

    assert contents(bytes(data)) == {"": b"y"}


# Lies


def test_a_bomb_is_left_unread_and_named() -> None:
    archive, notes = opened(zipped(("bomb", bytes(30_000_000)), ("_chat.txt", CHAT)))

    assert [member.name for member in archive] == ["_chat.txt"]
    assert notes.unread[0].reason == "over-limit"


def test_files_that_lie_over_each_other_are_left_unread_and_named() -> None:
    data = bytearray(zipped(("a", CHAT), ("b", CHAT), ("c", b"fine")))
    second = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 1)
    data[second + 42 : second + 46] = (10).to_bytes(4, "little")
    archive, notes = opened(bytes(data))

    assert [member.name for member in archive] == ["c"]
    assert [unread.reason for unread in notes.unread] == ["damaged", "damaged"]


def test_a_file_that_is_longer_than_it_says_ends_where_it_says() -> None:
    data = bytearray(zipped(("x", CHAT)))
    at = data.find(b"PK\x01\x02") + 24
    data[at : at + 4] = (100).to_bytes(4, "little")
    archive, member = only(bytes(data))
    stream = archive.open(member)

    assert stream.read() == CHAT[:100]
    assert not stream.is_sound


def test_a_file_that_is_shorter_than_it_says_is_cut_off() -> None:
    data = bytearray(zipped(("x", CHAT)))
    at = data.find(b"PK\x01\x02") + 24
    data[at : at + 4] = (len(CHAT) + 5).to_bytes(4, "little")
    archive, member = only(bytes(data))
    stream = archive.open(member)

    assert stream.read() == CHAT
    with pytest.raises(ReadingError):
        stream.read(1)


def test_one_flipped_bit_costs_no_more_than_the_checksum() -> None:
    data = bytearray(zipped(("x", CHAT), method=zipfile.ZIP_STORED))
    data[data.find(CHAT) + 40] ^= 1
    archive, member = only(bytes(data))
    stream = archive.open(member)

    assert len(stream.read()) == len(CHAT)
    assert not stream.is_sound


def test_a_file_over_a_limit_is_not_read_whole() -> None:
    archive, member = only(zipped(("x", CHAT)))

    assert whole(archive, member, len(CHAT)) == CHAT
    with pytest.raises(ReadingError):
        whole(archive, member, len(CHAT) - 1)


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stalklog.readers.zip_members.MAX_MEMBERS", 10)
    with pytest.raises(ReadingError) as refused:
        opened(zipped(*((str(number), b"") for number in range(11))))

    assert refused.value.reason == "over-limit"


def test_a_directory_without_end_is_refused_before_it_is_read() -> None:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 200_000_000, 0, 0)
    stream = io.BytesIO(bytes(1_000) + end)
    with pytest.raises(ReadingError) as refused:
        ZipMembers(stream, Notes())

    assert refused.value.reason == "over-limit"


def large(data: bytes, directory_bytes: int | None = None) -> bytes:
    """The same zip with the end that one over 4 GB has."""
    end = data.rfind(b"PK\x05\x06")
    _mark, _disk, _first, here, count, size, at, _comment = struct.unpack_from(
        "<4s4H2LH", data, end
    )
    size = size if directory_bytes is None else directory_bytes
    record = b"PK\x06\x06" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, here, count, size, at)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    ones = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, *[0xFFFF] * 2, *[0xFFFFFFFF] * 2, 0)
    return data[:end] + record + locator + ones


def test_a_large_zip_is_read_and_its_directory_is_measured() -> None:
    data = zipped(("_chat.txt", CHAT))

    assert contents(large(data)) == {"_chat.txt": CHAT}
    with pytest.raises(ReadingError) as refused:
        opened(large(data, 1 << 40))
    assert refused.value.reason == "over-limit"


# Names at the beginning


def test_the_first_names_are_known_from_the_beginning() -> None:
    data = zipped(("datapackage.json", CHAT), ("archive/data.warc.gz", CHAT))

    assert first_names(data[:2_000]) == ("datapackage.json", "archive/data.warc.gz")
    assert first_names(b"From: PK\x03\x04") == ()
    assert first_names(b"") == ()


# Hostile


def test_cut_off_at_every_byte_it_is_refused() -> None:
    data = zipped(("_chat.txt", CHAT), ("b", b"y"))
    for length in range(len(data)):
        with pytest.raises(ReadingError):
            opened(data[:length])


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=12))
def test_changed_anywhere_it_is_read_or_refused(changes: list[tuple[int, int]]) -> None:
    data = bytearray(zipped(("_chat.txt", CHAT), ("a/b", b"y"), ("c", bytes(50))))
    for at, value in changes:
        data[at % len(data)] = value
    with suppress(ReadingError):
        archive, notes = opened(bytes(data))
        assert all(isinstance(unread, Unread) for unread in notes.unread)
        for member in archive:
            with suppress(ReadingError):
                assert len(archive.open(member).read()) <= max(
                    limits.MAX_RATIO * len(data), 1 << 20
                )


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(ReadingError):
        opened(b"PK\x03\x04" + data + b"PK\x05\x06" + bytes(18))
    first_names(b"PK\x03\x04" + data)


def test_what_is_inflated_is_what_zlib_says() -> None:
    data = random.Random(3).randbytes(200_000) + bytes(400_000)  # noqa: S311
    archive, member = only(zipped(("x", data)))
    stream = archive.open(member)

    assert b"".join(iter(lambda: stream.read(999), b"")) == data
    assert stream.is_sound
