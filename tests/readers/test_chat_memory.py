"""A chat that is ten times as long takes no more memory to read."""

from __future__ import annotations

import io
import json
import sqlite3
import tracemalloc
from contextlib import closing
from itertools import chain, repeat
from typing import TYPE_CHECKING

import pytest
from tests.readers.test_imessage import TABLES, WHEN, stream

from stalklog.readers.base import Notes
from stalklog.readers.csv_chat import LinkedInReader
from stalklog.readers.imessage import IMessageReader
from stalklog.readers.imessage_text import IMessageTextReader
from stalklog.readers.irc_log import IrcReader
from stalklog.readers.line_chat import LineReader
from stalklog.readers.meta_html import MetaHtmlReader
from stalklog.readers.skype import SkypeReader
from stalklog.readers.snapchat import SnapchatReader

if TYPE_CHECKING:
    from pathlib import Path

    from stalklog.readers.base import Reader

MANY = 8_000
ROOM_BYTES = 3 << 20
"""What the longer one may take more: blocks are read, and links of a database are remembered."""
WORDS = "some words of a usual length, and some more of them " * 2
SNAP = {"Media Type": "TEXT", "Created": "2024-03-05 16:00:09 UTC", "IsSender": False}
SKYPE = {"messagetype": "RichText", "originalarrivaltime": "2024-03-05T16:00:09Z", "from": "x"}
BLOCK = (
    '<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><h2 class="_a6-h">Ravi</h2><div '
    f'class="_a6-p"><div><div>{WORDS}</div></div></div><div class="_a6-o">Mar 05, 2024 9:30 pm'
    "</div></div>"
)
FORMS: dict[str, tuple[Reader, str, str]] = {
    "irc": (IrcReader(), "", f"2024-03-05 21:30:09 <ravi> {WORDS}\n"),
    "line": (LineReader(), "[LINE] x\n2024/03/05(Tue)\n", f"21:30\tRavi\t{WORDS}\n"),
    "linkedin": (LinkedInReader(), "CONVERSATION ID,FROM,DATE,CONTENT\n", f'a,b,c,"{WORDS}"\n'),
    "snapchat": (SnapchatReader(), '{"a": [{}', f", {json.dumps({**SNAP, 'Content': WORDS})}"),
    "skype": (
        SkypeReader(), '{"conversations": [{"MessageList": [{}',
        f", {json.dumps({**SKYPE, 'content': WORDS})}",
    ),
    "meta-html": (MetaHtmlReader(), "<html><title>x</title>", BLOCK),
    "imessage-text": (IMessageTextReader(), "", f"Mar 05, 2024  9:30:09 PM\nMe\n{WORDS}\n\n"),
}  # fmt: skip


class _Endless(io.RawIOBase):
    """A stream of which nothing is kept: a beginning, then the same again and again."""

    def __init__(self, first: str, piece: str, count: int) -> None:
        super().__init__()
        self._blocks = chain((first.encode(),), repeat(piece.encode() * 100, count // 100))
        self._waiting = b""

    def read(self, size: int = -1, /) -> bytes:
        while len(self._waiting) < size and (block := next(self._blocks, b"")):
            self._waiting += block
        data, self._waiting = self._waiting[:size], self._waiting[size:]
        return data


def _peak(reader: Reader, stream: io.RawIOBase | io.BufferedReader, least: int) -> int:
    tracemalloc.start()
    count = 0
    for _message in reader.read(stream, "x", Notes()):  # type: ignore[arg-type]  # it reads
        count += 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count >= least
    return peak


@pytest.mark.parametrize("form", FORMS)
def test_a_longer_chat_takes_no_more_memory(form: str) -> None:
    reader, first, piece = FORMS[form]
    short, long = (
        _peak(reader, _Endless(first, piece, count), count) for count in (MANY // 10, MANY)
    )
    assert long < short + ROOM_BYTES


def test_a_longer_database_takes_little_more_memory(tmp_path: Path) -> None:
    peaks: list[int] = []
    for count in (MANY // 10, MANY):
        path = tmp_path / f"{count}.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(TABLES)
            connection.executemany(
                "INSERT INTO message (guid, attributedBody, date) VALUES (?, ?, ?)",
                ((f"G{number}", stream(WORDS), WHEN) for number in range(count)),
            )
            connection.execute("INSERT INTO chat_message_join SELECT 1, ROWID FROM message")
            connection.commit()
        with path.open("rb") as database:
            peaks.append(_peak(IMessageReader(), database, count))
    assert peaks[1] < peaks[0] + ROOM_BYTES
