"""A talk by text, or one call, as Google's Takeout writes those of Google Voice: a page each.

What people wrote is escaped in it, so that no text can look like a message. It is read from its
description: there was no real sample.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import NO, SURE
from stalklog.readers.call_length import call_length
from stalklog.readers.epoch import told_local
from stalklog.readers.html_text import html_text
from stalklog.readers.pieces import pieces
from stalklog.readers.window import Window
from stalklog.records.message import Attachment, Message, Party, Place
from stalklog.safety.limits import MAX_FACT_CHARS, MAX_PARTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Told

_PAGE: Final = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s{0,100}(?:<\?xml[^<>]{0,200}\?>\s{0,100})?<(?:!DOCTYPE html|html)",
    re.IGNORECASE,
)
_OWN: Final = re.compile(rb'<div class="(?:hChatLog hfeed|haudio)">')
_TIMES: Final = (b'<abbr class="dt" title="', b'<abbr class="published" title="')
_BEGINS: Final = re.compile(rb'<div class="(?:message|haudio)">')
_BEGINS_BYTES: Final = 40
_TITLE: Final = re.compile(rb"<title>([^<]{0,2000})</title>")
_TIME: Final = re.compile(r'<abbr class="(?:dt|published)" title="([^"]{1,60})">([^<]{0,200})')
_TEL: Final = re.compile(r'<a class="tel" href="tel:([^"]{0,100})">')
_NAME: Final = re.compile(r'<(?:span|abbr) class="fn"[^<>]{0,60}>([^<]{0,1000})')
_WORDS: Final = ("<q>", "</q>")
_FILE: Final = re.compile(r'<(?:img|audio|video|source)\b[^<>]{0,200}? src="([^"]{1,1000})"')
_LABEL: Final = re.compile(r'<a rel="tag" href="[^"]{0,200}#([a-z_]{1,40})">')
_DURATION: Final = re.compile(r'<abbr class="duration" title="([^"]{1,40})">')
_SAID: Final = ('<span class="full-text">', "</span>")
_FLAGS: Final = {"missed": "missed-call", "voicemail": "voicemail"}
_PLACED: Final = "placed"
_OWNER: Final = "Me"


class GoogleVoiceReader:
    """One talk, or one call."""

    name = "google-voice"
    version = 2
    media_types: tuple[str, ...] = ("text/html",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by the marks of a talk or a call, and of a time."""
        if not _PAGE.match(head) or not _OWN.search(head):
            return NO
        return SURE if any(mark in head for mark in _TIMES) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages in the order of the page, or the call."""
        window = Window(stream)
        found = window.seek(_BEGINS, 0, _BEGINS_BYTES)
        title = _TITLE.search(window.data, 0, found.start()) if found else None
        chat = _plain(title[1].decode("utf-8", "replace")) if title else ""
        at = found.start() if found else len(window.data)
        if not found:
            notes.leave("not-understood", Place(0, window.start + at), "no messages")
        source = pieces(window, _BEGINS, at, overlap=_BEGINS_BYTES, notes=notes)
        for number, (start, data) in enumerate(source, 1):
            place = Place(start, start + len(data), sha256=sha256(data).hexdigest())
            yield _message(number, place, data, chat)
        if not window.data.rstrip().endswith(b"</html>"):
            end = window.start + len(window.data)
            notes.leave("damaged", Place(end, end), "end")
        notes.cover(window.start + len(window.data))


def _message(number: int, place: Place, data: bytes, chat: str) -> Message:
    """A message, or a call with what was said to the machine."""
    try:
        source, flags = data.decode(), list[str]()
    except UnicodeDecodeError:
        source, flags = data.decode("utf-8", "replace"), ["bad-charset"]
    is_call = source.startswith('<div class="haudio">')
    labels = _LABEL.findall(source) if is_call else []
    flags += [_FLAGS[label] for label in labels if label in _FLAGS]
    sent = _told(source, flags)
    text, is_cut = _call(source) if is_call else _said(_WORDS, source)
    length = _DURATION.search(source) if is_call else None
    if is_cut:
        flags.append("text-cut")
    files = list(dict.fromkeys(map(html.unescape, _FILE.findall(source))))
    if len(files) > MAX_PARTS:
        flags.append("parts-cut")
    tel, name = _TEL.search(source), _NAME.search(source, _person_at(source) if is_call else 0)
    who = Party(_plain(name[1]) if name else "", _plain(tel[1]) if tel else "")
    sender, recipients = _parties(who, is_call=is_call, is_placed=_PLACED in labels)
    return Message(
        number,
        place,
        "call" if is_call else "message",
        sender=sender,
        recipients=recipients,
        sent=sent,
        text=text,
        conversation=chat[:MAX_FACT_CHARS],
        attachments=tuple(Attachment(one, status="missing") for one in files[:MAX_PARTS]),
        flags=tuple(dict.fromkeys(flags)),
        duration_s=call_length(_plain(length[1])) if length else None,
    )


def _parties(who: Party, *, is_call: bool, is_placed: bool) -> tuple[Party, tuple[Party, ...]]:
    """Who it is from and to: a call names the other one, a message whoever wrote it."""
    owner = Party(role="owner")
    if is_call and is_placed:
        return owner, (replace(who, role="to"),)
    if not is_call and who.label == _OWNER:
        return replace(who, role="owner"), ()
    return who, (owner,)


def _told(source: str, flags: list[str]) -> Told | None:
    found = _TIME.search(source)
    if not found:
        flags.append("no-date")
        return None
    iso, shown = html.unescape(found[1]), _plain(found[2])
    told = told_local(iso, written=f"{iso} ({shown})" if shown else iso)
    if told.instant is None:
        flags.append("bad-date" if told.wall is None else "no-zone")
    return told


def _call(source: str) -> tuple[str, bool]:
    """What a machine understood of what was said to it; before it a length that is none."""
    duration = _DURATION.search(source)
    words, is_cut = _said(_SAID, source)
    is_odd = duration is not None and call_length(_plain(duration[1])) is None
    length = f"duration: {_plain(duration[1])}" if duration and is_odd else ""
    return "\n".join(filter(None, (length, words))), is_cut


def _said(marks: tuple[str, str], source: str) -> tuple[str, bool]:
    """The text between two marks, and whether it was cut."""
    start = source.find(marks[0])
    if start < 0:
        return "", False
    end = source.find(marks[1], start)
    shown = html_text(source[start + len(marks[0]) : end if end >= 0 else len(source)])
    text = shown.text.strip()
    return text[:MAX_TEXT_CHARS], shown.is_cut or len(text) > MAX_TEXT_CHARS


def _person_at(source: str) -> int:
    """Where in a call the other one is named: before it stands what kind of call it was."""
    return max(0, source.find('<div class="contributor vcard">'))


def _plain(source: str) -> str:
    return html.unescape(source).strip()
