"""A chat, or all chats of an account, as Telegram Desktop writes them: `result.json`.

The fields are those of Telegram Desktop's source, `export_output_json.cpp`. Its control letters
are written as escapes that JSON does not have, and are read all the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from stalklog.readers.base import LIKELY, NO, SURE
from stalklog.readers.call_length import call_length
from stalklog.readers.epoch import flagged, told_epoch, told_local
from stalklog.readers.json_records import JsonRecords, read_records
from stalklog.readers.json_value import word
from stalklog.readers.telegram_gaps import Gaps
from stalklog.readers.window import Window
from stalklog.records.message import Attachment, Party, make_message
from stalklog.safety.limits import MAX_FACT_CHARS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.json_records import JsonRecord
    from stalklog.records.message import Message, MessageKind, Told

_OBJECT: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*+\{")
_MESSAGE: Final = re.compile(rb'"type"\s{0,20}:\s{0,20}"(?:message|service|unsupported)"')
_CHAT: Final = re.compile(
    rb'"type"\s{0,20}:\s{0,20}"(?:personal_chat|bot_chat|saved_messages|replies|private_group'
    rb'|private_supergroup|public_supergroup|private_channel|public_channel)"'
)
_ACCOUNT: Final = re.compile(
    rb'"(?:personal_information|profile_pictures|chats)"\s{0,20}:\s{0,20}[{\[]'
)
_OWN: Final = (b'"date_unixtime"', b'"text_entities"', b'"from_id"', b'"actor_id"')
_THROUGH: Final = frozenset({"chats", "left_chats", "list"})
_KINDS: Final[tuple[tuple[str, MessageKind], ...]] = (
    ("poll", "poll"),
    ("location_information", "location"),
    ("contact_information", "contact"),
)
_CALLS: Final = frozenset({"phone_call", "group_call"})
_ENDS: Final = {"missed": "missed-call", "busy": "rejected-call"}
_FILES: Final = ("photo", "file")
_NOT_INCLUDED: Final = "(File "
"""How it writes that it left a file out: `(File not included. Change data exporting settings…)`."""
_SHOWN_APART: Final = frozenset(
    {"id", "type", "date", "date_unixtime", "edited", "edited_unixtime", "actor", "actor_id"}
    | {"from", "from_id", "text", "text_entities", "reply_to_message_id"}
)
_LENGTH: Final = "duration_seconds"
"""Of a call."""
_FACTS: Final = ("name", "type", "id")
_NEVER: Final = frozenset({"", "0"})
_LONG_AGO: Final = ("1970-01-01", "1969-12-31")
"""The beginning of time, east and west of Greenwich."""


class TelegramReader:
    """The chats of an account."""

    name = "telegram"
    version = 4
    media_types: tuple[str, ...] = ("application/json",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by a message with a field of Telegram's; likely by the beginning of an account."""
        if not _OBJECT.match(head):
            return NO
        if _MESSAGE.search(head):
            has_own = any(key in head for key in _OWN) or _CHAT.search(head)
            return SURE if has_own and b'"messages"' in head else NO
        if _CHAT.search(head) and b'"messages"' in head:
            return LIKELY
        is_account = b'"about"' in head and b"Telegram" in head and _ACCOUNT.search(head)
        return LIKELY if is_account else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """Every message and event, chat after chat."""
        window = Window(stream)
        records = JsonRecords(window, notes, through=_THROUGH)
        gaps = Gaps()
        for number, record in enumerate(read_records(records, window, notes), 1):
            gaps.see(record)
            yield _message(number, record, notes.zone())
        gaps.tell(notes)
        if isinstance(records.root.get("type"), str):
            for key in _FACTS:
                if key in records.root:
                    notes.tell(f"chat.{key}", str(records.root[key])[:MAX_FACT_CHARS])
        notes.cover(window.start + len(window.data))


def _message(number: int, record: JsonRecord, zone: str | None) -> Message:
    value = record.value
    flags = list(record.flags)
    is_service = value.get("type") == "service"
    sender = "actor" if is_service else "from"
    sent = _told(value, flags, zone)
    text = _flat(value.get("text"))
    kind = _kind(value, is_service=is_service)
    seconds = call_length(value.get(_LENGTH)) if kind == "call" else None
    if is_service:
        shown = {key: one for key, one in value.items() if seconds is None or key != _LENGTH}
        text = "\n".join(filter(None, (text, _said_besides(shown))))
    reason = value.get("discard_reason")
    if kind == "call" and isinstance(reason, str) and reason in _ENDS:
        flags.append(_ENDS[reason])
    if len(text) > MAX_TEXT_CHARS:
        flags.append("text-cut")
    return make_message(
        number,
        record.place,
        kind,
        sender=Party(word(value.get(sender)), word(value.get(f"{sender}_id"))),
        sent=sent,
        text=text[:MAX_TEXT_CHARS],
        conversation=word(record.around.get("name")) or word(record.around.get("type")),
        native_id=word(value.get("id")),
        reply_to=word(value.get("reply_to_message_id")),
        attachments=tuple(_attachments(value)),
        is_edited=_is_edited(value),
        forwarded="inline" if "forwarded_from" in value else None,
        flags=tuple(flags),
        duration_s=seconds,
    )


def _told(value: dict[str, Any], flags: list[str], zone: str | None) -> Told | None:
    """When it was sent: the count of seconds if there is one, else a clock without a zone."""
    date, count = word(value.get("date")), word(value.get("date_unixtime"))
    if count:
        told = told_epoch(count, date)
        if told.instant is not None:
            return told
    return flagged(told_local(date or count, zone), flags)


def _is_edited(value: dict[str, Any]) -> bool:
    """Whether it was changed; up to 2020 a message that was not had the beginning of time there."""
    told = word(value.get("edited")) or word(value.get("edited_unixtime"))
    return told not in _NEVER and not told.startswith(_LONG_AGO)


def _kind(value: dict[str, Any], *, is_service: bool) -> MessageKind:
    if is_service:
        action = value.get("action")
        return "call" if isinstance(action, str) and action in _CALLS else "system"
    return next((kind for key, kind in _KINDS if key in value), "message")


def _flat(text: Any) -> str:  # noqa: ANN401 - what JSON can hold
    """A text, whose pieces may have forms: bold, a link."""
    if isinstance(text, str):
        return text
    if not isinstance(text, list):
        return ""
    pieces = (piece.get("text") if isinstance(piece, dict) else piece for piece in text)
    return "".join(piece for piece in pieces if isinstance(piece, str))


def _said_besides(value: dict[str, Any]) -> str:
    """What an event says of itself, in the words of the export: `action: phone_call`."""
    return ", ".join(
        f"{key}: {', '.join(map(word, one)) if isinstance(one, list) else word(one)}"
        for key, one in value.items()
        if key not in _SHOWN_APART and not isinstance(one, dict)
    )


def _attachments(value: dict[str, Any]) -> Iterator[Attachment]:
    """The files that it names, which lie beside the export and not in it."""
    for key in _FILES:
        path = value.get(key)
        if isinstance(path, str) and path:
            is_omitted = path.startswith(_NOT_INCLUDED)
            size_bytes = value.get(f"{key}_file_size" if key == "photo" else "file_size")
            name = word(value.get("file_name")) if is_omitted else path
            yield Attachment(
                name,
                word(value.get("mime_type")),
                size_bytes if isinstance(size_bytes, int) and size_bytes >= 0 else None,
                status="omitted" if is_omitted else "missing",
            )
