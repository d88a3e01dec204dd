"""What must hold of a reader of exports whatever is done to its file, in one place for all."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from tests.readers.drained import SMALL_S, drain
from tests.readers.files import read_file

from stalklog.readers import window

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest
    from tests.readers.drained import Drained

    from stalklog.readers.base import Reader


def read_in_good_order(reader: Reader, data: bytes) -> Drained:
    """Read a file of any kind: in time, to its end, and each message where it says it is."""
    found = drain(reader, data)
    assert found.error is None
    assert found.seconds < SMALL_S
    assert found.notes.bytes_covered == len(data)
    last = 0
    for message in found.messages:
        start, end = message.place.start, message.place.end
        assert start is not None
        assert end is not None
        if message.parent is None:
            assert last <= start <= end <= len(data)
            last = end
        assert sha256(data[start:end]).hexdigest() == message.place.sha256
    return found


def cut_off(reader: Reader, data: bytes, step: int = 1) -> Iterator[tuple[bytes, Drained]]:
    """Every beginning of a file, and what was read of it in good order."""
    for end in range(0, len(data), step):
        yield data[:end], read_in_good_order(reader, data[:end])


def changed(data: bytes, at: int, piece: bytes, size: int) -> bytes:
    """A file with a piece in place of some of its bytes."""
    return data[:at] + piece + data[at + size :]


def zip_ends_in_time(reader: Reader, data: bytes) -> None:
    """A zip of any kind costs no more time than a small file may."""
    assert drain(reader, data).seconds < SMALL_S


def zip_cut_off_ends_in_time(reader: Reader, data: bytes) -> None:
    """Nor does any beginning of one."""
    for end in range(0, len(data), 7):
        zip_ends_in_time(reader, data[:end])


def goes_on_in_line(reader: Reader, head: bytes, piece: bytes, times: int) -> None:
    """The same beginning over and over takes time in line."""
    found = drain(reader, head + piece * times)
    assert found.error is None
    assert found.seconds < 10 * SMALL_S


def same_in_blocks(
    reader: Reader, data: bytes, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few bytes are read at once, the same is found."""
    whole = read_file(reader, data)
    with monkeypatch.context() as patched:
        patched.setattr(window, "BLOCK_BYTES", block)
        assert read_file(reader, data) == whole


def assert_cut_anywhere(reader: Reader, data: bytes, step: int = 1) -> None:
    """However early the file ends, it is read in good order, and no message of before is lost."""
    whole = drain(reader, data).messages
    for end in range(0, len(data), step):
        found = drain(reader, data[:end])
        assert found.seconds < SMALL_S
        if not reader.must_seek:
            assert found.error is None
            assert found.notes.bytes_covered == end
        ended = [one for one in whole if not reader.must_seek and (one.place.end or 0) < end]
        assert found.messages[: len(ended)] == ended


def assert_changed_in_good_order(reader: Reader, data: bytes) -> None:
    """A file that was changed somewhere raises nothing, and is read quickly."""
    found = drain(reader, data)
    assert found.seconds < SMALL_S
    assert reader.must_seek or found.error is None


def assert_same_in_blocks(monkeypatch: pytest.MonkeyPatch, *files: tuple[Reader, bytes]) -> None:
    """However a file comes, and however often it is read, the same is found."""
    for reader, data in files:
        assert read_file(reader, data) == read_file(reader, data)
        for size in (1, 7, 64, 999):
            same_in_blocks(reader, data, size, monkeypatch)
