"""No bytes make the reader of mailboxes fail, hang, or take more memory."""

from __future__ import annotations

import io
import time
import tracemalloc
from itertools import chain, repeat
from typing import TYPE_CHECKING, BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.mboxes import LOOK_ALIKE, STYLES, assert_tiled, mail, ranges

from stalklog.readers.base import Notes, ReadingError
from stalklog.readers.mbox import Mbox
from stalklog.readers.mbox_index import index_mbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MULTIPART = (
    b"From: asha@example.org\nDate: Mon, 5 Jan 2026 08:50:00 +0530\nContent-Length: 190\n"
    b'Content-Type: multipart/mixed; boundary="xy"\n\n--xy\n\nFrom her\n\n' + LOOK_ALIKE
)
SMALL = b"".join(
    style.separator + b"\n" + _MULTIPART + b"\n--xy--\n\n" for style in list(STYLES.values())[::3]
) + mail(7)


def read(data: bytes) -> int:
    """How many mails; a `ReadingError` is the one thing that may come."""
    notes = Notes()
    count = 0
    began_s = time.process_time()
    try:
        for _message in Mbox().read(io.BytesIO(data), "mailbox", notes):
            count += 1
    except ReadingError:
        pass
    else:
        assert notes.bytes_covered == (len(data) or None)
    assert time.process_time() - began_s < 0.3
    return count


def test_a_mailbox_cut_off_at_any_byte_is_read() -> None:
    for end in range(len(SMALL)):
        read(SMALL[:end])
        assert_tiled(SMALL[:end], ranges(SMALL[:end]))


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(SMALL) - 1),
            st.sampled_from(
                [b"", b"\n", b"\r", b"-", b"\0", b"From ", b"\n\nFrom ", b'"', b"\xff"]
            ),
            st.integers(0, 5),
        ),
        min_size=1,
        max_size=10,
    )
)
@settings(max_examples=300, deadline=None)
def test_a_mailbox_changed_anywhere_is_read(changes: list[tuple[int, bytes, int]]) -> None:
    data = SMALL
    for at, new, gone in changes:
        data = data[:at] + new + data[at + gone :]
    read(data)
    assert_tiled(data, ranges(data))


@given(st.binary(max_size=500) | st.binary(max_size=500).map(lambda more: mail() + more))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read(data: bytes) -> None:
    read(data)


def test_nulls_are_no_mails() -> None:
    data = b"\0" * 100_000
    assert read(data) == 0
    assert read(mail() + data + b"\n\n" + mail()) == 2


@pytest.mark.parametrize(
    "line",
    [
        b"From \n",
        b"From x\n",
        b"From - \n",
        b"From a Mon Jan  5 08:50:00 2026\n",
        b"\nFrom a Mon Jan  5 08:50:00 2026\n",
        b"From - Mon Jan  5 08:50:00 2026\nA: b\n",
        b"--\n",
        b"--xy\n",
        b"----- Begin Included Message -----\n",
        b"----- End Included Message -----\n",
        b"\nFrom - \nContent-Type: multipart/x; boundary=xy\nFrom: a\n",
        b"From - \nFrom: a\nDate: b\nContent-Length: 99\nContent-Type: multipart/x; boundary=x\n\n",
    ],
)
def test_many_lines_of_one_kind_are_no_harm(line: bytes) -> None:
    open_part = b"From - \nFrom: a\nContent-Type: multipart/x; boundary=x\n\n"
    for begin in (open_part, mail()):
        assert _cpu_s(begin, line, 50_000) < 30


def test_a_million_separators_are_no_harm() -> None:
    assert _cpu_s(mail(), b"From \n", 1_000_000) < 60


def _cpu_s(begin: bytes, line: bytes, times: int) -> float:
    """How long it takes; the ranges tile what was made."""
    data = begin + line * times
    began_s = time.process_time()
    end = 0
    for found in index_mbox(io.BytesIO(data)):
        assert found.start == end
        end = found.end
    assert end == len(data)
    return time.process_time() - began_s


def test_lines_that_nearly_are_separators_are_judged_quickly() -> None:
    for middle in (b"Mon Jan 1 00:00 ", b"1-Jan-20 ", b"2026-01-01 ", b" ", b"x" * 9 + b" "):
        line = b"From " + (middle * 1_000)[:980] + b"\n"
        began_s = time.process_time()
        ranges(line * 100)
        assert time.process_time() - began_s < 1


class _Stream:
    """Blocks that are made while they are read: a long file that is nowhere."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces: Iterator[bytes] = iter(pieces)

    def read(self, _size: int) -> bytes:
        return next(self._pieces, b"")


_LINES = (b"x" * 76 + b"\n") * 3_000
_OPEN = SMALL.rpartition(b"--xy--")[0] + b"\n\n"


@pytest.mark.parametrize(
    ("begin", "block", "times"),
    [
        (b"", mail() * 2_000, 20),
        (mail(), _LINES, 400),
        (mail(), b"x" * 250_000, 400),
        (_OPEN, _LINES, 400),
        (b"", _OPEN * 100, 15),
    ],
    ids=["many mails", "a long mail", "a line of 100 MB", "a long part", "open parts"],
)
def test_memory_stays_the_same_however_long_it_is(begin: bytes, block: bytes, times: int) -> None:
    stream = cast("BinaryIO", _Stream(chain([begin] if begin else [], repeat(block, times))))
    end = 0
    tracemalloc.start()
    try:
        for found in index_mbox(stream):
            assert found.start == end
            end = found.end
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert end == len(begin) + len(block) * times
    assert peak < 8 << 20
