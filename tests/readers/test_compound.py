"""The compound file: the same streams as olefile finds, and in the time that its length takes."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import olefile
import pytest
from tests.readers.compound_file import compound

from stalklog.readers.base import ReadingError
from stalklog.readers.outlook.compound import Compound

if TYPE_CHECKING:
    from pathlib import Path

    from tests.readers.compound_file import Folder

    from stalklog.readers.outlook.compound import Storage


def streams(compound: Compound, storage: Storage | None = None) -> dict[str, bytes]:
    found = {}
    storage = storage or compound.root
    for stream in storage.streams.values():
        found[stream.path] = compound.read(stream).data
    for inner in storage.storages.values():
        found |= streams(compound, inner)
    return found


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 4_095, 4_096, 4_097, 70_000])
def test_a_stream_of_any_length_comes_out_as_it_went_in(size: int) -> None:
    data = random.Random(size).randbytes(size)  # noqa: S311 - the same bytes each time
    folder: Folder = {"a": b"before", "Of This Length": data, "z": {"inner": data}}

    assert streams(Compound(compound(folder))) == {
        "a": b"before",
        "Of This Length": data,
        "z/inner": data,
    }


@pytest.mark.parametrize("size", [64, 5_000])
def test_a_stream_in_one_piece_tells_where_it_begins(size: int) -> None:
    data = compound({"a": b"before", "b": b"x" * size})
    made = Compound(data)
    found = made.read(made.root.streams["b"])

    assert found.start is not None
    assert data[found.start : found.start + size] == b"x" * size


def test_a_stream_that_is_cut_off_says_so() -> None:
    whole = compound({"a": b"x" * 100_000})
    made = Compound(whole)
    made._data = whole[:50_000]

    assert not made.read(made.root.streams["a"]).is_whole


def test_a_folder_of_many_entries_takes_time_by_their_number() -> None:
    made = Compound(compound({f"entry {number}": b"" for number in range(20_000)}))

    assert len(made.root.streams) == 20_000
    assert made.is_whole


def test_folders_in_folders_without_end_are_read() -> None:
    folder: Folder = {"last": b"x"}
    for number in range(500):
        folder = {f"f{number}": folder}

    assert len(streams(Compound(compound(folder)))) == 1


def test_a_directory_that_leads_nowhere_says_so() -> None:
    data = bytearray(compound({"a": b"x", "b": b"y"}))
    at = data.find("a".encode("utf-16-le") + bytes(62))
    data[at + 72 : at + 76] = (77).to_bytes(4, "little")
    made = Compound(bytes(data))

    assert not made.is_whole
    assert list(made.root.streams) == ["a"]


@pytest.mark.parametrize("data", [b"", b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(600)])
def test_what_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(ReadingError):
        Compound(data)


def test_olefile_finds_the_same_streams_in_the_corpus(corpus: Path) -> None:
    compared = 0
    for path in sorted((corpus / "email").glob("msg*/*/*")):
        found = streams(Compound(path.read_bytes()))
        with olefile.OleFileIO(path) as peer:
            names = ["/".join(name) for name in peer.listdir()]
            assert sorted(found) == sorted(names), path
            for name in names:
                assert found[name] == peer.openstream(name).read(), (path, name)
        compared += len(names)

    assert compared > 1_000


def test_where_a_stream_of_the_corpus_is_said_to_be_there_it_is(corpus: Path) -> None:
    in_pieces = 0
    for path in sorted((corpus / "email").glob("msg*/*/*")):
        data = path.read_bytes()
        made = Compound(data)
        for storage in (made.root, *made.root.storages.values()):
            for stream in storage.streams.values():
                found = made.read(stream)
                in_pieces += found.start is None
                if found.start is not None:
                    end = found.start + len(found.data)
                    assert data[found.start : end] == found.data, (path, stream)

    assert in_pieces
