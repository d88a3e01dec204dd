"""One message of Instagram or Messenger, and the reactions to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from stalklog.readers.epoch import told_epoch
from stalklog.records.message import Attachment, Message, Party
from stalklog.safety.limits import MAX_PARTS, MAX_RECIPIENTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stalklog.readers.json_records import JsonRecord
    from stalklog.readers.zip_members import Member
    from stalklog.records.message import MessageKind, Told

_FILES: Final = ("photos", "videos", "audio_files", "gifs", "files", "media")
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
    files: Mapping[str, Member] = field(default_factory=dict)
    """The files inside the same zip, by their names and by their `tail`s."""
    _recipients: dict[str, tuple[Party, ...]] = field(default_factory=dict)

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
    value, word = record.value, _Words(thread.mend)
    flags = list(record.flags)
    sender = word(value.get("sender_name")) or word(value.get("senderName"))
    sent = _told(value, flags)
    text = word(value.get("content")) or word(value.get("text")) or _shared(value, word)
    attachments = tuple(_attachments(value, word, thread.files, flags))
    kind = _kind(value)
    if kind == "call" and (value.get("missed") is True or value.get("call_duration") == 0):
        flags.append("missed-call")
    if kind == "call" and not text:
        text = f'"call_duration": {value.get("call_duration")}'
    if len(text) > MAX_TEXT_CHARS:
        flags.append("text-cut")
    is_unsent = value.get("is_unsent", value.get("isUnsent"))
    yield Message(
        first,
        record.place,
        kind,
        sender=Party(sender),
        recipients=thread.recipients(sender, record.around.get("participants")),
        sent=sent,
        text=text[:MAX_TEXT_CHARS],
        conversation=thread.conversation,
        attachments=attachments,
        is_deleted=is_unsent if isinstance(is_unsent, bool) else None,
        flags=tuple(dict.fromkeys(flags)),
    )
    reactions = value.get("reactions")
    for number, one in enumerate(_dicts(reactions)[:MAX_PARTS], first + 1):
        yield Message(
            number,
            record.place,
            "reaction",
            parent=first,
            sender=Party(word(one.get("actor"))),
            sent=_epoch(one.get("timestamp")),
            text=word(one.get("reaction")),
            conversation=thread.conversation,
        )


def tail(name: str) -> str:
    """The name of a file without the folders that the whole export lies in."""
    at = name.find(_MESSAGES)
    return name[at:] if at >= 0 else name


class _Words:
    """Takes what is a text, with its letters put right; anything else is nothing."""

    def __init__(self, mend: Callable[[str], str]) -> None:
        self._mend = mend

    def __call__(self, value: Any) -> str:  # noqa: ANN401 - what JSON can hold
        return self._mend(value) if isinstance(value, str) else ""


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


def _shared(value: dict[str, Any], word: _Words) -> str:
    """What is written on something that was passed on: its words and its address."""
    share = value.get("share")
    if not isinstance(share, dict):
        return ""
    return "\n".join(filter(None, (word(share.get("share_text")), word(share.get("link")))))


def _attachments(
    value: dict[str, Any], word: _Words, files: Mapping[str, Member], flags: list[str]
) -> Iterator[Attachment]:
    named = [one for key in _FILES for one in _dicts(value.get(key))]
    named += _dicts([value.get("sticker")])
    if len(named) > MAX_PARTS:
        flags.append("parts-cut")
    for one in named[:MAX_PARTS]:
        uri = word(one.get("uri"))
        if uri.startswith(_ADDRESSES):
            yield Attachment(uri, status="remote")
        elif uri:
            yield _file(uri, files)


def _file(uri: str, files: Mapping[str, Member]) -> Attachment:
    """A file that should lie in the same zip, under its name or in a folder of the export."""
    name = uri.removeprefix("./")
    found = files.get(name) or files.get(tail(name))
    if found is None:
        return Attachment(uri, status="missing")
    return Attachment(uri, size_bytes=found.size_bytes, place=found.place)


def _dicts(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - what JSON can hold
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
