"""The files of a tar, with Python's own module as the second opinion; and broken ones."""

from __future__ import annotations

import io
import tarfile
import time
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stalklog.readers.base import Notes, ReadingError
from stalklog.readers.tar_members import TarMembers, first_headers

FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}
FILES = {
    "messages.json": b"{}", "media/" + "a" * 90 + "/b.jpg": b"x" * 1000, "empty": b"",
    "media/c.jpg": b"y" * 512,
}  # fmt: skip
LONG = {"media/" + "क" * 60 + ".jpg": b"z" * 700, **FILES}
SLOW_S = 1.0


def tarred(files: dict[str, bytes], form: int = tarfile.USTAR_FORMAT) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=form) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


def _read(data: bytes) -> tuple[dict[str, bytes], Notes]:
    notes = Notes()
    members = TarMembers(io.BytesIO(data), notes)
    found: dict[str, bytes] = {}
    for member in members.members:
        with members.open(member) as content:
            found[member.name] = content.read()
        if not member.is_cut:
            assert members.sha256(member) == sha256(found[member.name]).hexdigest()
        assert data[member.start : member.start + member.size_bytes] == found[member.name]
    return found, notes


@pytest.mark.parametrize("form", FORMATS)
def test_every_file_is_that_which_python_finds(form: str) -> None:
    files = FILES if form == "ustar" else LONG
    found, notes = _read(tarred(files, FORMATS[form]))
    assert found == files
    assert list(found) == list(files)
    assert not notes.unread


def test_folders_and_links_are_no_files() -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo("x")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    assert _read(target.getvalue())[0] == {}


def test_names_are_known_from_the_first_bytes() -> None:
    data = tarred(FILES)
    assert [name for name, _content in first_headers(data[:1600])] == list(FILES)[:2]
    assert next(iter(first_headers(data)))[1] == b"{}"
    assert list(first_headers(b"x" * 5000)) == []


def test_cut_off_at_every_byte_it_gives_what_is_there() -> None:
    data = tarred(FILES)
    end_of_files = data.rindex(b"y") + 1
    for end in range(0, len(data), 3):
        found, notes = _read(data[:end])
        for name, content in found.items():
            assert FILES[name].startswith(content)
        assert notes.unread or end >= end_of_files


def test_behind_a_header_that_was_changed_nothing_is_read() -> None:
    data = bytearray(tarred(FILES))
    second = 1024
    data[second] ^= 1
    found, notes = _read(bytes(data))
    assert list(found) == ["messages.json"]
    assert [(one.reason, one.place.start) for one in notes.unread] == [("damaged", second)]


def test_a_file_whose_end_is_missing_has_no_hash() -> None:
    members = TarMembers(io.BytesIO(tarred(FILES)[:520]), Notes())
    assert [member.is_cut for member in members.members] == [False]
    members = TarMembers(io.BytesIO(tarred({"a": b"x" * 2000})[:600]), Notes())
    with pytest.raises(ReadingError):
        members.sha256(members.members[0])


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=30))
@settings(deadline=None)
def test_changed_bytes_raise_nothing(changes: list[tuple[int, int]]) -> None:
    data = bytearray(tarred(LONG, tarfile.PAX_FORMAT))
    for at, byte in changes:
        data[at] = byte
    began = time.process_time()
    _read(bytes(data))
    assert time.process_time() - began < SLOW_S
