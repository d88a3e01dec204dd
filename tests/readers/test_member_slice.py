"""The bytes of something inside a zip or a tar: those with its hash, or none."""

from __future__ import annotations

import io
import tarfile
import warnings
import zipfile
from hashlib import sha256

import pytest
from tests.readers.zips import zipped

from stalklog.readers.member_slice import member_slice
from stalklog.records.message import Place

TEXT = b"0123456789" * 100_000
START, END = 299_995, 700_004


def place(name: str = "a.txt", data: bytes = TEXT, start: int = START, end: int = END) -> Place:
    return Place(start, end, member=name, sha256=sha256(data[start:end]).hexdigest())


def tarred(name: str, data: bytes) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


@pytest.mark.parametrize("data", [zipped({"b.txt": b"x", "a.txt": TEXT}), tarred("a.txt", TEXT)])
def test_exactly_the_range_is_given_or_its_beginning(data: bytes) -> None:
    stream = io.BytesIO(data)
    assert member_slice(stream, place(), 1 << 20) == TEXT[START:END]
    assert member_slice(stream, place(), 7) == TEXT[START : START + 7]
    assert member_slice(stream, place(start=0, end=len(TEXT)), 3) == b"012"


@pytest.mark.parametrize(
    "wanted",
    [
        Place(START, END, member="a.txt"),
        Place(START, END, member="a.txt", sha256="0" * 64),
        Place(None, None, member="a.txt", sha256="0" * 64),
        place("b.txt"),
        place(data=TEXT + b"x", end=len(TEXT) + 1),
    ],
)
def test_nothing_is_given_that_is_not_proven_by_the_hash(wanted: Place) -> None:
    assert member_slice(io.BytesIO(zipped({"a.txt": TEXT})), wanted, 100) == b""


def test_of_two_files_of_one_name_it_is_the_one_that_was_read() -> None:
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w") as archive:
        warnings.simplefilter("ignore")
        for data in (TEXT[::-1], TEXT):
            archive.writestr("a.txt", data)
    assert member_slice(target, place(), 9) == TEXT[START : START + 9]


@pytest.mark.parametrize("cut", [0, 1, 50, 1_000, 1_500])
def test_what_is_broken_gives_nothing_and_no_error(cut: int) -> None:
    assert member_slice(io.BytesIO(zipped({"a.txt": TEXT})[:cut]), place(), 9) == b""
