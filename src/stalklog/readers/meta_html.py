"""A thread of Instagram or Messenger as Meta writes it for people: `message_1.html`.

It tells less than the JSON: times to the minute, in no zone, in the language of the account, and
it does not say whose zone. English months are understood, which can be read in one way only; of
any other language the time stands as it was written. What people wrote is escaped in it, so
that no text can look like a message. It is read from its description: there was no real one.
"""

from __future__ import annotations

import html
import re
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import LIKELIER, NO
from stalklog.readers.english_date import MONTHS, hour_of
from stalklog.readers.epoch import told_local
from stalklog.readers.html_text import html_text
from stalklog.readers.meta import conversation
from stalklog.readers.pieces import pieces
from stalklog.readers.window import Window
from stalklog.records.message import Attachment, Party, Place, Told, make_message
from stalklog.safety.limits import MAX_FACT_CHARS, MAX_PARTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Message

_BEGINS: Final = re.compile(
    rb'<(?:div|section) class="(?:(?:pam )?(?:_3-95 )?(?:_2ph- )?_a6-g|pam _3-95 _2pi0 _2lej)'
    rb'(?: [a-zA-Z0-9_ -]{0,60})?"'
)
_BEGINS_BYTES: Final = 120
_HEAD_BYTES: Final = 1 << 16
_PAGE: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s{0,100}<(?:!DOCTYPE html|html)", re.IGNORECASE)
_SAID: Final = re.compile(rb'class="[^"]{0,60}\b(?:_a6-p|_2let)"><div><div>')
_HEADING: Final = re.compile(rb"<title>([^<]{0,2000})</title>")
_SENDER: Final = re.compile(
    r'<(?:h2|div) class="[^"]{0,60}\b(?:_a6-h|_2lel)\b[^"]{0,60}"[^<>]{0,200}>([^<]{0,2000})'
)
_CONTENT: Final = re.compile(r'<div class="[^"]{0,60}\b(?:_a6-p|_2let)\b[^"]{0,60}">')
_TIME: Final = re.compile(r'<(?:div|footer) class="[^"]{0,60}\b(?:_a6-o|_2lem)\b[^"]{0,60}">')
_WORDS: Final = re.compile(r"(?:\s|<(?!/)[^<>]{0,500}>){0,10}(?![\s<])([^<]{1,200})")
_REACTIONS: Final = re.compile(r'<ul class="[^"]{0,60}\b(?:_a6-q|_tqp)\b[^"]{0,60}">')
_REACTION: Final = "<li>"
_REACTION_END: Final = "</li>"
_FILE: Final = re.compile(
    r'<(?:a|img|video|audio|source)\b[^<>]{0,300}? (href|src)="([^"]{1,2000})"'
)
_ADDRESSES: Final = ("http://", "https://", "mailto:", "tel:", "#")
_THREAD: Final = re.compile(
    r"(?:^|/)messages/([a-z0-9_]{1,40}/[^/]{1,500})/message_[0-9]{1,6}\.html\Z"
)
_MARKS: Final = ((b"_a6-h", b"_a6-o"), (b"_2lel", b"_2lem"))
"""Of who sent a message and when: today's, and those of 2018 to 2021."""
_DATE: Final = re.compile(
    r"\A([A-Z][a-z]{2}) ([0-9]{1,2}), ([0-9]{4}),? "
    r"([0-9]{1,2}):([0-9]{2})(:[0-9]{2})?\s?([aApP][mM])\Z"
)


class MetaHtmlReader:
    """One page of messages of Instagram or Messenger."""

    name = "meta-html"
    version = 2
    media_types: tuple[str, ...] = ("text/html",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Likely by the marks of a message; Meta's other pages have some of them."""
        if not _PAGE.match(head) or not _BEGINS.search(head):
            return NO
        has_all = any(all(mark in head for mark in marks) for marks in _MARKS)
        return LIKELIER if has_all and _SAID.search(head) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:
        """The messages in the order of the page, newest first, each before its reactions."""
        window = Window(stream)
        window.more(0)
        while not (found := _BEGINS.search(window.data)) and len(window.data) < _HEAD_BYTES:
            if not window.more(0):
                break
        title = _HEADING.search(window.data, 0, found.start() if found else len(window.data))
        thread = _THREAD.search(name)
        chat = conversation(
            _plain(title[1].decode("utf-8", "replace")) if title else "",
            thread[1] if thread else "",
        )
        found = found or window.seek(_BEGINS, 0, _BEGINS_BYTES)
        at = found.start() if found else len(window.data)
        number = 0
        if not found:
            notes.leave("not-understood", Place(0, window.start + at), "no messages")
        for start, data in pieces(window, _BEGINS, at, overlap=_BEGINS_BYTES, notes=notes):
            place = Place(start, start + len(data), sha256=sha256(data).hexdigest())
            for message in _messages(number + 1, place, data, chat, notes):
                yield message
                number = message.number
        if not window.data.rstrip().endswith(b"</html>"):
            end = window.start + len(window.data)
            notes.leave("damaged", Place(end, end), "end")
        notes.cover(window.start + len(window.data))


def _messages(first: int, place: Place, data: bytes, chat: str, notes: Notes) -> Iterator[Message]:
    """A message and the reactions to it; nothing for the list of those who take part."""
    source, flags = _decoded(data)
    time = _TIME.search(source)
    content = _CONTENT.search(source)
    sender = _SENDER.search(source)
    if not time and not content:
        notes.tell("participants", _plain(sender[1] if sender else "")[:MAX_FACT_CHARS])
        return
    said = source[content.end() : time.start() if time else len(source)] if content else ""
    reactions = _REACTIONS.search(said)
    shown = html_text(said[: reactions.start()] if reactions else said)
    if shown.is_cut or len(shown.text.strip()) > MAX_TEXT_CHARS:
        flags.append("text-cut")
    sent = _told(source[time.end() :] if time else "", notes.zone(), flags)
    yield make_message(
        first,
        place,
        sender=Party(_plain(sender[1]) if sender else ""),
        sent=sent,
        text=shown.text.strip()[:MAX_TEXT_CHARS],
        conversation=chat,
        attachments=tuple(_attachments(said, flags)),
        flags=tuple(flags),
    )
    listed = said[reactions.end() :].split(_REACTION, MAX_PARTS + 1) if reactions else []
    for number, one in enumerate(listed[1 : MAX_PARTS + 1], first + 1):
        text = html_text(one.partition(_REACTION_END)[0]).text.strip()[:MAX_TEXT_CHARS]
        yield make_message(number, place, "reaction", parent=first, text=text, conversation=chat)


def _told(source: str, zone: str | None, flags: list[str]) -> Told | None:
    """When it was sent, as far as it is told: no page says in which zone it is."""
    shown = _WORDS.match(source)
    written = _plain(shown[1]) if shown else ""
    if not written:
        flags.append("no-date")
        return None
    found = _DATE.match(written)
    if not found or found[1] not in MONTHS:
        flags.append("bad-date")
        return Told(written)
    _month, day, year, hour, minute, second, half = found.groups()
    clock = hour_of(int(hour), is_later=half.lower() == "pm")
    month = MONTHS[found[1]]
    iso = f"{year}-{month:02}-{int(day):02}T{clock:02}:{minute}{second or ''}"
    told = told_local(iso, zone, written=written)
    if told.wall is None:
        flags.append("bad-date")
    elif told.instant is None:
        flags.append("no-zone")
    return told


def _attachments(said: str, flags: list[str]) -> Iterator[Attachment]:
    """The files that it shows; those beside the page are told as missing."""
    seen: dict[str, bool] = {}
    for kind, written in _FILE.findall(said):
        path = html.unescape(written)
        is_remote = path.startswith(_ADDRESSES)
        if not is_remote or (kind == "src" and path.startswith("http")):
            seen.setdefault(path, is_remote)
    if len(seen) > MAX_PARTS:
        flags.append("parts-cut")
    for path, is_remote in list(seen.items())[:MAX_PARTS]:
        yield Attachment(path, status="remote" if is_remote else "missing")


def _plain(source: str) -> str:
    return html.unescape(source).strip()


def _decoded(data: bytes) -> tuple[str, list[str]]:
    try:
        return data.decode(), []
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace"), ["bad-charset"]
