"""The chats of an account of Skype: the `messages.json` that Microsoft gave until it closed.

What was said stands there as a kind of XML: of it the text is read. There was no real sample to
try it on.
"""

from __future__ import annotations

import html
import re
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from stalklog.readers.base import NO, SURE
from stalklog.readers.call_length import call_length
from stalklog.readers.epoch import flagged, told_local
from stalklog.readers.html_text import html_text
from stalklog.readers.json_records import JsonRecords, read_records
from stalklog.readers.json_value import as_dict, word
from stalklog.readers.window import Window
from stalklog.records.message import Attachment, Party, Place, make_message
from stalklog.safety.limits import MAX_FACT_CHARS, MAX_PARTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.json_records import JsonRecord
    from stalklog.records.message import Message, MessageKind

_OBJECT: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*+\{")
_ACCOUNT: Final = (b'"conversations"', b'"userId"', b'"exportDate"')
_MESSAGE: Final = (b'"MessageList"', b'"originalarrivaltime"')
_KINDS: Final[tuple[tuple[str, MessageKind], ...]] = (
    ("Event/Call", "call"), ("RichText/Location", "location"), ("RichText/Contacts", "contact"),
    ("Poll", "poll"), ("RichText", "message"), ("Text", "message"),
)  # fmt: skip
"""What a kind of message begins with; all others are the service's."""
_LENGTH: Final = re.compile(r"<duration>([0-9.]{1,19})</duration>")
_CALL: Final = re.compile(r'<partlist\b[^<>]{0,300}?\btype="([a-zA-Z]{1,30})"')
_MISSED: Final = "missed"
_QUOTE: Final = re.compile(r'<quote\b[^<>]{0,2000}?\bmessageid="([^"]{1,100})"')
_EDITED: Final = "<e_m "
_FILE: Final = re.compile(r'<URIObject\b[^<>]{0,2000}?\buri="([^"]{1,1000})"')
_OBJECT_ID: Final = re.compile(r"/objects/([^/\"]{1,200})")
_ORIGINAL: Final = re.compile(r'<OriginalName\b[^<>]{0,100}?\bv="([^"]{1,1000})"')
_SIZE: Final = re.compile(r'<FileSize\b[^<>]{0,100}?\bv="([0-9]{1,15})"')
_NEAR_CHARS: Final = 5_000
"""How far behind the address of a file its name and its size are looked for."""
_GROUP: Final = "19:"
_OWNER: Final = Party(role="owner")


class SkypeReader:
    """All chats of an account."""

    name = "skype"
    version = 3
    media_types: tuple[str, ...] = ("application/json",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by the fields of the account, or of a message in it."""
        if not _OBJECT.match(head):
            return NO
        is_one = all(key in head for key in _ACCOUNT) or all(key in head for key in _MESSAGE)
        return SURE if is_one else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages in the order of the file, chat after chat."""
        window = Window(stream)
        records = JsonRecords(
            window,
            notes,
            arrays=frozenset({"MessageList"}),
            through=frozenset({"conversations"}),
        )
        for number, record in enumerate(read_records(records, window, notes), 1):
            yield _message(number, record, word(records.root.get("userId")))
        if date := word(records.root.get("exportDate")):
            notes.tell("exported", date[:MAX_FACT_CHARS])
        notes.cover(window.start + len(window.data))


def _message(number: int, record: JsonRecord, owner: str) -> Message:
    value, flags = record.value, list(record.flags)
    what, content = word(value.get("messagetype")), word(value.get("content"))
    kind = _kind(what)
    found = _CALL.search(content) if kind == "call" else None
    if found and found[1].lower() == _MISSED:
        flags.append("missed-call")
    properties = as_dict(value.get("properties"))
    has_tags = "<" in content
    files = list(islice(_files(content), MAX_PARTS + 1)) if has_tags else []
    if len(files) > MAX_PARTS:
        flags.append("parts-cut")
    sent = flagged(told_local(word(value.get("originalarrivaltime"))), flags)
    text = _text(kind, what, content, flags)
    sender, recipients, conversation = _parties(value, record.around, owner)
    quote = _QUOTE.search(content) if has_tags else None
    return make_message(
        number,
        record.place,
        kind,
        sender=sender,
        recipients=recipients,
        sent=sent,
        text=text,
        conversation=conversation,
        native_id=word(value.get("id")),
        reply_to=html.unescape(quote[1]) if quote else "",
        attachments=tuple(files[:MAX_PARTS]),
        is_edited="edittime" in properties or (has_tags and _EDITED in content),
        is_deleted="deletetime" in properties,
        flags=tuple(flags),
        duration_s=_length(content) if kind == "call" else None,
    )


def _length(content: str) -> int | None:
    """How long a call was: each who took part has a length, and the longest is that of the call."""
    lengths = (call_length(found[1]) for found in _LENGTH.finditer(content))
    return max((one for one in lengths if one is not None), default=None)


def _kind(what: str) -> MessageKind:
    for key, kind in _KINDS:
        if what.startswith(key):
            return kind
    return "system"


def _text(kind: MessageKind, what: str, content: str, flags: list[str]) -> str:
    """Its words; of an event or a call all that the export says."""
    if kind in {"call", "system"}:
        text = f"{what}: {content}" if content else what
    elif what == "Text":
        text = content
    else:
        shown = html_text(content)
        text = shown.text.strip()
        flags += ["text-cut"] * shown.is_cut
    if len(text) > MAX_TEXT_CHARS and "text-cut" not in flags:
        flags.append("text-cut")
    return text[:MAX_TEXT_CHARS]


def _parties(
    value: dict[str, Any], around: dict[str, Any], owner: str
) -> tuple[Party, tuple[Party, ...], str]:
    """Who it is from and to, and what the chat is called."""
    id_, label = word(value.get("from")), word(value.get("displayName"))
    chat, title = word(around.get("id")), word(around.get("displayName"))
    conversation = f"{title} ({chat})" if title and chat else title or chat
    is_own = bool(owner) and id_ == owner
    sender = Party(label, id_, "owner" if is_own else "")
    if chat.startswith(_GROUP) or not chat:
        return sender, (), conversation
    return sender, (Party(title, chat, "to"),) if is_own else (_OWNER,), conversation


def _files(content: str) -> Iterator[Attachment]:
    """The files that it points to: they lie in `media/`, by the id in their address."""
    for found in _FILE.finditer(content):
        address = html.unescape(found[1])
        id_ = _OBJECT_ID.search(address)
        end = found.end() + _NEAR_CHARS
        name = _ORIGINAL.search(content, found.end(), end)
        size = _SIZE.search(content, found.end(), end)
        yield Attachment(
            html.unescape(name[1]) if name else address,
            size_bytes=int(size[1]) if size else None,
            status="missing",
            place=Place(item=id_[1] if id_ else ""),
        )
