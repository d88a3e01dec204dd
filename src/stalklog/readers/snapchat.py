"""Chats of Snapchat, as *My Data* gives them: `chat_history.json` and `snap_history.json`.

Both forms are read: chats by the name of the other one, and the older one, by *Received* and
*Sent*. Of a snap only the time and the sender are told. There was no real sample to try it on.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from stalklog.readers.base import NO, SURE
from stalklog.readers.epoch import flagged, told_epoch, told_utc
from stalklog.readers.json_records import EveryKey, JsonRecords, read_records
from stalklog.readers.json_value import word
from stalklog.readers.window import Window
from stalklog.records.message import Attachment, Party, make_message
from stalklog.safety.limits import MAX_PARTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.json_records import JsonRecord
    from stalklog.records.message import Message, MessageKind, Told

_OBJECT: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*+\{")
_ALWAYS: Final = (b'"Media Type"', b'"Created"')
_NEW: Final = (b'"IsSender"', b'"Conversation Title"', b'"Created(microseconds)"')
_OLD: Final = re.compile(rb'"(?:Received|Sent) (?:Saved|Unsaved|Snap) ?[A-Za-z ]{0,40}"\s{0,20}:')
_SENT: Final = "Sent"
_ERASED: Final = "STATUSERASEDMESSAGE"
_STATUS: Final = "STATUS"
_CALL: Final = "STATUSCALL"
_MISSED: Final = "MISSED"
_LOCATION: Final = "LOCATION"
_TEXT: Final = "TEXT"
_BETWEEN: Final = re.compile(r"\s*\|\s*")
_OWNER: Final = Party(role="owner")


class SnapchatReader:
    """The chats of an account, or the list of its snaps."""

    name = "snapchat"
    version = 2
    media_types: tuple[str, ...] = ("application/json",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by the fields of a message."""
        if not _OBJECT.match(head) or not all(key in head for key in _ALWAYS):
            return NO
        return SURE if any(key in head for key in _NEW) or _OLD.search(head) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages in the order of the file, chat after chat."""
        window = Window(stream)
        records = JsonRecords(window, notes, arrays=EveryKey())
        for number, record in enumerate(read_records(records, window, notes), 1):
            yield _message(number, record)
        notes.cover(window.start + len(window.data))


def _message(number: int, record: JsonRecord) -> Message:
    value, flags = record.value, list(record.flags)
    what = word(value.get("Media Type"))
    sent = _told(value, flags)
    files = list(filter(None, _BETWEEN.split(word(value.get("Media IDs")))))
    if len(files) > MAX_PARTS:
        flags.append("parts-cut")
    kind = _kind(what)
    if kind == "call" and _MISSED in what:
        flags.append("missed-call")
    text = _text(value, what)
    if len(text) > MAX_TEXT_CHARS:
        flags.append("text-cut")
    sender, recipients, conversation = _parties(value, record.array)
    return make_message(
        number,
        record.place,
        kind,
        sender=sender,
        recipients=recipients,
        sent=sent,
        text=text[:MAX_TEXT_CHARS],
        conversation=conversation,
        attachments=tuple(Attachment(one, status="missing") for one in files[:MAX_PARTS]),
        is_deleted=True if what == _ERASED else None,
        flags=tuple(flags),
    )


def _kind(what: str) -> MessageKind:
    if what.startswith(_CALL):
        return "call"
    if what.startswith(_STATUS):
        return "system"
    return "location" if what == _LOCATION else "message"


def _text(value: dict[str, Any], what: str) -> str:
    """Its words; of what has none, what kind of thing it was, as the export calls it."""
    text = word(value.get("Content")) or html.unescape(word(value.get("Text")))
    return text if text or what in {_TEXT, ""} else f"Media Type: {what}"


def _parties(value: dict[str, Any], chat: str) -> tuple[Party, tuple[Party, ...], str]:
    """Who it is from and to, and what the chat is called."""
    sender, receiver = word(value.get("From")), word(value.get("To"))
    if "IsSender" not in value:
        if receiver or (chat.startswith(_SENT) and not sender):
            return _OWNER, (Party(receiver, role="to"),) if receiver else (), receiver
        return Party(sender), (_OWNER,), sender
    title = word(value.get("Conversation Title"))
    conversation = f"{title} ({chat})" if title else chat
    if value["IsSender"] is not True:
        return Party(sender), (_OWNER,), conversation
    return Party(sender, role="owner"), () if title else (Party(chat, role="to"),), conversation


def _told(value: dict[str, Any], flags: list[str]) -> Told | None:
    """When it was: the count, which is of milliseconds whatever it is called, else the time."""
    created, count = word(value.get("Created")), word(value.get("Created(microseconds)"))
    told = told_epoch(count, created) if count else None
    if told is None or told.instant is None:
        told = told_utc(created or count)
    return flagged(told, flags)
