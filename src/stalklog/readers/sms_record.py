"""One SMS, MMS or call, from the tags that it is made of."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from stalklog.readers.call_length import call_length
from stalklog.readers.epoch import told_epoch
from stalklog.readers.xml_text import unescape
from stalklog.records.message import Attachment, Party, Place, make_message
from stalklog.safety.limits import MAX_PARTS, MAX_RECIPIENTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from stalklog.readers.xml_tags import Tag
    from stalklog.records.message import AttachmentStatus, Message

_MESSAGE_FLAGS: Final = {
    "1": "", "2": "", "3": "unsent", "4": "waiting", "5": "failed", "6": "waiting",
}  # fmt: skip
"""Received, sent, draft, outbox, failed, queued."""
_CALL_FLAGS: Final = {
    "1": "", "2": "", "3": "missed-call", "4": "voicemail", "5": "rejected-call",
    "6": "blocked-call", "7": "",
}  # fmt: skip
"""Taken, made, missed, recorded, declined, blocked, taken on another device."""
_RECEIVED: Final = "1"
_MADE: Final = "2"
_FROM: Final = "137"
_ROLES: Final = {"151": "to", "130": "cc", "129": "bcc"}
_OWN_NUMBER: Final = "insert-address-token"
"""What Android writes for the phone's own number."""
_OWNER: Final = Party(role="owner")
_Parties: TypeAlias = tuple[Party, tuple[Party, ...]]
_NOBODY: Final[_Parties] = (Party(), ())
_LAYOUT: Final = "application/smil"
_TEXT: Final = "text/plain"
_UNKNOWN: Final = "(Unknown)"
_NULL: Final = "null"
_BETWEEN: Final = "~"
_KNOWN: Final = 4_096
"""Names and numbers that are remembered, so that not each message has its own copy."""


class SmsRecord:
    """A message or call that is being read.

    Args:
        tag: Its first tag, or that it begins.
    """

    __slots__ = (
        "_addresses",
        "_attachments",
        "_flags",
        "_parts",
        "_texts",
        "_values",
        "name",
        "start",
    )

    def __init__(self, tag: Tag) -> None:
        self.name = tag.name
        self.start = tag.start
        self._values = tag.values
        self._flags: list[str] = list(tag.flags)
        self._texts: list[str] = []
        self._attachments: list[Attachment] = []
        self._addresses: list[tuple[str, str]] = []
        self._parts = 0

    def begin(self, tag: Tag) -> None:
        """The first tag, of which only the beginning was known."""
        self._values = tag.values
        self._flags += tag.flags

    def add(self, tag: Tag) -> None:
        """A tag inside of it."""
        if tag.kind in {"close", "begins"}:
            return
        self._flags += tag.flags
        if tag.name == b"part":
            self._parts += 1
            if self._parts <= MAX_PARTS:
                self._add_part(tag)
            else:
                self._flags.append("parts-cut")
        elif tag.name == b"addr":
            if len(self._addresses) < MAX_RECIPIENTS:
                address = self._given("address", tag.values)
                self._addresses.append((tag.values.get("type", ""), address))
            else:
                self._flags.append("recipients-cut")

    def message(self, number: int, end: int, sha256: str, *, is_whole: bool) -> Message:
        """All that was found.

        Args:
            number: Its number in the reading.
            end: One past its last byte.
            sha256: SHA-256 of its bytes.
            is_whole: Whether its end is there.
        """
        if not is_whole:
            self._flags.append("cut-off")
        is_call, is_mms, get = self.name == b"call", self.name == b"mms", self._get
        is_received = self._is_received(is_call=is_call, is_mms=is_mms)
        address = get("number" if is_call else "address")
        label = get("contact_name")
        label = "" if label == _UNKNOWN else label
        conversation, sent, received = _known(label, address)
        if is_received is None:
            self._flags.append("bad-structure")
            sender, recipients = _NOBODY
        elif self._addresses:
            sender, recipients = self._parties(label, address, is_received=is_received)
        else:
            sender, recipients = received if is_received else sent
        date, date_sent = get("date"), get("date_sent")
        told = told_epoch(date, get("readable_date")) if date else None
        if told is None or told.instant is None:
            self._flags.append("bad-date" if told else "no-date")
        came = is_received and not is_call
        seconds = call_length(get("duration")) if is_call else None
        text = self._text() if seconds is None else ""
        return make_message(
            number,
            Place(self.start, end, sha256=sha256),
            "call" if is_call else "message",
            sender=sender,
            recipients=recipients,
            sent=(told_epoch(date_sent) if date_sent not in {"", "0"} else None) if came else told,
            received=told if came else None,
            subject=get("sub" if is_mms else "subject"),
            text=text,
            conversation=conversation,
            native_id=get("m_id"),
            attachments=tuple(self._attachments),
            flags=tuple(dict.fromkeys(self._flags)) if self._flags else (),
            duration_s=seconds,
        )

    def _is_received(self, *, is_call: bool, is_mms: bool) -> bool | None:
        """Whether it came to the owner of the phone; None where that is not said."""
        code = self._values.get("msg_box" if is_mms else "type", "")
        flag = (_CALL_FLAGS if is_call else _MESSAGE_FLAGS).get(code)
        if flag is None:
            return None
        if flag:
            self._flags.append(flag)
        return code != _MADE if is_call else code == _RECEIVED

    def _parties(
        self, label: str, address: str, *, is_received: bool
    ) -> tuple[Party, tuple[Party, ...]]:
        """Who an MMS with addresses is from and to."""
        recipients = tuple(
            _OWNER
            if one == _OWN_NUMBER
            else Party(label if one == address else "", one, _ROLES[kind])
            for kind, one in self._addresses
            if kind in _ROLES
        )
        senders = [one for kind, one in self._addresses if kind == _FROM and one != _OWN_NUMBER]
        if not is_received:
            return Party(id=senders[0] if senders else "", role="owner"), recipients
        is_group = _BETWEEN in address
        sender = senders[0] if senders else "" if is_group else address
        return Party("" if is_group else label, sender), recipients

    def _text(self) -> str:
        if self.name == b"sms":
            text = self._words(self._values.get("body", ""))
        elif self.name == b"call":
            seconds = self._get("duration")
            text = f'duration="{seconds}"' if seconds else ""
        else:
            text = "\n".join(self._texts)
        if len(text) > MAX_TEXT_CHARS:
            self._flags.append("text-cut")
        return text[:MAX_TEXT_CHARS]

    def _add_part(self, tag: Tag) -> None:
        values = tag.values
        media_type = values.get("ct", "")
        if media_type == _LAYOUT:
            return
        if media_type == _TEXT and "text" in values:
            self._texts.append(self._words(values["text"])[: MAX_TEXT_CHARS + 1])
            return
        names = (self._given(key, values) for key in ("name", "fn", "cl"))
        name = next(filter(None, names), "")
        self._attachments.append(_attachment(tag, name, self._words(media_type)))
        if self._attachments[-1].status == "unread":
            self._flags.append("bad-encoding")

    def _get(self, key: str) -> str:
        """A value of its own."""
        value = self._values.get(key, _NULL)
        if value == _NULL:
            return ""
        return self._words(value) if "&" in value else value

    def _given(self, key: str, values: dict[str, str]) -> str:
        """A value; what the app writes for nothing, `null`, is nothing."""
        value = values.get(key, _NULL)
        return "" if value == _NULL else self._words(value)

    def _words(self, value: str) -> str:
        """A value, decoded; words that somebody wrote may well be `null`."""
        if "&" not in value:
            return value
        text, flags = unescape(value)
        self._flags += flags
        return text


@lru_cache(_KNOWN)
def _known(label: str, address: str) -> tuple[str, _Parties, _Parties]:
    """What a conversation is called; who a message in it is from and to, if sent, and if received.

    The owner of the phone has no name in such a file.
    """
    if _BETWEEN in address:
        others = tuple(Party("", one, "to") for one in address.split(_BETWEEN, MAX_RECIPIENTS))
        sent, received = (_OWNER, others), (Party(), (_OWNER,))
    else:
        to = (Party(label, address, "to"),) if label or address else ()
        sent, received = (_OWNER, to), (Party(label, address), (_OWNER,))
    name = f"{label} ({address})" if label and address else label or address
    return name, sent, received


def _attachment(tag: Tag, name: str, media_type: str) -> Attachment:
    data = tag.data
    status: AttachmentStatus = "present"
    if data is None or data.is_null or data.start == data.end:
        return Attachment(name, media_type, status="missing")
    if not data.is_sound:
        status = "unread"
    place = Place(data.start, data.end, sha256=data.written_sha256)
    size_bytes = data.size_bytes if data.is_sound else None
    return Attachment(name, media_type, size_bytes, data.sha256, status, place)
