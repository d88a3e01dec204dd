"""What every reader of exports is put through: cut off, changed, in small blocks, read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.readers.drained import SMALL_S, drain
from tests.readers.files import read_file

from stalklog.readers import window

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from stalklog.readers.base import Reader


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
    read: Callable[[], list[object]] = lambda: [read_file(*one) for one in files]  # noqa: E731
    whole = read()
    assert read() == whole
    for size in (1, 7, 64, 999):
        monkeypatch.setattr(window, "BLOCK_BYTES", size)
        assert read() == whole
