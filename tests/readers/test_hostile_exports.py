"""Whoever sends a message may send anything: what must hold of every reader of chats."""

from __future__ import annotations

import json
import tracemalloc
import warnings
import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.drained import SMALL_S, drain, report_of
from tests.readers.enemy import changed, zip_ends_in_time

from stalklog.readers import window
from stalklog.readers.base import Notes
from stalklog.readers.csv_chat import LinkedInReader
from stalklog.readers.csv_zip import CsvZipReader
from stalklog.readers.discord import DiscordReader
from stalklog.readers.discord_own import DiscordOwnReader
from stalklog.readers.discord_own_zip import DiscordOwnZipReader
from stalklog.readers.google_chat import GoogleChatReader
from stalklog.readers.google_chat_zip import GoogleChatZipReader
from stalklog.readers.imessage_text import IMessageTextReader
from stalklog.readers.irc_log import IrcReader
from stalklog.readers.meta import MetaReader
from stalklog.readers.meta_zip import MetaZipReader
from stalklog.readers.signal import SignalReader
from stalklog.readers.signal_text import SignalTextReader
from stalklog.readers.signal_zip import SignalZipReader
from stalklog.readers.skype import SkypeReader
from stalklog.readers.slack import SlackReader
from stalklog.readers.slack_zip import SlackZipReader
from stalklog.readers.sms import SmsReader
from stalklog.readers.snapchat import SnapchatReader
from stalklog.readers.snapchat_zip import SnapchatZipReader
from stalklog.readers.table import find_reader
from stalklog.readers.telegram import TelegramReader
from stalklog.readers.telegram_html import TelegramHtmlReader
from stalklog.readers.telegram_zip import TelegramZipReader
from stalklog.readers.whatsapp import block
from stalklog.readers.whatsapp_text import WhatsAppText
from stalklog.readers.whatsapp_zip import WhatsAppZip
from stalklog.readers.x_messages import XReader
from stalklog.readers.x_zip import XZipReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from stalklog.readers.base import Reader

_LONG_BYTES = 50 << 20
_MOST_BYTES = 200 << 20


@dataclass(frozen=True, slots=True)
class Export:
    """How an export of chats is written, piece by piece."""

    reader: Callable[[], Reader]
    head: bytes
    row: bytes
    """One message; its words stand in place of `WORDS`."""
    between: bytes
    end: bytes

    def of(self, *words: bytes) -> bytes:
        """An export with these messages."""
        rows = self.between.join(self.row.replace(b"WORDS", one) for one in words)
        return self.head + rows + self.end


EXPORTS = {
    "whatsapp": Export(WhatsAppText, b"", b"13/04/24, 9:05 pm - Ravi: WORDS\n", b"", b""),
    "iphone": Export(
        WhatsAppText, b"", b"[13/04/24, 21:05:00] Ravi: WORDS\r\n", b"", b""
    ),
    "sms": Export(
        SmsReader, b'<smses count="2">',
        b'<sms address="+1" date="1709654409123" type="1" body="WORDS" />', b"\n", b"</smses>",
    ),
    "telegram": Export(
        TelegramReader, b'{"name":"Ravi","type":"personal_chat","id":1,"messages":[',
        b'{"id":1,"type":"message","date_unixtime":"1709654409","text":"WORDS"}', b",", b"]}",
    ),
    "telegram-html": Export(
        TelegramHtmlReader, b'<!DOCTYPE html><html><body class="chat_page">',
        b'<div class="message default clearfix" id="message1"><div class="text">WORDS</div></div>',
        b"\n", b"</body></html>",
    ),
    "meta": Export(
        MetaReader, b'{"messages":[',
        b'{"sender_name":"Ravi","timestamp_ms":1709654409123,"content":"WORDS"}', b",", b"]}",
    ),
    "signal": Export(
        SignalReader, b"",
        b'{"chatItem":{"chatId":"1","authorId":"2","dateSent":"1709654409123",'
        b'"standardMessage":{"text":{"body":"WORDS"}}}}', b"\n", b"\n",
    ),
    "signal-text": Export(SignalTextReader, b"", b"[2024-03-05, 21:30] Ravi: WORDS\n", b"", b""),
    "imessage-text": Export(
        IMessageTextReader, b"", b"Mar 05, 2024  9:30:09 PM\nRavi\nWORDS\n\n", b"", b""
    ),
    "irc": Export(IrcReader, b"", b"2024-03-05T21:30:09 <ravi> WORDS\n", b"", b""),
    "discord": Export(
        DiscordReader, b'{"guild":{"id":"1","name":"House"},"channel":{"id":"2","name":"g"},'
        b'"messages":[', b'{"id":"1212121212121212121","type":"Default","timestamp":'
        b'"2024-03-05T21:30:09+05:30","content":"WORDS","author":{"id":"3","name":"ravi"}}',
        b",", b"]}",
    ),
    "discord-own": Export(
        DiscordOwnReader, b"[", b'{"ID":1212121212121212121,"Timestamp":"2024-03-05 16:00:09",'
        b'"Contents":"WORDS","Attachments":""}', b",", b"]",
    ),
    "google-chat": Export(
        GoogleChatReader, b'{"messages":[', b'{"creator":{"name":"Ravi","email":"r@example.org"},'
        b'"created_date":"Tuesday, March 5, 2024 at 4:00:09 PM UTC","text":"WORDS",'
        b'"topic_id":"t","message_id":"g/t/t"}', b",", b"]}",
    ),
    "x": Export(
        XReader, b'window.YTD.direct_messages.part0 = [{"dmConversation":{"conversationId":"1-2",'
        b'"messages":[', b'{"messageCreate":{"senderId":"1","recipientId":"2","id":"3",'
        b'"createdAt":"2024-03-05T16:00:09.123Z","text":"WORDS"}}', b",", b"]}}]",
    ),
    "slack": Export(
        SlackReader, b"[", b'{"type":"message","user":"U1","text":"WORDS",'
        b'"ts":"1709654409.000200"}', b",", b"]",
    ),
    "snapchat": Export(
        SnapchatReader, b'{"ravi_7":[', b'{"From":"ravi_7","Media Type":"TEXT",'
        b'"Created":"2024-03-05 16:00:09 UTC","Content":"WORDS","IsSender":false}', b",", b"]}",
    ),
    "skype": Export(
        SkypeReader, b'{"userId":"8:live:asha","conversations":[{"id":"8:live:ravi",'
        b'"MessageList":[', b'{"id":"1","originalarrivaltime":"2024-03-05T16:00:09.123Z",'
        b'"messagetype":"Text","content":"WORDS","from":"8:live:ravi"}', b",", b"]}]}",
    ),
    "linkedin": Export(
        LinkedInReader, b"CONVERSATION ID,CONVERSATION TITLE,FROM,DATE,CONTENT\n",
        b'1,x,Ravi,2024-03-05 16:00:09 UTC,"WORDS"\n', b"", b"",
    ),
}  # fmt: skip
JSON = [
    name
    for name in EXPORTS
    if name in {"telegram", "meta", "signal", "discord", "discord-own", "google-chat", "x", "slack"}
    or name in {"snapchat", "skype"}
]


def _peak(export: Export, data: bytes) -> tuple[list[str], int]:
    """The texts of the messages, no more of each than a person would read, and the memory."""
    reader = export.reader()
    tracemalloc.start()
    texts = [message.text[:20] for message in reader.read(BytesIO(data), "x", Notes())]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return texts, peak


@pytest.mark.parametrize("name", EXPORTS)
def test_words_of_50_mb_fit_in_memory_and_cost_no_other_message(name: str) -> None:
    export = EXPORTS[name]
    texts, peak = _peak(export, export.of(b"first", b"x" * _LONG_BYTES, b"last"))
    assert peak < _MOST_BYTES
    assert (texts[0], texts[-1]) == ("first", "last")


@pytest.mark.parametrize("name", EXPORTS)
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
        assert found == count
        return most

    peak(2_000)  # what is made once, and kept, is made here
    assert peak(8_000) < 1.25 * peak(2_000)


@pytest.mark.parametrize("name", JSON)
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


@pytest.mark.parametrize("name", JSON)
def test_numbers_too_long_for_any_machine_and_keys_twice(name: str) -> None:
    export = EXPORTS[name]
    for words in (b'x","more":' + b"9" * 5_000 + b',"y":"', b'x","more":1e999,"y":"'):
        found = drain(export.reader(), export.of(words, b"fine"))
        assert found.messages[-1].text == "fine"
        assert found.seconds < SMALL_S


ZIPS: dict[str, tuple[Callable[[], Reader], str, bytes]] = {
    "whatsapp": (WhatsAppZip, "_chat.txt", EXPORTS["iphone"].of(b"one", b"two", b"three")),
    "meta": (
        MetaZipReader,
        "your_instagram_activity/messages/inbox/ravi_1/message_1.json",
        EXPORTS["meta"].of(b"one", b"two", b"three"),
    ),
    "signal": (SignalZipReader, "main.jsonl", EXPORTS["signal"].of(b"one", b"two", b"three")),
    "telegram": (
        TelegramZipReader, "ChatExport_x/result.json",
        EXPORTS["telegram"].of(b"one", b"two", b"three"),
    ),
    "google-chat": (
        GoogleChatZipReader, "Takeout/Google Chat/Groups/DM x/messages.json",
        EXPORTS["google-chat"].of(b"one", b"two", b"three"),
    ),
    "slack": (
        SlackZipReader, "general/2024-03-05.json", EXPORTS["slack"].of(b"one", b"two", b"three"),
    ),
    "x": (XZipReader, "data/direct-messages.js", EXPORTS["x"].of(b"one", b"two", b"three")),
    "snapchat": (
        SnapchatZipReader, "json/chat_history.json",
        EXPORTS["snapchat"].of(b"one", b"two", b"three"),
    ),
    "linkedin": (CsvZipReader, "messages.csv", EXPORTS["linkedin"].of(b"one", b"two", b"three")),
    "discord-own": (
        DiscordOwnZipReader, "Messages/c1212121212121212121/messages.json",
        EXPORTS["discord-own"].of(b"one", b"two", b"three"),
    ),
}  # fmt: skip


def _zip(*files: tuple[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name that stands there twice
        for name, data in files:
            made.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("name", ZIPS)
def test_a_bomb_beside_the_chat_is_named_and_the_chat_is_read(name: str) -> None:
    reader, member, chat = ZIPS[name]
    found = drain(reader(), _zip((member, chat), ("bomb.txt", bytes(60 << 20))))
    assert [message.text for message in found.messages] == ["one", "two", "three"]
    assert "over-limit" in found.reasons


@pytest.mark.parametrize("name", ZIPS)
def test_a_chat_that_is_a_bomb_is_named(name: str) -> None:
    reader, member, chat = ZIPS[name]
    found = drain(reader(), _zip((member, chat + b" " * (60 << 20))))
    reasons = [*found.reasons, *([found.error.reason] if found.error else [])]
    assert "over-limit" in reasons
    assert found.seconds < SMALL_S


@pytest.mark.parametrize("name", ZIPS)
@given(at=st.integers(0, 2_000), piece=st.binary(max_size=8))
@settings(max_examples=100, deadline=None)
def test_a_zip_changed_anywhere_ends_in_time(name: str, at: int, piece: bytes) -> None:
    reader, member, chat = ZIPS[name]
    data = _zip((member, chat), ("media/1.jpg", b"x"), (f"files/00/{'00' * 32}", b"y"))
    zip_ends_in_time(reader(), changed(data, at % len(data), piece, len(piece)))


@pytest.mark.parametrize("name", ZIPS)
@pytest.mark.parametrize("folder", ["../../", "/", "C:\\", "a/../../"])
def test_names_that_lead_out_are_only_names(name: str, folder: str) -> None:
    reader, member, chat = ZIPS[name]
    found = drain(reader(), _zip((member, chat), (f"{folder}etc/passwd", b"x")))
    assert [message.text for message in found.messages] == ["one", "two", "three"]


@pytest.mark.parametrize("name", ZIPS)
def test_a_chat_that_stands_there_twice_is_told(name: str) -> None:
    reader, member, chat = ZIPS[name]
    found = drain(reader(), _zip((member, chat), (member, chat.replace(b"one", b"forged"))))
    assert found.messages[0].text == "one"
    assert found.notes.unread_count or found.notes.facts


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_of_nothing_and_of_one_is_read_in_good_order(name: str) -> None:
    export = EXPORTS[name]
    assert drain(export.reader(), export.of()).messages == []
    (only,) = drain(export.reader(), export.of(b"only")).messages
    assert only.text == "only"
    assert json.dumps(only.text)


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_known_and_read_twice_it_is_the_same(name: str) -> None:
    export = EXPORTS[name]
    data = export.of(b"I see you", b"still", b"bye")
    reader = find_reader(data, "any name")
    assert reader is not None
    assert reader.name == export.reader().name
    assert report_of(reader, data) == report_of(reader, data)


@pytest.mark.parametrize("name", ZIPS)
def test_a_zip_read_twice_is_the_same(name: str) -> None:
    reader, member, chat = ZIPS[name]
    data = _zip((member, chat), ("media/1.jpg", b"x"))
    assert report_of(reader(), data) == report_of(reader(), data)
