"""Web archives in a zip: what they list is compared with what they hold."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.readers.drained import SMALL_S, drain
from tests.readers.web_archive import PAGE, URL, http, packed, record
from tests.readers.zips import zipped

from stalklog.readers.base import LIKELY, NO, SURE
from stalklog.readers.wacz import WaczReader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.readers.drained import Drained

READER = WaczReader()
WARC = packed(record(), record(block=http(b"GIF89a", media_type="image/gif")))
PAGES = (
    b'{"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}\n'
    b'{"id": "1", "url": "https://forum.example.org/thread/7?page=2", "title": "Someone"}\n'
)
DATA = "archive/data.warc.gz"
LIST = "pages/pages.jsonl"


def package(files: Mapping[str, bytes], **more: object) -> bytes:
    """What a WACZ lists."""
    listed = [
        {
            "name": path.rpartition("/")[2],
            "path": path,
            "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
            "bytes": len(data),
        }
        for path, data in files.items()
    ]
    said = {"profile": "data-package", "wacz_version": "1.1.1", "software": "Example 1.0"}
    return json.dumps(said | {"resources": listed} | more).encode()


def wacz(files: Mapping[str, bytes] | None = None, listed: bytes | None = None) -> bytes:
    files = {DATA: WARC, LIST: PAGES} if files is None else files
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("datapackage.json", package(files) if listed is None else listed)
        for path, data in files.items():
            is_packed = path == LIST and len(data) < 1_000_000
            method = zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED
            archive.writestr(path, data, method)
    return made.getvalue()


def told(found: Drained) -> list[tuple[str, str, str]]:
    return [(unread.reason, unread.place.member, unread.detail) for unread in found.notes.unread]


def test_what_was_captured_is_read_with_its_place_in_the_archive_inside() -> None:
    found = drain(READER, wacz())
    page, picture = found.messages

    assert (page.kind, page.subject, page.url) == ("page", "Someone's page", URL)
    assert picture.attachments[0].media_type == "image/gif"
    assert page.place.member == DATA
    whole = WARC[page.place.start : page.place.end]
    assert hashlib.sha256(whole).hexdigest() == page.place.sha256
    assert not found.notes.unread


def test_what_it_says_of_itself_is_told() -> None:
    notes = drain(READER, wacz()).notes

    assert notes.facts["wacz_version"] == "1.1.1"
    assert notes.facts["software"] == "Example 1.0"
    assert notes.declared == {"pages": 1}


def test_archives_are_read_one_after_the_other() -> None:
    files = {"archive/a.warc.gz": WARC, "archive/b.warc": record()}
    found = drain(READER, wacz(files))

    assert [message.number for message in found.messages] == [1, 2, 3]
    assert found.messages[2].place.member == "archive/b.warc"
    assert found.notes.facts["records_response"] == "3"


def test_a_file_that_is_not_what_is_listed_is_named() -> None:
    listed = package({DATA: WARC + b"x", LIST: PAGES})

    assert told(drain(READER, wacz(listed=listed))) == [("damaged", DATA, "checksum")]


def test_a_file_that_is_listed_and_missing_is_named() -> None:
    listed = package({DATA: WARC, LIST: PAGES, "indexes/index.cdx": b""})

    assert told(drain(READER, wacz(listed=listed))) == [("damaged", "indexes/index.cdx", "missing")]


def test_a_flipped_bit_is_named_and_the_rest_is_read() -> None:
    files = {DATA: WARC, "archive/plain.warc": record()}
    for listed in (None, b"{}"):
        data = bytearray(wacz(files, listed))
        data[data.find(PAGE) + 40] ^= 1
        found = drain(READER, bytes(data))

        assert len(found.messages) == 3
        assert told(found) == [("damaged", "archive/plain.warc", "checksum")]


def test_a_file_that_is_not_where_it_is_listed_does_not_cost_the_next_one() -> None:
    data = bytearray(wacz({"archive/a.warc": record(), DATA: WARC}))
    at = data.find(b"archive/a.warc", data.find(b'"resources"') + 200) - 30
    assert data[at : at + 4] == b"PK\x03\x04"
    data[at] = 0
    found = drain(READER, bytes(data))

    assert len(found.messages) == 2
    assert told(found) == [("damaged", "archive/a.warc", "no header")]


def test_a_long_list_of_pages_takes_linear_time() -> None:
    data = wacz({LIST: b"\n" * 3_000_000 + b"{" * 3_000_000})
    begun = time.process_time()
    found = drain(READER, data)

    assert not found.notes.unread

    assert time.process_time() - begun < 3


@pytest.mark.parametrize(
    "listed", [b"", b"{", b"[]", b"null", b'{"resources": 7}', b'{"resources": [7, {"path": 7}]}']
)
def test_a_list_that_is_none_costs_only_itself(listed: bytes) -> None:
    assert len(drain(READER, wacz(listed=listed)).messages) == 2


def test_a_damaged_archive_does_not_cost_the_next_one() -> None:
    files = {"archive/a.warc.gz": b"\x1f\x8b\x08 nothing", "archive/b.warc.gz": WARC}
    found = drain(READER, wacz(files))

    assert len(found.messages) == 2
    assert ("damaged", "archive/a.warc.gz", "") in told(found)


def test_it_is_known_by_the_names_inside() -> None:
    assert READER.match(wacz(), "x") == SURE
    assert READER.match(wacz({"x": b""}), "x") == LIKELY
    assert READER.match(zipped({"indexes/index.cdx.gz": b""}), "x") == LIKELY
    assert READER.match(zipped({"x": b""}), "x.wacz") == NO
    assert READER.match(wacz({"x": b""})[:10], "x.wacz") == NO
    assert READER.match(wacz()[100:], "x.wacz") == NO
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("_chat.txt", b"x")
    assert READER.match(other.getvalue(), "chat.zip") == NO


def test_cut_off_at_every_byte_it_is_refused() -> None:
    data = wacz()
    for length in range(len(data)):
        assert drain(READER, data[:length]).error


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=12))
def test_changed_anywhere_it_gives_what_is_there(changes: list[tuple[int, int]]) -> None:
    data = bytearray(wacz())
    for at, value in changes:
        data[at % len(data)] = value
    assert drain(READER, bytes(data)).seconds < SMALL_S
