"""Every e-mail of the corpus is read, and read as the standard library's parser reads it.

What differs stands in two tables beside this file, each row with its reason; a row that no longer
differs fails too.
"""

from __future__ import annotations

import csv
from email.parser import BytesParser
from email.policy import compat32
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.readers.files import read_file

from stalklog.readers.eml import EmlReader
from stalklog.readers.emlx import EmlxReader
from stalklog.readers.mail.beginning import mail_start
from stalklog.readers.mail.body import decode_body, encoding_of
from stalklog.readers.mail.extent import Extent
from stalklog.readers.mail.header import parse_header
from stalklog.readers.mail.part import Budget, leaves, parse_parts
from stalklog.readers.table import find_reader
from stalklog.records.message import FLAGS, Place
from stalklog.safety.limits import MAX_HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message as LibraryMessage

    from stalklog.readers.mail.part import Part

HERE = Path(__file__).parent
NOT_RECOGNISED = HERE / "eml-not-recognised.tsv"
DIFFERS = HERE / "differs-from-email-package.tsv"


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def mails(corpus: Path) -> list[tuple[dict[str, str], bytes]]:
    """The manifest's row and the bytes of each e-mail that is a file."""
    folder = corpus / "email"
    rows = [row for row in _table(folder / "MANIFEST.tsv") if row["kind"] in {"eml", "emlx"}]
    return [(row, (folder / row["path"]).read_bytes()) for row in rows]


def test_each_file_is_the_messages_that_the_manifest_counts(
    mails: list[tuple[dict[str, str], bytes]],
) -> None:
    for row, data in mails:
        reader = EmlxReader() if row["kind"] == "emlx" else EmlReader()
        messages, report = read_file(reader, data, Path(row["path"]).name)
        assert sum(message.parent is None for message in messages) == int(row["n_messages"])
        assert report.is_whole, row["path"]
        assert report.bytes_covered == len(data)
        for message in messages:
            assert set(message.flags) <= FLAGS.keys()
            for place in (message.place, *(each.place for each in message.attachments)):
                if place.start is not None:
                    digest = sha256(data[place.start : place.end]).hexdigest()
                    assert digest == place.sha256, row["path"]


def test_each_file_is_known_for_what_it_is(mails: list[tuple[dict[str, str], bytes]]) -> None:
    missed = {
        row["path"]
        for row, data in mails
        if (found := find_reader(data[:MAX_HEAD_BYTES], Path(row["path"]).name)) is None
        or found.name not in {row["kind"], "mbox", "mhtml"}
    }
    assert missed == {row["path"] for row in _table(NOT_RECOGNISED)}


def test_the_library_reads_the_same(mails: list[tuple[dict[str, str], bytes]]) -> None:
    found = {
        (row["path"], what)
        for row, data in mails
        if row["kind"] == "eml" and (what := _difference(data))
    }
    assert found == {(row["path"], row["what"]) for row in _table(DIFFERS)}


def test_received_lines_are_as_many_as_the_manifest_counts(
    mails: list[tuple[dict[str, str], bytes]],
) -> None:
    broken = {row["path"] for row in _table(DIFFERS) if row["what"] == "fields"}
    for row, data in mails:
        start = mail_start(data, data.index(b"\n") + 1 if row["kind"] == "emlx" else 0)
        found = len(parse_header(data, start, len(data)).all("received"))
        assert row["path"] in broken or found == int(row["received_headers"] or 0), row["path"]


def _difference(data: bytes) -> str:
    """What the library finds otherwise: `fields`, `parts`, `bytes`, or nothing."""
    library = BytesParser(policy=compat32).parsebytes(data)
    header = parse_header(data, mail_start(data), len(data))
    theirs = [(name.lower(), _value(str(value))) for name, value in library.raw_items()]
    if theirs != [(name, _value(value)) for name, value in header.fields]:
        return "fields"
    extent = Extent(data, 0, 0, len(data), Place())
    parts = list(leaves(parse_parts(extent, header, Budget())[0]))
    library_parts = list(_leaves(library))
    if [part.get_content_type() for part in library_parts] != [each.media_type for each in parts]:
        return "parts"
    same = (_is_same(data, *pair) for pair in zip(library_parts, parts, strict=True))
    return "" if all(same) else "bytes"


def _is_same(data: bytes, library: LibraryMessage, part: Part) -> bool:
    if library.is_multipart():
        return True
    encoding = encoding_of(part.header.first("content-transfer-encoding"))
    own = decode_body(data[part.start : part.end], encoding)[0]
    theirs = library.get_payload(decode=True)
    assert isinstance(theirs, bytes)
    return _lines(own) == _lines(theirs)


def _leaves(message: LibraryMessage) -> Iterator[LibraryMessage]:
    """The parts of the library that hold no parts of the same mail."""
    payload = message.get_payload()
    if message.is_multipart() and message.get_content_maintype() != "message":
        assert isinstance(payload, list)
        for part in payload:
            assert not isinstance(part, str)
            yield from _leaves(part)
    else:
        yield message


def _value(value: str) -> str:
    return value.replace("\r\n", "\n").rstrip("\r\n")


def _lines(data: bytes) -> bytes:
    """Bytes without what the two take differently: the library makes all line ends alike."""
    return data.replace(b"\r\n", b"\n").rstrip()
