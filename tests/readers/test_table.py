"""Every reader of the table keeps the promises that all readers make."""

from __future__ import annotations

import time
from collections import Counter
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stalklog.core.media import media_type_of
from stalklog.readers.base import NO, SURE, Notes, ReadingError
from stalklog.readers.table import all_readers, find_reader
from stalklog.records.message import FLAGS, REASONS
from stalklog.safety.limits import MAX_HEAD_BYTES

if TYPE_CHECKING:
    from stalklog.readers.base import Reader
    from stalklog.records.message import Message, Place

READERS = pytest.mark.parametrize("reader", all_readers(), ids=lambda reader: reader.name)
BEGINNINGS = (
    b"", b"From ravi Tue Mar  5 21:30:00 2024\n", b"From: ravi@example.org\nTo: asha@example.net\n",
    b"12\nFrom: ravi@example.org\nSubject: x\n", b"<!DOCTYPE html><html><title>x</title><body>",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"!BDN", b"PK\x03\x04", b"WARC/1.0\r\n", b"\x1f\x8b\x08",
    b"MIME-Version: 1.0\nSnapshot-Content-Location: x\nContent-Type: multipart/related\n",
    b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"ID3", b"OggS", b"fLaC",
    b"\0\0\0\x18ftypheic", b"\0\0\0\x18ftypisom", b"%PDF-1.7\n", b"SQLite format 3\0", b"{", b"[",
)  # fmt: skip
"""How files begin: behind each stands anything at all."""
_FILES = st.builds(bytes.__add__, st.sampled_from(BEGINNINGS), st.binary(max_size=400))
_NAMES = st.sampled_from(("file", "a.eml", "x:2,S", "क.mbox", "../..", "", "a\0b")) | st.text(
    max_size=20
)
_FEW_S = 0.05
_SMALL_S = 2.0
_MANY = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)


def test_no_two_readers_have_one_name() -> None:
    names = Counter(reader.name for reader in all_readers())
    assert names
    assert max(names.values()) == 1


@READERS
def test_it_says_what_it_is(reader: Reader) -> None:
    assert reader.name.isascii()
    assert reader.name == reader.name.lower()
    assert reader.version >= 1
    assert reader.media_types
    assert all(media_type.count("/") == 1 for media_type in reader.media_types)
    assert isinstance(reader.must_seek, bool)
    assert (type(reader).__doc__ or "").strip()


@READERS
@given(data=_FILES, name=_NAMES)
@_MANY
def test_match_is_a_number_for_any_bytes(reader: Reader, data: bytes, name: str) -> None:
    assert NO <= reader.match(data, name) <= SURE


@READERS
def test_nothing_is_of_no_format(reader: Reader) -> None:
    assert reader.match(b"", "file") == NO


@READERS
@pytest.mark.parametrize(
    "piece",
    [
        b"\0",
        b"From: a\n",
        b"From ",
        b" ",
        b"\n",
        b"<",
        b"a",
        b"1",
        b"a: ",
        b"\xff",
        b'{"',
        b"From: ",
    ],
)
def test_match_is_cheap(reader: Reader, piece: bytes) -> None:
    head = (piece * MAX_HEAD_BYTES)[:MAX_HEAD_BYTES]
    took = []
    for _time in range(5):
        began = time.process_time()
        reader.match(head, "file")
        took.append(time.process_time() - began)
    assert min(took) < _FEW_S


@READERS
@given(data=_FILES, name=_NAMES)
@_MANY
def test_read_keeps_its_promises_on_any_bytes(reader: Reader, data: bytes, name: str) -> None:
    began = time.process_time()
    messages, notes = _read(reader, data, name)
    assert time.process_time() - began < _SMALL_S
    assert [message.number for message in messages] == list(range(1, len(messages) + 1))
    for message in messages:
        assert message.parent is None or 0 < message.parent < message.number
        assert set(message.flags) <= FLAGS.keys()
        _assert_place(data, message.place)
        for attachment in message.attachments:
            _assert_place(data, attachment.place)
    for unread in notes.unread:
        assert unread.reason in REASONS
        _assert_place(data, unread.place)
    assert notes.bytes_covered is None or 0 <= notes.bytes_covered <= len(data)
    assert all(isinstance(value, str) for value in notes.facts.values())


@given(data=_FILES, name=_NAMES)
def test_the_surest_reader_is_chosen(data: bytes, name: str) -> None:
    found = find_reader(data, name)
    scores = {reader.name: reader.match(data, name) for reader in all_readers()}
    if found is None:
        assert not any(scores.values())
    else:
        assert scores[found.name] == max(scores.values())
    media_type_of(data)


class _Pipe(BytesIO):
    """A stream in which nobody may jump."""

    def seekable(self) -> bool:
        return False

    def seek(self, _offset: int, _whence: int = 0, /) -> int:
        raise AssertionError("it jumps, and says that it need not")

    def tell(self) -> int:
        raise AssertionError("it asks where it is, and says that it reads on and on")


def _read(reader: Reader, data: bytes, name: str) -> tuple[list[Message], Notes]:
    """What it yields; only a `ReadingError` may end it early."""
    notes = Notes()
    messages: list[Message] = []
    try:
        stream = BytesIO(data) if reader.must_seek else _Pipe(data)
        for message in reader.read(stream, name, notes):
            messages.append(message)  # noqa: PERF402 - what came before an error is kept
    except ReadingError as error:
        notes.leave(error.reason, error.place)
    return messages, notes


def _assert_place(data: bytes, place: Place) -> None:
    """Whether a place lies inside the file, and its hash is that of its bytes."""
    if place.member or place.start is None or place.end is None:
        return  # inside a zip or an archive: its own reader's tests look there
    assert 0 <= place.start <= place.end <= len(data)
    if place.sha256:
        assert sha256(data[place.start : place.end]).hexdigest() == place.sha256
