"""A channel of Discord as DiscordChatExporter writes it for people: a page.

The classes are those of DiscordChatExporter's source, `MessageGroupTemplate.cshtml`. The times on
the page are in the language of whoever exported; what is understood is the time in the number of
each message.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import LIKELY, NO, SURE
from stalklog.readers.below import Below, messages_below
from stalklog.readers.discord_record import attachment
from stalklog.readers.epoch import flagged
from stalklog.readers.html_text import html_text
from stalklog.readers.pieces import pieces
from stalklog.readers.snowflake import DISCORD
from stalklog.readers.window import Window
from stalklog.records.message import Message, Party, Place
from stalklog.safety.limits import MAX_PARTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Attachment

_MESSAGE: Final = (
    rb'<div (?:id="?chatlog__message-container-[0-9]{1,20}"? )?'
    rb'class=(?:chatlog__message-container|"chatlog__message-container[a-z_ -]{0,80}"'
    rb'|"chatlog__message[a-z_ -]{0,80}") ?data-message-id="?([0-9]{1,20})"?'
)
_GROUP: Final = (
    rb'<div class="chatlog__message-group">\s{0,40}'
    rb'<div class="chatlog__(?:author-avatar-container|messages)">'
)
"""On pages from before 2022 who wrote them stands above the messages, in none of them."""
_BEGINS: Final = re.compile(_MESSAGE + rb"|" + _GROUP)
_ABOVE: Final = re.compile(_GROUP)
_NUMBERED: Final = re.compile(_MESSAGE)
_BEGINS_BYTES: Final = 300
_HEAD_BYTES: Final = 1 << 19
"""Where the first message begins, at the latest: style and icons stand before it."""
_PAGE: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s{0,100}<(?:!DOCTYPE html|html)", re.IGNORECASE)
_ENTRY: Final = re.compile(r'class="?preamble__entry"?>([^<]{0,2000})')
_POST: Final = re.compile(r"Exported ([0-9]{1,3}(?:[^0-9<]?[0-9]{3}){0,4}) message")
_PAGE_END: Final = re.compile(r'<div class="?postamble"?>')
"""Behind the last message: what the program says of the export."""
_AUTHOR: Final = re.compile(
    r'<span class="?chatlog__(?:author|author-name|system-notification-author)"?([^>]{0,2000})>'
    r"([^<]{0,2000})"
)
_TITLE: Final = re.compile(r"""\btitle=(?:"([^"]*+)"|'([^']*+)'|([^\s>]++))""")
_USER: Final = re.compile(r'\bdata-user-id="?([0-9]{1,20})')
_DATE: Final = re.compile(
    r'class="?chatlog__(?:timestamp|short-timestamp|system-notification-timestamp)"?'
    r"""(?:\s+title=(?:"([^"]{1,200})"|'([^']{1,200})'|([^\s>]{1,200})))?>(?:\s*<a[^>]{0,200}>)?([^<]{0,200})"""
)
_BLOCK: Final = re.compile(
    r'<(?:div|span|img|a) class="?chatlog__(content|edited-timestamp|attachment|embed|sticker'
    r'|reactions|system-notification-content|system-notification-timestamp)[ ">]'
)
"""The parts of a message; what people wrote is escaped, and so can begin none."""
_FORWARDED: Final = re.compile(r'class="?chatlog__forwarded')
_REPLY: Final = re.compile(r"scrollToMessage\(event, ?(?:'|&#39;|&#x27;)([0-9]{1,20})")
_FILE: Final = re.compile(r"""\b(?:href|src|data-source)=(?:"([^"]{1,2000})"|([^\s>"']{1,2000}))""")
_REACTION: Final = re.compile(
    r'<div class="?chatlog__reaction(?!s)"?(?: title=(?:"([^"]{0,200})"|([^\s>]{0,200})))?'
    r'.{0,600}?class="?chatlog__reaction-count"?>\s*([0-9]{1,9})',
    re.DOTALL,
)
_SHOWN: Final = frozenset({"content", "system-notification-content"})
_SYSTEM: Final = "chatlog__system-notification-content"


class DiscordHtmlReader:
    """One channel, or one part of it."""

    name = "discord-html"
    version = 2
    media_types: tuple[str, ...] = ("text/html",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by a message with its number; likely by its style, which can be long."""
        if not _PAGE.match(head):
            return NO
        if _BEGINS.search(head):
            return SURE
        return LIKELY if b".chatlog__message-" in head or b"preamble__entry" in head else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages in the order of the page, each before the reactions to it."""
        window = Window(stream)
        window.more(0)
        while not (found := _BEGINS.search(window.data)) and len(window.data) < _HEAD_BYTES:
            if not window.more(0):
                break
        top = window.data[: found.start() if found else len(window.data)].decode("utf-8", "replace")
        names = [html.unescape(one[1]).strip() for one in _ENTRY.finditer(top)][:2]
        conversation = " / ".join(filter(None, names))
        found = found or window.seek(_BEGINS, 0, _BEGINS_BYTES)
        at = found.start() if found else len(window.data)
        number, sender, source, behind = 0, Party(), "", ""
        found_pieces = pieces(window, _BEGINS, at, overlap=_BEGINS_BYTES, notes=notes)
        for start, data in _with_above(found_pieces, notes):
            place = Place(start, start + len(data), sha256=sha256(data).hexdigest())
            source, flags = _decoded(data)
            said, *rest = _PAGE_END.split(source, maxsplit=1)
            behind = "".join(rest)
            sender = _sender(said) or sender
            for message in _messages(number + 1, place, said, sender, flags):
                yield replace(message, conversation=conversation)
                number = message.number
        if count := _POST.search(behind):
            notes.declare("messages", int(re.sub(r"[^0-9]", "", count[1])))
        elif "</html>" not in source[-100:]:
            end = window.start + len(window.data)
            notes.leave("damaged", Place(end, end), "end")
        notes.cover(window.start + len(window.data))


def _with_above(found: Iterator[tuple[int, bytes]], notes: Notes) -> Iterator[tuple[int, bytes]]:
    """The messages, the first of each group with what stands above it."""
    above: tuple[int, bytes] | None = None
    for start, data in found:
        if _ABOVE.match(data):
            _leave(above, notes)
            above = start, data
            continue
        yield (above[0], above[1] + data) if above else (start, data)
        above = None
    _leave(above, notes)


def _leave(above: tuple[int, bytes] | None, notes: Notes) -> None:
    if above:
        notes.leave("not-understood", Place(above[0], above[0] + len(above[1])), "group")


def _messages(
    first: int, place: Place, source: str, sender: Party, flags: list[str]
) -> Iterator[Message]:
    """The message, then each of its embeds and reactions."""
    blocks = list(_blocks(source))
    shown = [html_text(text) for name, text in blocks if name in _SHOWN]
    text = "\n".join(filter(None, (one.text.strip() for one in shown)))
    if any(one.is_cut for one in shown) or len(text) > MAX_TEXT_CHARS:
        flags.append("text-cut")
    native_id = _id(source)
    sent = flagged(DISCORD.told(native_id, _date(source)), flags)
    reply = _REPLY.search(source)
    message = Message(
        first,
        place,
        "system" if _SYSTEM in source else "message",
        sender=sender,
        sent=sent,
        text=text[:MAX_TEXT_CHARS],
        native_id=native_id,
        reply_to=reply[1] if reply else "",
        attachments=tuple(_attachments(blocks, flags)),
        is_edited=any(name == "edited-timestamp" for name, _text in blocks),
        forwarded="inline" if _FORWARDED.search(source) else None,
        flags=tuple(flags),
    )
    yield message
    yield from messages_below(message, (one for each in blocks for one in _below(*each)), first + 1)


def _blocks(source: str) -> Iterator[tuple[str, str]]:
    """The parts of a message by their names, each up to the next one."""
    found = list(_BLOCK.finditer(source))[:MAX_PARTS]
    for one, following in zip(found, [*found[1:], None], strict=True) if found else ():
        yield one[1], source[one.start() : following.start() if following else len(source)]


def _below(name: str, source: str) -> Iterator[Below]:
    """What is below the text."""
    if name == "embed":
        yield Below("other", text=html_text(source).text.strip())
    elif name == "reactions":
        for one in _REACTION.finditer(source):
            emoji = html.unescape(one[1] or one[2] or "")
            yield Below("reaction", text=f"{emoji} ({one[3]})" if one[3] != "1" else emoji)


def _attachments(blocks: list[tuple[str, str]], flags: list[str]) -> Iterator[Attachment]:
    if len(blocks) >= MAX_PARTS:
        flags.append("parts-cut")
    for name, source in blocks:
        found = _FILE.search(source) if name in {"attachment", "sticker"} else None
        if found:
            yield attachment(html.unescape(found[1] or found[2]))


def _sender(source: str) -> Party | None:
    """Who wrote it; None where the page names nobody, as below another message of the same."""
    found = _AUTHOR.search(source)
    if not found:
        return None
    title, user = _TITLE.search(found[1]), _USER.search(found[1])
    handle = html.unescape(next(filter(None, title.groups()), "")) if title else ""
    shown = html.unescape(found[2]).strip()
    label = f"{shown} ({handle})" if shown and handle and shown != handle else shown or handle
    return Party(label, user[1] if user else "")


def _date(source: str) -> str:
    """The time as the page shows it."""
    found = _DATE.search(source)
    if not found:
        return ""
    return html.unescape(next(filter(None, found.groups()), "")).strip()


def _id(source: str) -> str:
    found = _NUMBERED.search(source.encode("utf-8", "replace"))
    return found[1].decode() if found else ""


def _decoded(data: bytes) -> tuple[str, list[str]]:
    try:
        return data.decode(), []
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace"), ["bad-charset"]
