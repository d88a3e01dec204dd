"""Web archives: what a server sent, and when it was captured."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import random
import time
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.readers.drained import SMALL_S, drain, report_of
from tests.readers.web_archive import (
    DATE,
    PAGE,
    URL,
    chunked,
    deflated,
    http,
    packed,
    record,
    sha1,
)
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from stalklog.readers.base import NO, SURE, Notes
from stalklog.readers.warc import WarcReader
from stalklog.safety import limits

if TYPE_CHECKING:
    from stalklog.records.message import Message

READER = WarcReader()
INFO = record("warcinfo", b"software: Example Archiver 1.2\r\nformat: WARC\r\n", content_type="x")
PICTURE = record(
    block=http(b"\xff\xd8\xff picture", media_type="image/jpeg"),
    warc_target_uri="https://forum.example.org/pictures/scarf.jpg?size=2",
)
REQUEST = record("request", b"GET /thread/7 HTTP/1.1\r\n\r\n")


def one(data: bytes) -> Message:
    (message,) = drain(READER, data).messages
    return message


def page(body: bytes = PAGE, *fields: str, **changes: str) -> Message:
    return one(record(block=http(body, *fields, **changes)))


# What it says


def test_a_page_is_read_with_its_address_and_moment_of_capture() -> None:
    found = one(record())

    assert (found.kind, found.subject, found.url) == ("page", "Someone's page", URL)
    assert found.text == "I know where you live.\n\nनमस्ते"
    assert found.native_id == "<urn:uuid:00000000-0000-0000-0000-000000000001>"
    assert found.flags == ()


def test_the_moment_of_capture_is_received_and_nothing_is_said_of_when_it_was_posted() -> None:
    found = one(record())

    assert found.sent is None
    assert found.received is not None
    assert found.received.written == DATE
    assert found.received.instant == datetime(2026, 11, 20, 16, tzinfo=UTC)


def test_anything_else_is_a_file_with_its_type_size_and_hash() -> None:
    found = one(PICTURE)
    (file,) = found.attachments

    assert found.kind == "other"
    assert (file.name, file.media_type, file.size_bytes) == ("scarf.jpg", "image/jpeg", 11)
    assert file.sha256 == hashlib.sha256(b"\xff\xd8\xff picture").hexdigest()


def test_a_resource_has_no_header_of_a_server() -> None:
    found = one(record("resource", PAGE, content_type="text/html; charset=utf-8"))

    assert (found.kind, found.subject) == ("page", "Someone's page")


def test_a_plain_text_is_shown_and_is_a_file() -> None:
    found = page("caf\u00e9\r\n".encode("latin-1"), media_type="text/plain; charset=iso-8859-1")

    assert (found.kind, found.text) == ("other", "café\n")
    assert found.attachments[0].size_bytes == 6


def test_what_has_no_type_is_a_page_if_it_begins_as_one() -> None:
    assert page(media_type="").kind == "page"
    assert page(b"GIF89a", media_type="").kind == "other"


def test_what_nobody_sent_is_counted() -> None:
    found = drain(READER, INFO + REQUEST + record() + record("metadata", b"x: y") + record("weird"))

    assert len(found.messages) == 1
    assert found.notes.facts == {
        "software": "Example Archiver 1.2",
        "records_metadata": "1",
        "records_unknown": "1",
        "records_request": "1",
        "records_response": "1",
        "records_warcinfo": "1",
    }
    assert not found.notes.unread


def test_a_revisit_points_to_what_it_repeats() -> None:
    found = one(
        record("revisit", http(b""), warc_refers_to="<urn:uuid:2>", warc_payload_digest="sha1:ABC")
    )

    assert (found.kind, found.reply_to, found.flags) == ("other", "<urn:uuid:2>", ("revisit",))


@pytest.mark.parametrize("kind", ["conversion", "continuation"])
def test_what_is_not_read_is_named(kind: str) -> None:
    found = drain(READER, record(kind, b"x"))

    assert [(unread.reason, unread.detail) for unread in found.notes.unread] == [("not-read", kind)]


@pytest.mark.parametrize(
    ("status", "flags"),
    [
        ("404 Not Found", ("error-page",)),
        ("503 Busy", ("error-page",)),
        ("301 Moved", ("moved",)),
        ("206 Partial", ()),
    ],
)
def test_an_answer_that_is_not_the_page_says_so(status: str, flags: tuple[str, ...]) -> None:
    assert page(status=status).flags == flags


@pytest.mark.parametrize(
    ("date", "flags"), [(None, ("no-date",)), ("", ("no-date",)), ("long ago", ("bad-date",))]
)
def test_a_date_that_is_none_is_told(date: str | None, flags: tuple[str, ...]) -> None:
    assert one(record(warc_date=date)).flags == flags


def test_a_field_that_goes_on_in_the_next_line_is_read() -> None:
    assert (
        one(record(warc_date="2026-11-20\r\n  16:00:00Z")).received
        == one(record(warc_date="2026-11-20 16:00:00Z")).received
    )


def test_an_address_in_angle_brackets_is_read() -> None:
    assert one(record(warc_target_uri=f"<{URL}>")).url == URL


@pytest.mark.parametrize("most", [1, 2, 3, 1_000])
def test_a_stream_that_gives_little_at_once_is_read_the_same(most: int) -> None:
    data = packed(INFO, record(), PICTURE)

    assert drain(READER, data, most=most).messages == drain(READER, data).messages


# How it was sent


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (chunked(PAGE), ("Transfer-Encoding: chunked",)),
        (chunked(PAGE, 1), ("Transfer-Encoding: chunked",)),
        (PAGE, ("Transfer-Encoding: chunked",)),
        (gzip.compress(PAGE), ("Content-Encoding: gzip",)),
        (PAGE, ("Content-Encoding: gzip",)),
        (deflated(PAGE), ("Content-Encoding: deflate",)),
        (PAGE, ("Content-Encoding: br",)),
        (chunked(gzip.compress(PAGE), 7), ("Transfer-Encoding: chunked", "Content-Encoding: gzip")),
        (PAGE, ("Content-Encoding: identity",)),
    ],
)
def test_however_it_was_sent_the_page_is_the_same(body: bytes, fields: tuple[str, ...]) -> None:
    found = page(body, *fields)

    assert found.text == one(record()).text
    assert found.flags == ()


def test_a_short_text_that_is_not_chunked_is_not_lost() -> None:
    found = page(b"hi", "Transfer-Encoding: chunked", media_type="text/plain")

    assert found.text == "hi"


def test_a_way_to_pack_that_is_not_read_is_named() -> None:
    found = drain(READER, record(block=http(b"\x8b\x05\x80packed", "Content-Encoding: br")))

    assert found.messages[0].text == ""
    assert [(unread.reason, unread.detail) for unread in found.notes.unread] == [("not-read", "br")]


def test_what_is_packed_and_damaged_is_named() -> None:
    broken = gzip.compress(PAGE * 50)[:60]
    found = drain(READER, record(block=http(broken + b"\xff" * 200, "Content-Encoding: gzip")))

    assert found.reasons == ["not-read"]


# Checksums


@pytest.mark.parametrize(
    "body", [PAGE, chunked(PAGE)], ids=["of what was sent", "of what was meant"]
)
def test_a_checksum_that_fits_is_silent(body: bytes) -> None:
    block = http(body, *(["Transfer-Encoding: chunked"] if body != PAGE else []))
    for digest in (sha1(body), sha1(PAGE), "sha256:" + hashlib.sha256(PAGE).hexdigest()):
        assert one(record(block=block, warc_payload_digest=digest)).flags == ()
    short = "sha-256:" + base64.b32encode(hashlib.sha256(PAGE).digest()).decode().rstrip("=")
    assert one(record(block=block, warc_payload_digest=short)).flags == ()
    assert one(record(block=block, warc_block_digest=sha1(block).lower())).flags == ()


@pytest.mark.parametrize(
    "data",
    [
        record(warc_payload_digest=sha1(b"other")),
        record(warc_block_digest=sha1(b"other")),
        record(warc_block_digest=sha1(http()), warc_payload_digest=sha1(b"other")),
    ],
)
def test_a_checksum_that_does_not_fit_is_told(data: bytes) -> None:
    assert one(data).flags == ("digest-mismatch",)


@pytest.mark.parametrize("digest", ["", "sha1", "crc32:12345678", "sha1:", "shake_128:00"])
def test_a_checksum_that_is_not_known_says_nothing(digest: str) -> None:
    expected = ("digest-mismatch",) if digest.startswith("sha1") else ()
    assert one(record(warc_payload_digest=digest)).flags == expected


# Where it is


def test_plain_records_tile_the_file_and_hash_to_it() -> None:
    data = INFO + record() + PICTURE
    messages, report = report_of(READER, data)

    assert messages[0].place.start == len(INFO)
    assert messages[-1].place.end == report.bytes_covered == len(data)
    for message in messages:
        whole = data[message.place.start : message.place.end]
        assert whole.startswith(b"WARC/1.1\r\n")
        assert hashlib.sha256(whole).hexdigest() == message.place.sha256
    assert all(one.place.end == other.place.start for one, other in pairwise(messages))
    assert report.is_whole


def test_a_packed_records_place_is_its_member_of_the_file() -> None:
    data = packed(INFO, record(), PICTURE)
    messages, report = report_of(READER, data)

    assert report.bytes_covered == report.bytes_total
    for message, expected in zip(messages, (record(), PICTURE), strict=True):
        whole = data[message.place.start : message.place.end]
        assert gzip.decompress(whole) == expected
        assert hashlib.sha256(whole).hexdigest() == message.place.sha256


def test_an_archive_packed_in_one_piece_is_read_without_ranges() -> None:
    data = gzip.compress(INFO + record() + PICTURE)
    messages, report = report_of(READER, data)

    assert [message.kind for message in messages] == ["page", "other"]
    assert messages[0].place.start is None
    assert messages[0].place.item == f"unpacked {len(INFO)}-{len(INFO) + len(record())}"
    assert report.is_whole


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # warcio's own
def test_warcio_finds_the_same_records_in_what_it_writes() -> None:
    for is_packed in (False, True):
        made = io.BytesIO()
        writer = WARCWriter(made, gzip=is_packed)
        writer.write_record(writer.create_warcinfo_record("x", {"software": "made by warcio"}))
        for number in range(20):
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], "HTTP/1.1")
            body = io.BytesIO(PAGE + b"x" * number * 1_000)
            url = f"https://example.org/{number}"
            writer.write_record(
                writer.create_warc_record(url, "response", payload=body, http_headers=headers)
            )
        theirs = []
        iterator = ArchiveIterator(io.BytesIO(made.getvalue()))
        for each in iterator:
            if each.rec_type == "response":
                url = each.rec_headers.get_header("WARC-Target-URI")
                theirs.append((url, iterator.get_record_offset(), iterator.get_record_length()))
        ours = drain(READER, made.getvalue())
        behind = 0 if is_packed else len(b"\r\n\r\n")

        assert [
            (each.url, each.place.start, (each.place.end or 0) - (each.place.start or 0) - behind)
            for each in ours.messages
        ] == theirs
        assert not any(each.flags for each in ours.messages)
        assert ours.notes.facts["software"] == "made by warcio"


# Damaged


def test_what_is_no_record_is_named_and_the_next_one_is_read() -> None:
    data = record() + b"rubbish\r\n\r\nmore\r\n" + PICTURE
    found = drain(READER, data)

    assert [message.kind for message in found.messages] == ["page", "other"]
    (unread,) = found.notes.unread
    assert (unread.reason, data[unread.place.start : unread.place.end]) == (
        "damaged",
        b"rubbish\r\n\r\nmore\r\n",
    )


@pytest.mark.parametrize("length", [None, "-1", "1e9", "many", ""])
def test_a_record_without_a_length_is_named_and_the_next_one_is_read(length: str | None) -> None:
    found = drain(READER, record(content_length=length) + PICTURE)

    assert [message.kind for message in found.messages] == ["other"]
    assert found.reasons == ["damaged"]


def test_a_header_that_is_cut_off_does_not_swallow_the_next_record() -> None:
    found = drain(READER, record()[:60] + b"\r\n" + PICTURE)

    assert [message.kind for message in found.messages] == ["other"]
    assert found.reasons == ["damaged"]


def test_a_damaged_piece_is_named_and_the_next_one_is_read() -> None:
    broken = bytearray(packed(record()))
    broken[40:60] = b"\xff" * 20
    found = drain(READER, packed(INFO) + bytes(broken) + packed(PICTURE))

    assert found.messages[-1].attachments[0].name == "scarf.jpg"
    assert "damaged" in found.reasons


def test_a_record_that_is_cut_off_says_so() -> None:
    for data in (record()[:-30], packed(record())[:-30]):
        found = drain(READER, data)

        assert "cut-off" in found.messages[0].flags
        assert "damaged" in found.reasons


def test_of_a_short_packed_record_that_is_cut_off_everything_is_read() -> None:
    short = record("resource", b"I saw you", content_type="text/plain", warc_record_id=None)
    found = drain(READER, packed(short)[:-9])

    assert found.messages[0].text == "I saw you"
    assert found.reasons == ["damaged"]


def test_a_record_that_was_cut_when_it_was_captured_says_so() -> None:
    assert one(record(warc_truncated="length")).flags == ("cut-off",)


# What is none


def test_it_is_known_by_the_line_with_which_a_record_begins() -> None:
    assert READER.match(record(), "x") == SURE
    assert READER.match(packed(record()), "x") == SURE
    assert READER.match(packed(record() * 500)[:4_000], "x") == SURE
    assert READER.match(gzip.compress(b"From: x\n"), "x.warc.gz") == NO
    assert READER.match(b"WARC/1.0 is a format\n", "x.warc") == NO
    assert READER.match(b"", "x.warc") == NO
    assert READER.match(b"\x1f\x8b\x08", "x.warc.gz") == NO


# Hostile

SAMPLE = INFO + record(block=http(chunked(PAGE), "Transfer-Encoding: chunked")) + PICTURE


@pytest.mark.parametrize("data", [SAMPLE, packed(INFO, record(), PICTURE), gzip.compress(SAMPLE)])
def test_cut_off_at_every_byte_it_gives_what_is_there(data: bytes) -> None:
    for length in range(len(data)):
        found = drain(READER, data[:length])
        assert found.seconds < SMALL_S
        assert found.notes.unread or found.error or len(found.messages) in {0, 1, 2}


@pytest.mark.parametrize("data", [SAMPLE, packed(INFO, record(), PICTURE)])
def test_changed_anywhere_it_gives_what_is_there(data: bytes) -> None:
    dice = random.Random(7)  # noqa: S311 - the same changes each time
    for _ in range(1_500):
        changed = bytearray(data)
        for _ in range(dice.randint(1, 8)):
            changed[dice.randrange(len(data))] = dice.choice((0, 10, 13, 255, dice.randrange(256)))
        assert drain(READER, bytes(changed)).seconds < SMALL_S


@given(st.binary(max_size=1_000))
def test_any_bytes_behind_the_first_line_give_what_is_there(data: bytes) -> None:
    drain(READER, b"WARC/1.1\r\n" + data)
    drain(READER, gzip.compress(b"WARC/1.1\r\n" + data) + data)


@given(st.binary(max_size=500), st.sampled_from(["chunked", "gzip", "deflate", "br", "x, y"]))
def test_any_content_gives_a_message(data: bytes, coding: str) -> None:
    fields = (f"Transfer-Encoding: {coding}", f"Content-Encoding: {coding}")
    drain(READER, record(block=http(data, *fields)))


def test_a_bomb_ends_at_a_limit_that_is_named() -> None:
    bomb = packed(record(block=http(bytes(50_000_000), media_type="video/mp4")))
    found = drain(READER, bomb + packed(PICTURE))

    assert "over-limit" in found.reasons
    assert "cut-off" in found.messages[0].flags
    assert found.messages[-1].attachments[0].name == "scarf.jpg"
    assert found.seconds < SMALL_S


def test_a_bomb_inside_what_was_sent_ends_at_a_limit_that_is_named() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    found = drain(READER, record(block=http(bomb, "Content-Encoding: gzip")))

    assert found.reasons == ["not-read"]
    assert found.seconds < SMALL_S


@pytest.mark.parametrize(
    "piece",
    [
        b"\r\n",
        b"x\n",
        b"WARC/1.0\r\n",
        b"WARC/1.0\r\n\r\n",
        b"\nWARC/",
        b"WARC/1.0\r\nContent-Length: 0\r\n\r\n",
        b"WARC/1.0\r\nx:y\r\n" + b" z\r\n" * 1_000,
    ],
)
def test_millions_of_anything_take_linear_time(piece: bytes) -> None:
    begun = time.process_time()
    drain(READER, b"WARC/1.0\r\n" + piece * (5_000_000 // len(piece)))

    assert time.process_time() - begun < 60


def test_damage_without_end_is_given_up() -> None:
    for data in (
        packed(record()) + b"\x1f\x8b\x08\xff" * 100_000,
        record() + b"WARC/1.0\r\n\r\n" * 10_000,
    ):
        found = drain(READER, data)

        assert found.error is not None
        assert len(found.messages) == 1


def test_a_page_without_end_is_read_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stalklog.readers.web.content.MAX_PAGE_BYTES", 1_000)
    found = page(b"<html><p>" + b"x " * 5_000)

    assert "text-cut" in found.flags
    assert len(found.text) < 1_000


def test_a_large_file_takes_no_memory() -> None:
    import tracemalloc  # noqa: PLC0415 - only here

    data = record(block=http(bytes(50_000_000), media_type="video/mp4"))
    tracemalloc.start()
    list(READER.read(io.BytesIO(data), "", Notes()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 5_000_000


def test_a_header_without_end_is_named() -> None:
    data = record() + b"WARC/1.1\r\n" + b"x: y\r\n" * (limits.MAX_HEADER_BYTES // 3) + PICTURE
    found = drain(READER, data)

    assert [message.kind for message in found.messages] == ["page", "other"]
    assert found.reasons == ["damaged"]
