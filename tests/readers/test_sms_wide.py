"""A backup of SMS in UTF-16 is read as the same one in UTF-8, and lies where it lies."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.drained import drain
from tests.readers.files import read_file
from tests.readers.test_sms import BACKUP, CALLS

from stalklog.readers.base import NO, SURE
from stalklog.readers.sms import SmsReader
from stalklog.readers.sms_wide import SmsWideReader
from stalklog.readers.table import find_reader
from stalklog.records.message import Place

if TYPE_CHECKING:
    from stalklog.records.message import Message

READER = SmsWideReader()
WORDS = "\N{EYES} नमस्ते " * 3000
LONG = BACKUP.replace(b"I see you", WORDS.encode()).replace(b"Stop", WORDS.encode())
ENCODINGS = ("utf-16-le", "utf-16-be")


def _wide(data: bytes, encoding: str, *, has_mark: bool = True) -> bytes:
    return (("\ufeff" if has_mark else "") + data.decode()).encode(encoding)


def _bare(message: Message) -> Message:
    """A message without its places."""
    attachments = tuple(replace(one, place=Place()) for one in message.attachments)
    return replace(message, place=Place(), attachments=attachments)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("data", [BACKUP, CALLS, LONG], ids=["messages", "calls", "long"])
@pytest.mark.parametrize("has_mark", [True, False])
def test_it_says_what_the_narrow_one_says(encoding: str, data: bytes, *, has_mark: bool) -> None:
    wide = _wide(data, encoding, has_mark=has_mark)
    found = find_reader(wide, "any")
    assert found is not None
    assert found.name == READER.name
    narrow_messages, narrow_report = read_file(SmsReader(), data)
    messages, report = read_file(READER, wide)
    assert list(map(_bare, messages)) == list(map(_bare, narrow_messages))
    assert report.declared == narrow_report.declared
    assert (report.bytes_covered, report.is_whole) == (len(wide), True)
    assert report.facts["letters"] == "UTF-16"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_places_lie_in_the_original(encoding: str) -> None:
    wide = _wide(LONG, encoding)
    narrow_messages = read_file(SmsReader(), LONG)[0]
    for message, narrow in zip(read_file(READER, wide)[0], narrow_messages, strict=True):
        places = [message.place, *(one.place for one in message.attachments)]
        narrows = [narrow.place, *(one.place for one in narrow.attachments)]
        for place, other in zip(places, narrows, strict=True):
            piece = wide[place.start : place.end]
            assert sha256(piece).hexdigest() == place.sha256
            assert piece.decode(encoding).encode() == LONG[other.start : other.end]


@pytest.mark.parametrize(
    "data",
    [BACKUP, b"", b"\xff", b"\xff\xfe", b"<\0s\0m\0s\0>\0", "\ufeffhello".encode("utf-16-le")],
)
def test_what_is_not_one_is_none(data: bytes) -> None:
    assert READER.match(data, "sms.xml") == NO


def test_it_is_known_whatever_its_name() -> None:
    assert READER.match(_wide(BACKUP, "utf-16-le"), "x.jpg") == SURE


def test_cut_off_anywhere_it_gives_what_is_there() -> None:
    wide = _wide(BACKUP, "utf-16-le")
    for end in range(0, len(wide), 3):
        found = drain(READER, wide[:end], most=501)
        assert found.notes.bytes_covered == end
        for message in found.messages:
            piece = wide[message.place.start : message.place.end]
            assert message.place.end is not None
            assert message.place.end <= end
            assert sha256(piece).hexdigest() == message.place.sha256


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 255)), max_size=30))
@settings(deadline=None)
def test_changed_bytes_raise_nothing(changes: list[tuple[int, int]]) -> None:
    data = bytearray(_wide(BACKUP, "utf-16-be"))
    for at, byte in changes:
        data[at] = byte
    found = drain(READER, bytes(data))
    for message in found.messages:
        piece = data[message.place.start : message.place.end]
        assert sha256(piece).hexdigest() == message.place.sha256
