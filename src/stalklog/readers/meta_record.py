"""One message of Instagram or Messenger, and the reactions to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from stalklog.readers.call_length import call_length
from stalklog.readers.epoch import told_epoch
from stalklog.readers.json_value import dicts
from stalklog.records.message import Attachment, Party, make_message
from stalklog.safety.limits import MAX_PARTS, MAX_RECIPIENTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stalklog.readers.beside import FilesBeside
    from stalklog.readers.json_records import JsonRecord
    from stalklog.readers.zip_members import Member
    from stalklog.records.message import Message, MessageKind, Told

_FILES: Final = ("photos", "videos", "audio_files", "gifs", "files", "media")
_NAMING: Final = frozenset({*_FILES, "sticker"})
"""Where a message names files."""
_ADDRESSES: Final = ("http://", "https://")
_MESSAGES: Final = "messages/"
_SYSTEM: Final = frozenset({"Subscribe", "Unsubscribe", "Plan", "Payment"})


@dataclass(slots=True)
class Thread:
    """The file that messages stand in, as far as it tells of each of them."""

    mend: Callable[[str], str]
    """Puts the letters of a text right."""
    conversation: str = ""
    """What the thread is called and where it lies."""
    files: FilesBeside[Member] | None = None
    """The files inside the same zip, known by their `tail`s."""
    _recipients: dict[str, tuple[Party, ...]] = field(default_factory=dict)
    _parties: dict[str, Party] = field(default_factory=dict)

    def word(self, value: Any) -> str:  # noqa: ANN401 - what JSON can hold
        """What is a text, with its letters put right; anything else is nothing."""
        if not isinstance(value, str):
            return ""
        return value if value.isascii() else self.mend(value)

    def party(self, name: str) -> Party:
        """Somebody who writes."""
        known = self._parties.get(name)
        if known is None:
            known = Party(name)
            if len(self._parties) < MAX_RECIPIENTS:
                self._parties[name] = known
        return known

    def recipients(self, sender: str, participants: Any) -> tuple[Party, ...]:  # noqa: ANN401 - JSON
        """Those who take part, without the sender."""
        known = self._recipients.get(sender)
        if known is None:
            names = (
                one.get("name") if isinstance(one, dict) else one
                for one in (participants if isinstance(participants, list) else [])
            )
            words = (self.mend(name) for name in names if isinstance(name, str))
            known = tuple(Party(word, role="to") for word in words if word != sender)
            known = known[:MAX_RECIPIENTS]
            if len(self._recipients) < MAX_RECIPIENTS:
                self._recipients[sender] = known
        return known


def meta_messages(record: JsonRecord, first: int, thread: Thread) -> Iterator[Message]:
    """The message, then each reaction to it.

    Args:
        record: What the file says.
        first: The number of the message.
        thread: The file.
    """
    value, word = record.value, thread.word
    flags = list(record.flags)
    sender = word(value.get("sender_name")) or word(value.get("senderName"))
    sent = _told(value, flags)
    text = word(value.get("content")) or word(value.get("text")) or _shared(value, thread)
    attachments = () if _NAMING.isdisjoint(value) else _attachments(value, thread, flags)
    kind = _kind(value)
    if kind == "call" and (value.get("missed") is True or value.get("call_duration") == 0):
        flags.append("missed-call")
    seconds = call_length(value.get("call_duration")) if kind == "call" else None
    if kind == "call" and not text and seconds is None:
        text = f'"call_duration": {value.get("call_duration")}'
    if len(text) > MAX_TEXT_CHARS:
        flags.append("text-cut")
    is_unsent = value.get("is_unsent", value.get("isUnsent"))
    yield make_message(
        first,
        record.place,
        kind,
        sender=thread.party(sender),
        recipients=thread.recipients(sender, record.around.get("participants")),
        sent=sent,
        text=text[:MAX_TEXT_CHARS],
        conversation=thread.conversation,
        attachments=attachments,
        is_deleted=is_unsent if isinstance(is_unsent, bool) else None,
        flags=tuple(dict.fromkeys(flags)) if flags else (),
        duration_s=seconds,
    )
    reactions = value.get("reactions")
    for number, one in enumerate(dicts(reactions)[:MAX_PARTS] if reactions else (), first + 1):
        yield make_message(
            number,
            record.place,
            "reaction",
            parent=first,
            sender=thread.party(word(one.get("actor"))),
            sent=_epoch(one.get("timestamp")),
            text=word(one.get("reaction")),
            conversation=thread.conversation,
        )


def tail(name: str) -> str:
    """The name of a file without the folders that the whole export lies in."""
    at = name.find(_MESSAGES)
    return name[at:] if at >= 0 else name


def _told(value: dict[str, Any], flags: list[str]) -> Told | None:
    date = value.get("timestamp_ms", value.get("timestamp"))
    told = _epoch(date)
    if told is None or told.instant is None:
        flags.append("no-date" if told is None else "bad-date")
    return told


def _epoch(date: Any) -> Told | None:  # noqa: ANN401 - what JSON can hold
    if isinstance(date, str | int | float) and not isinstance(date, bool):
        return told_epoch(str(date)[:40])
    return None


def _kind(value: dict[str, Any]) -> MessageKind:
    kind = value.get("type")
    if kind == "Call" or "call_duration" in value:
        return "call"
    return "system" if isinstance(kind, str) and kind in _SYSTEM else "message"


def _shared(value: dict[str, Any], thread: Thread) -> str:
    """What is written on something that was passed on: its words and its address."""
    share = value.get("share")
    if not isinstance(share, dict):
        return ""
    words = (thread.word(share.get(key)) for key in ("share_text", "link"))
    return "\n".join(filter(None, words))


def _attachments(value: dict[str, Any], thread: Thread, flags: list[str]) -> tuple[Attachment, ...]:
    named = [one for key in _FILES for one in dicts(value.get(key))]
    named += dicts([value.get("sticker")])
    if len(named) > MAX_PARTS:
        flags.append("parts-cut")
    addresses = (thread.word(one.get("uri")) for one in named[:MAX_PARTS])
    return tuple(_attachment(uri, thread.files) for uri in addresses if uri)


def _attachment(uri: str, files: FilesBeside[Member] | None) -> Attachment:
    """A file that should lie in the same zip, or an address."""
    if uri.startswith(_ADDRESSES):
        return Attachment(uri, status="remote")
    attachment = Attachment(uri, status="missing")
    return files.named(attachment, uri) if files else attachment
