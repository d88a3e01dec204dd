"""No file is taken for another: by what it holds, by what a stranger wrote in it, or by a tie."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers import (
    test_csv_chat,
    test_discord,
    test_discord_own,
    test_discord_pages,
    test_discord_text,
    test_google_chat,
    test_google_voice,
    test_imessage_text,
    test_line_chat,
    test_meta_html,
    test_signal,
    test_skype,
    test_slack,
    test_snapchat,
    test_telegram_html,
    test_x,
)
from tests.readers.archives import ARCHIVES
from tests.readers.exports import EXPORTS
from tests.readers.test_tar_members import tarred
from tests.readers.zips import zipped

from stalklog.cli.message import named_format
from stalklog.readers.table import all_readers, choose_reader
from stalklog.safety.limits import MAX_HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

DOCS = Path(__file__).parents[2] / "docs"
MAILS = {"eml", "emlx", "mbox", "msg", "pst"}
CHATS = {
    "whatsapp": EXPORTS["whatsapp"].of(b"one", b"two", b"three"),
    "sms-backup": EXPORTS["sms"].of(b"one"),
    "telegram": EXPORTS["telegram"].of(b"one"),
    "telegram-html": test_telegram_html.PAGE,
    "meta": EXPORTS["meta"].of(b"one"),
    "meta-html": test_meta_html.PAGE,
    "signal": test_signal.EXPORT,
    "signal-text": test_signal.TEXT,
    "imessage-text": test_imessage_text.CHAT,
    "discord": test_discord.EXPORT,
    "discord-csv": test_discord_pages.CSV,
    "discord-html": test_discord_pages.PAGE,
    "discord-text": test_discord_text.CHAT,
    "discord-own": test_discord_own.JSON,
    "google-chat": test_google_chat.EXPORT,
    "google-voice": test_google_voice.TALK,
    "x": test_x.EXPORT,
    "slack": test_slack.DAY,
    "skype": test_skype.EXPORT,
    "snapchat": test_snapchat.NEW,
    "linkedin": test_csv_chat.EXPORT,
    "reddit": test_csv_chat.CHAT,
    "line": test_line_chat.PHONE,
}
"""An export of each format that is one file, by the reader that knows it."""
NAMES = (
    "_chat.txt", "WhatsApp Chat with Ravi.txt", "result.json", "message_1.json", "main.jsonl",
    "chat.db", "messages.csv", "sms.xml", "direct-messages.js", "index.html", "x.zip", "x.wacz",
    "x.tar", "x.eml", "x.mbox", "x.jpg", "",
)  # fmt: skip
"""How files are called that one reader or another looks for."""
EACH = pytest.mark.parametrize("name", CHATS)
HEADERS = (
    (
        b"From: ravi@example.org\nTo: asha@example.net\nSubject: x\n"
        b"Date: Tue, 5 Mar 2024 21:30:00 +0530\n\n"
    ),
    (
        b"Return-Path: <ravi@example.org>\nReceived: from a by b; Tue, 5 Mar 2024 21:30:00 +0530\n"
        b"Subject: x\n\n"
    ),
)


def _surest(data: bytes) -> list[str]:
    """Which readers are surest of a file; more than one is a tie."""
    head = data[:MAX_HEAD_BYTES]
    found = {one.name: one.match(head, "file") for one in all_readers()}
    most = max(found.values())
    return [name for name, sureness in found.items() if sureness == most] if most else []


@EACH
def test_each_format_is_known_by_one_reader_alone(name: str) -> None:
    assert _surest(CHATS[name]) == [name]


@pytest.mark.parametrize("name", ARCHIVES)
def test_each_archive_is_known_by_one_reader_alone(name: str) -> None:
    files = {ARCHIVES[name].name: ARCHIVES[name].data, "media/1.jpg": b"x"}
    assert _surest(zipped(files) if name.endswith("-zip") else tarred(files)) == [name]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_changes_nothing(name: str) -> None:
    archives = (
        zipped({chat.name: chat.data}) for kind, chat in ARCHIVES.items() if kind.endswith("-zip")
    )
    exports = (export.of(b"one", b"two") for export in EXPORTS.values())
    for data in (*CHATS.values(), *exports, *archives, zipped({"x": b""}), b"x", b"{}"):
        assert choose_reader(data[:MAX_HEAD_BYTES], name) == choose_reader(data, "file")


@EACH
@pytest.mark.parametrize("header", HEADERS)
def test_a_mail_with_a_chat_in_it_is_a_mail(name: str, header: bytes) -> None:
    assert _surest(header + CHATS[name]) == ["eml"]
    assert _surest(header + b"Look at this:\n\n" + CHATS[name]) == ["eml"]


@EACH
def test_a_mailbox_with_a_chat_in_it_is_a_mailbox(name: str) -> None:
    begins = b"From ravi@example.org Tue Mar  5 21:30:00 2024\n"
    assert _surest(begins + HEADERS[0] + CHATS[name]) == ["mbox"]


def _json(words: bytes) -> bytes:
    return json.dumps(words.decode("utf-8", "replace"))[1:-1].encode()


def _xml(words: bytes) -> bytes:
    for letter, reference in (
        (b"&", b"&amp;"),
        (b"<", b"&lt;"),
        (b'"', b"&quot;"),
        (b"\n", b"&#10;"),
    ):
        words = words.replace(letter, reference)
    return words


PIECES = (
    b'"messages": [', b"{", b'"sender_name"', b'"timestamp_ms"', b'{"chatItem": {', b"\n\n",
    b'"type": "message"', b'"from_id"', b"<smses count='1'>", b"window.YTD.direct_messages.part0 =",
    b"13/04/24, 9:05 pm - Ravi: x\n", b"[LINE] Chat history\n", b"<html>", b"PK\x03\x04",
    b"[2024-03-05, 21:30] Ravi: x\n", b'"guild": {', b"SQLite format 3\0", b"\xef\xbb\xbf",
)  # fmt: skip
"""By what exports are known."""
WRITTEN: dict[str, Callable[[bytes], bytes]] = {
    "whatsapp": bytes,
    "sms": _xml,
    "telegram": _json,
    "telegram-html": _xml,
    "meta": _json,
    "signal": _json,
    "signal-text": bytes,
}
"""How a text is written in exports of a format."""


@EACH
@pytest.mark.parametrize("outer", WRITTEN)
def test_who_sends_an_export_as_words_changes_nothing(outer: str, name: str) -> None:
    words = WRITTEN[outer](CHATS[name][:20_000])
    told = EXPORTS[outer].of(b"hello", b"I see you", words, b"bye")
    assert _surest(told) == ["sms-backup" if outer == "sms" else outer]


@given(
    header=st.sampled_from(HEADERS),
    pieces=st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=20),
)
@settings(max_examples=300, deadline=None)
def test_a_mail_is_one_whatever_its_words_are(header: bytes, pieces: list[bytes]) -> None:
    assert _surest(header + b"".join(pieces)) == ["eml"]


def test_of_all_real_files_none_is_claimed_by_two(corpus: Path) -> None:
    for kind in ("chats", "email"):
        for path in sorted((corpus / kind).rglob("*")):
            if path.is_file():
                with path.open("rb") as file:
                    head = file.read(MAX_HEAD_BYTES)
                surest = _surest(head)
                choice = choose_reader(head, path.name)
                assert len(surest) < 2, (path.name, surest)
                assert choice is None or not choice.decisions
                if surest:
                    assert (surest[0] in MAILS) == (kind == "email"), (path.name, surest)


def test_every_reader_has_words_for_people_and_stands_in_the_docs() -> None:
    pages = [page.read_text(encoding="utf-8") for page in DOCS.glob("reference/*.md")]
    told = "\n".join(pages)
    for reader in all_readers():
        assert named_format(reader.name) != f"{reader.name} ({reader.name})"
        assert f"| `{reader.name}` |" in told, reader.name
