"""A chat as Telegram Desktop writes it for people: `messages.html`, and `messages2.html` and on.

What people wrote is escaped in it, so that only Telegram's own marks begin a message. A message
that is `joined` has no name: it is by whoever wrote the one above.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import LIKELIER, NO, SURE
from stalklog.readers.epoch import told_local
from stalklog.readers.html_text import html_text
from stalklog.readers.pieces import pieces
from stalklog.readers.window import Window
from stalklog.records.message import Attachment, Message, Party, Place, Told
from stalklog.safety.limits import MAX_PARTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import MessageKind

_BEGINS: Final = re.compile(
    rb'<div class="message (?:default|service)[a-z _-]{0,100}" id="message(-?[0-9A-Za-z]{1,30})"'
)
_BEGINS_BYTES: Final = 200
_HEAD_BYTES: Final = 1 << 16
"""Where the first message begins, at the latest."""
_PAGE: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s{0,100}<(?:!DOCTYPE html|html)", re.IGNORECASE)
_CHAT: Final = b"chat_page"
_NAME: Final = re.compile(rb'<div class="text bold">([^<]{0,2000})</div>')
_DATE: Final = re.compile(
    r'class="pull_right date details" title="'
    r"((\d{2})\.(\d{2})\.(\d{4}) (\d{2}:\d{2}:\d{2})(?: UTC([+-]\d{2}:\d{2}))?[^\"]{0,20})\""
)
_ANY_DATE: Final = re.compile(r'class="pull_right date details" title="([^"]{0,100})"')
_FROM: Final = re.compile(r'<div class="from_name">([^<]{0,2000})')
_TEXT: Final = re.compile(r'<div class="text">')
_SERVICE: Final = re.compile(r'<div class="body details">')
_FORWARDED: Final = '<div class="forwarded body">'
_REPLY: Final = re.compile(r'href="(?:messages[0-9]{0,6}\.html)?#go_to_message(-?[0-9]{1,20})"')
_FILE: Final = re.compile(
    r'<a class="(?:[a-z_ ]{0,100} )?(?:media|photo_wrap|video_file_wrap|sticker_wrap|animated_wrap)'
    r'[a-z_ ]{0,100}" href="([^"]{1,2000})"'
)
_MEDIA: Final = re.compile(r'<(a|div) class="media clearfix[a-z_ ]{0,60}? media_([a-z_]{1,30})')
_TITLE: Final = re.compile(r'<div class="title bold">([^<]{0,2000})')
_END: Final = "</div>"
_ADDRESSES: Final = ("http://", "https://")
_KINDS: Final[dict[str, MessageKind]] = {
    "call": "call", "contact": "contact", "location": "location", "live_location": "location",
    "venue": "location", "poll": "poll",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """What a message takes from what stands before it."""

    chat: str
    """What the chat is called."""
    sender: str
    """Who wrote it, or the one above that it is joined to."""
    zone: str | None
    """In which zone the times are, as a person said."""


class TelegramHtmlReader:
    """One page of a chat."""

    name = "telegram-html"
    version = 1
    media_types: tuple[str, ...] = ("text/html",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by the page of a chat with a message in it, likely by one that has none yet."""
        if not _PAGE.match(head) or _CHAT not in head:
            return NO
        if _BEGINS.search(head):
            return SURE
        return LIKELIER if b"page_wrap" in head else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages in the order of the page; a day's heading is one of the service's."""
        window = Window(stream)
        window.more(0)
        while not (found := _BEGINS.search(window.data)) and len(window.data) < _HEAD_BYTES:
            if not window.more(0):
                break
        title = _NAME.search(window.data, 0, found.start() if found else len(window.data))
        chat = _plain(title[1].decode("utf-8", "replace")) if title else ""
        found = found or window.seek(_BEGINS, 0, _BEGINS_BYTES)
        at = found.start() if found else len(window.data)
        sender = ""
        found_pieces = pieces(window, _BEGINS, at, overlap=_BEGINS_BYTES, notes=notes)
        for number, (start, data) in enumerate(found_pieces, 1):
            source, flags = _decoded(data)
            place = Place(start, start + len(data), sha256=sha256(data).hexdigest())
            if b'class="message service' in data[:_BEGINS_BYTES]:
                text, is_cut = _inside(_SERVICE, source)
                flags += ["text-cut"] * is_cut
                yield Message(
                    number,
                    place,
                    "system",
                    sent=_told(source, notes.zone(), []),
                    text=text,
                    conversation=chat,
                    native_id=_id(data),
                    flags=tuple(flags),
                )
                continue
            sender = _sender(source, sender)
            yield _message(number, place, source, flags, Page(chat, sender, notes.zone()))
        if not window.data.rstrip().endswith(b"</html>"):
            end = window.start + len(window.data)
            notes.leave("damaged", Place(end, end), "end")
        notes.cover(window.start + len(window.data))


def _message(number: int, place: Place, source: str, flags: list[str], page: Page) -> Message:
    own = source.partition(_FORWARDED)[0]
    sent = _told(own, page.zone, flags)
    text, is_cut = _inside(_TEXT, source)
    media = _MEDIA.search(source)
    kind = _KINDS.get(media[2], "message") if media else "message"
    if media and kind != "message" and not text:
        text, is_cut = _shown(source[media.start() :])
    if is_cut:
        flags.append("text-cut")
    reply = _REPLY.search(own)
    return Message(
        number,
        place,
        kind,
        sender=Party(page.sender),
        sent=sent,
        text=text,
        conversation=page.chat,
        native_id=_id(source.encode("utf-8", "replace")),
        reply_to=reply[1] if reply else "",
        attachments=tuple(_attachments(source)),
        forwarded="inline" if _FORWARDED in source else None,
        flags=tuple(flags),
    )


def _sender(source: str, before: str) -> str:
    """Who wrote it: whoever is named, not in what was passed on; else who wrote the one above."""
    found = _FROM.search(source.partition(_FORWARDED)[0])
    return _plain(found[1]) if found else before


def _told(source: str, zone: str | None, flags: list[str]) -> Told | None:
    """When it was sent: day, month and year stand in this order in every language of Telegram."""
    found = _DATE.search(source)
    if not found:
        other = _ANY_DATE.search(source)
        flags.append("bad-date" if other else "no-date")
        return Told(other[1]) if other else None
    written, day, month, year, clock, offset = found.groups()
    iso = f"{year}-{month}-{day}T{clock}{offset or ''}"
    told = told_local(iso, zone, written=html.unescape(written))
    if told.wall is None:
        flags.append("bad-date")
    elif told.instant is None:
        flags.append("no-zone")
    return told


def _attachments(source: str) -> Iterator[Attachment]:
    """Files that it points to, which lie beside the page, and those that were left out."""
    for found in list(_FILE.finditer(source))[:MAX_PARTS]:
        path = html.unescape(found[1])
        is_remote = path.startswith(_ADDRESSES)
        yield Attachment(path, status="remote" if is_remote else "missing")
    media = _MEDIA.search(source)
    if media and media[1] == "div" and media[2] not in _KINDS:
        title = _TITLE.search(source, media.start())
        yield Attachment(_plain(title[1]) if title else media[2], status="omitted")


def _inside(begins: re.Pattern[str], source: str) -> tuple[str, bool]:
    """The text of an element that holds no other `div`, and whether it was cut."""
    found = begins.search(source)
    if not found:
        return "", False
    end = source.find(_END, found.end())
    return _shown(source[found.end() : end if end >= 0 else len(source)])


def _shown(source: str) -> tuple[str, bool]:
    shown = html_text(source)
    return shown.text.strip()[:MAX_TEXT_CHARS], shown.is_cut


def _plain(source: str) -> str:
    return html.unescape(source).strip()


def _id(data: bytes) -> str:
    found = _BEGINS.match(data)
    return found[1].decode() if found else ""


def _decoded(data: bytes) -> tuple[str, list[str]]:
    try:
        return data.decode(), []
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace"), ["bad-charset"]
