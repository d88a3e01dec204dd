"""Whoever sends a message may send anything: what must hold of every reader of chats."""

from __future__ import annotations

import json
import tracemalloc
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.archives import ARCHIVES
from tests.readers.drained import SMALL_S, drain, report_of
from tests.readers.enemy import assert_changed_in_good_order, changed
from tests.readers.exports import EXPORTS, NO_CHATS
from tests.readers.test_imessage import database

from stalklog.readers import window
from stalklog.readers.base import Notes
from stalklog.readers.imessage import IMessageReader
from stalklog.readers.table import all_readers, find_reader
from stalklog.readers.whatsapp import block

if TYPE_CHECKING:
    from stalklog.readers.base import Reader

_LONG_BYTES = 50 << 20
_MOST_BYTES = 200 << 20
DATABASES = {"imessage"}
"""A chat that is no text; its own tests change every part of it."""
MARKUP = {"sms", "sms-wide", "telegram-html", "meta-html", "google-voice", "discord-html"}
JSON = {
    "telegram", "meta", "signal", "discord", "discord-own", "google-chat", "x", "slack", "snapchat",
    "skype",
}  # fmt: skip
WIDE = {"sms-wide", "whatsapp-wide"}
"""Bytes that are no letters of UTF-8 are letters there, or halves of some."""
EACH = pytest.mark.parametrize("name", EXPORTS)


def test_no_reader_of_chats_is_left_out() -> None:
    known = {export.reader().name for export in EXPORTS.values()} | ARCHIVES.keys() | DATABASES
    assert known == {reader.name for reader in all_readers()} - NO_CHATS
    assert _writing("application/json") | {"x"} == _named(JSON)
    assert _writing("text/html", "application/xml") | {"sms-backup-utf16"} == _named(MARKUP)


def _writing(*media_types: str) -> set[str]:
    """The readers of chats in files of these kinds."""
    kinds = {*media_types}
    known = {reader.name for reader in all_readers() if kinds & {*reader.media_types}}
    return known - NO_CHATS


def _named(names: set[str]) -> set[str]:
    return {EXPORTS[name].reader().name for name in names}


def _peak(reader: Reader, data: bytes) -> tuple[list[str], int]:
    """The texts of the messages, no more of each than a person would read, and the memory."""
    tracemalloc.start()
    texts = [message.text[:20] for message in reader.read(BytesIO(data), "x", Notes())]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return texts, peak


@EACH
def test_words_of_50_mb_fit_in_memory_and_cost_no_other_message(name: str) -> None:
    export = EXPORTS[name]
    texts, peak = _peak(export.reader(), export.of(b"first", b"x" * _LONG_BYTES, b"last"))
    assert peak < _MOST_BYTES
    assert (texts[export.extra], texts[-1]) == ("first", "last")


@pytest.mark.parametrize("name", sorted({*JSON, "sms", "sms-wide"}))
def test_a_field_of_50_mb_that_nobody_asks_for_costs_no_other_message(name: str) -> None:
    export = EXPORTS[name]
    before, behind = (b'x","more":"', b'","y":"') if name in JSON else (b'x" more="', b'" y="')
    words = before + b"y" * _LONG_BYTES + behind
    texts, peak = _peak(export.reader(), export.of(b"first", words, b"last"))
    assert peak < _MOST_BYTES
    assert (texts[0], texts[-1]) == ("first", "last")


@pytest.mark.parametrize("name", [name for name in EXPORTS if b"Ravi" in EXPORTS[name].row])
def test_a_name_of_50_mb_costs_no_other_message(name: str) -> None:
    export = EXPORTS[name]
    first, last = (export.row.replace(b"WORDS", word) for word in (b"first", b"last"))
    data = export.of_rows(first, export.row.replace(b"Ravi", b"y" * _LONG_BYTES), last)
    texts, peak = _peak(export.reader(), data)
    assert peak < _MOST_BYTES
    assert texts[export.extra].startswith("first")
    assert texts[-1] == "last"


def test_words_of_50_mb_in_a_database_fit_in_memory_and_cost_no_other_message() -> None:
    data = database({"text": "first"}, {"text": "x" * _LONG_BYTES}, {"text": "last"})
    texts, peak = _peak(IMessageReader(), data)
    assert peak < _MOST_BYTES
    assert (texts[0], texts[-1]) == ("first", "last")


@EACH
def test_a_longer_export_takes_no_more_memory(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "BLOCK_BYTES", 1 << 14)
    monkeypatch.setattr(block, "_BLOCK_BYTES", 1 << 14)
    monkeypatch.setattr(block, "MAX_CHAT_SURVEY_BYTES", 1 << 15)
    export = EXPORTS[name]

    def peak(count: int) -> int:
        reader, data = export.reader(), export.of(*[b"I see you " * 9] * count)
        tracemalloc.start()
        found = sum(1 for _message in reader.read(BytesIO(data), "x", Notes()))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert found == count + export.extra
        return most

    peak(2_000)  # what is made once, and kept, is made here
    assert peak(8_000) < 1.25 * peak(2_000)


@EACH
def test_cut_off_at_every_byte_it_gives_what_is_whole(name: str) -> None:
    export = EXPORTS[name]
    data = export.of(b"I see you", b"still", b"bye")
    whole = drain(export.reader(), data).messages
    for end in range(len(data)):
        found = drain(export.reader(), data[:end])
        assert found.seconds < SMALL_S
        assert found.error is None or not found.messages
        assert found.notes.bytes_covered == end
        ended = [one for one in whole if (one.place.end or 0) <= end]
        assert len(found.messages) >= len(ended)
        assert found.messages[: len(ended) - 1] == ended[:-1]  # what is cut may be of the last


@EACH
@given(at=st.integers(0, 1 << 16), piece=st.binary(max_size=8), size=st.integers(0, 8))
@settings(max_examples=100, deadline=None)
def test_changed_anywhere_it_ends_in_good_order(
    name: str, at: int, piece: bytes, size: int
) -> None:
    export = EXPORTS[name]
    data = export.of(b"I see you", b"still", b"bye")
    assert_changed_in_good_order(export.reader(), changed(data, at % len(data), piece, size))


@pytest.mark.parametrize("name", sorted(JSON))
@pytest.mark.parametrize(
    ("written", "text"),
    [(rb"\ud83d!", "\ufffd!"), (rb"\ude00", "\ufffd"), (rb"\u0000", "\0"), (rb"\ud83d\ude00", "😀"),
     (b"\xed\xa0\x80!", "\ufffd\ufffd\ufffd!"), (b"\xff", "\ufffd"), (b"\x00\x1b", "\0\x1b")],
)  # fmt: skip
def test_halves_of_letters_and_bytes_that_are_none(name: str, written: bytes, text: str) -> None:
    export = EXPORTS[name]
    found = drain(export.reader(), export.of(written, b"fine"))
    first, second = found.messages
    assert first.text == text
    assert ("bad-charset" in first.flags) == ("\ufffd" in text)
    first.text.encode()
    assert (second.text, second.flags) == ("fine", second.flags)
    assert "bad-charset" not in second.flags


@pytest.mark.parametrize("name", sorted(EXPORTS.keys() - JSON - WIDE))
@pytest.mark.parametrize("written", [b"\xed\xa0\x80!", b"\xff", b"a\x00b\x1b", b"\xc3"])
def test_bytes_that_are_no_letters_cost_no_other_message(name: str, written: bytes) -> None:
    export = EXPORTS[name]
    found = drain(export.reader(), export.of(written, b"fine"))
    first, second = found.messages[export.extra :]
    first.text.encode()
    assert first.text
    assert ("bad-charset" in first.flags) == ("\ufffd" in first.text)
    assert second.text == "fine"
    assert "bad-charset" not in second.flags


@pytest.mark.parametrize("name", sorted(MARKUP))
@pytest.mark.parametrize(
    "written",
    [b"&#55357;&#56832;", b"&#xD83D;", b"&#0;", b"&#1;", b"&#x110000;", b"&#99999999999;", b"&x;",
     b"&", b"&#;", b"&#xFFFE;", b"a < b", b"]]>"],
)  # fmt: skip
def test_illegal_markup_costs_no_other_message(name: str, written: bytes) -> None:
    export = EXPORTS[name]
    found = drain(export.reader(), export.of(b"first", written, b"fine"))
    assert found.error is None
    first, *odd, last = found.messages
    assert (first.text, last.text) == ("first", "fine")
    assert len(odd) == 1 or found.reasons
    for message in odd:
        message.text.encode()


@pytest.mark.parametrize("name", sorted(JSON))
def test_numbers_too_long_for_any_machine_and_keys_twice(name: str) -> None:
    export = EXPORTS[name]
    for words in (b'x","more":' + b"9" * 5_000 + b',"y":"', b'x","more":1e999,"y":"'):
        found = drain(export.reader(), export.of(words, b"fine"))
        assert found.messages[-1].text == "fine"
        assert found.seconds < SMALL_S


@EACH
def test_an_export_of_nothing_and_of_one_is_read_in_good_order(name: str) -> None:
    export = EXPORTS[name]
    assert len(drain(export.reader(), export.of()).messages) == export.extra
    (only,) = drain(export.reader(), export.of(b"only")).messages[export.extra :]
    assert only.text == "only"
    assert json.dumps(only.text)


@EACH
def test_an_export_is_known_and_read_twice_it_is_the_same(name: str) -> None:
    export = EXPORTS[name]
    data = export.of(b"I see you", b"still", b"bye")
    reader = find_reader(data, "any name")
    assert reader is not None
    assert reader.name == export.reader().name
    assert report_of(reader, data) == report_of(reader, data)
