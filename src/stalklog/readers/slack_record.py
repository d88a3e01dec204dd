"""One message of Slack, what it said before, what was shown below it, and the reactions to it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from stalklog.readers.below import Below, messages_below
from stalklog.readers.epoch import flagged
from stalklog.readers.exact_time import told_decimal
from stalklog.readers.json_value import as_dict, dicts, join, size, word, words
from stalklog.records.message import Attachment, Party, make_message
from stalklog.safety.limits import MAX_FACT_CHARS, MAX_NAMES, MAX_PARTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.json_records import JsonRecord
    from stalklog.records.message import Message, MessageKind, Place

_BY_PEOPLE: Final = frozenset(
    {"", "bot_message", "me_message", "file_share", "file_comment", "file_mention"}
    | {"thread_broadcast", "reply_broadcast", "slackbot_response", "tombstone", "message_changed"}
    | {"message_deleted", "message_replied", "document_mention", "assistant_app_thread"}
)
"""Subtypes of what somebody wrote; any other one is an event."""
_CALLS: Final = frozenset({"huddle_thread", "sh_room_created", "sh_room_shared", "call"})
_DELETED: Final = frozenset({"tombstone", "message_deleted"})
_BEFORE: Final = ("message", "previous_message", "original")
"""Where a changed message holds what it says now, and what it said."""
_MORE: Final = frozenset({*_BEFORE, "attachments", "reactions"})
_NAMING: Final = frozenset({"username", "user_profile", "bot_profile"})
"""Where a message itself names who wrote it."""
_ESCAPES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_NOT_THERE: Final = frozenset({"hidden_by_limit", "access_denied", "tombstone"})


class Users:
    """The people of a workspace by their numbers.

    Args:
        notes: Told once if there are too many.
    """

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._labels: dict[str, str] = {}
        self._is_full = False

    def learn(self, user: dict[str, Any]) -> None:
        """Take in somebody."""
        id_ = word(user.get("id"))
        if len(self._labels) < MAX_NAMES:
            self._labels.setdefault(id_[:MAX_FACT_CHARS], label_of(user)[:MAX_FACT_CHARS])
        elif not self._is_full:
            self._is_full = True
            self._notes.leave("over-limit", detail="names")

    def party(self, id_: str, role: str = "") -> Party:
        """Somebody; one whom the workspace does not list has only the number."""
        return Party(self._labels.get(id_, ""), id_, role)


def label_of(user: dict[str, Any]) -> str:
    """The name that is shown, then that of the account."""
    profile = as_dict(user.get("profile"))
    names = (profile.get("display_name"), user.get("real_name"), profile.get("real_name"))
    shown = next(filter(None, map(word, names)), "")
    account = word(user.get("name"))
    return f"{shown} ({account})" if shown and account and shown != account else shown or account


def _nowhere(_file: dict[str, Any]) -> Attachment | None:
    return None


@dataclass(frozen=True, slots=True)
class Room:
    """The channel or chat that messages stand in."""

    users: Users
    conversation: str = ""
    members: tuple[str, ...] = ()
    """Who takes part in a chat of two."""
    file: Callable[[dict[str, Any]], Attachment | None] = field(default=_nowhere)
    """A file inside the same zip."""

    def recipients(self, sender: Party) -> tuple[Party, ...]:
        """The other one of two."""
        if len(self.members) != 2 or sender.id not in self.members:  # noqa: PLR2004 - a chat of two
            return ()
        return tuple(self.users.party(one, role="to") for one in self.members if one != sender.id)


def slack_messages(record: JsonRecord, first: int, room: Room) -> Iterable[Message]:
    """The message, then earlier forms of it, what was shown below it, and the reactions.

    Args:
        record: What the export says.
        first: The number of the message.
        room: The channel.
    """
    message = _message(record.value, first, record.place, room)
    if not record.flags and _MORE.isdisjoint(record.value):
        return (message,)
    return _with_more(message, record, first, room)


def _with_more(message: Message, record: JsonRecord, first: int, room: Room) -> Iterator[Message]:
    value, place = record.value, record.place
    before = [one for key in _BEFORE if (one := as_dict(value.get(key)))]
    below = [*_shown(value), *_reactions(value, room)]
    flags = (*record.flags, *message.flags)
    if len(before) + len(below) > MAX_PARTS:
        flags = (*flags, "parts-cut")
    yield replace(message, flags=flags) if flags else message
    number = first
    for one in before:
        number += 1
        yield replace(_message(one, number, place, room), parent=first)
    yield from messages_below(message, below, number + 1)


def _message(value: dict[str, Any], number: int, place: Place, room: Room) -> Message:
    flags: list[str] = []
    subtype, ts = word(value.get("subtype")), word(value.get("ts"))
    sender = _sender(value, room)
    sent = flagged(told_decimal(ts), flags)
    has_files = "files" in value or "file" in value
    attachments = tuple(_attachments(value, room, flags)) if has_files else ()
    text = _unescaped(word(value.get("text")))
    if not text and not attachments and value.get("blocks"):
        text = json.dumps(value["blocks"], ensure_ascii=False)
    if subtype in _CALLS and "room" in value:
        text = join(text, json.dumps(value["room"], ensure_ascii=False))
    if len(text) > MAX_TEXT_CHARS:
        flags.append("text-cut")
    thread = word(value.get("thread_ts"))
    return make_message(
        number,
        place,
        _kind(subtype),
        sender=sender,
        recipients=room.recipients(sender),
        sent=sent,
        text=text[:MAX_TEXT_CHARS],
        conversation=room.conversation,
        native_id=ts,
        reply_to=thread if thread != ts else "",
        attachments=attachments,
        is_edited="edited" in value or subtype == "message_changed",
        is_deleted=subtype in _DELETED,
        flags=tuple(flags),
    )


def _kind(subtype: str) -> MessageKind:
    if subtype in _CALLS:
        return "call"
    return "message" if subtype in _BY_PEOPLE else "system"


def _sender(value: dict[str, Any], room: Room) -> Party:
    """Who wrote it; of one whom the workspace does not list, the name beside the message."""
    bot_id = word(value.get("bot_id"))
    party = room.users.party(word(value.get("user")) or bot_id, role="bot" if bot_id else "")
    if party.label or _NAMING.isdisjoint(value):
        return party
    profile, bot = as_dict(value.get("user_profile")), as_dict(value.get("bot_profile"))
    label = (
        word(value.get("username"))
        or word(profile.get("display_name"))
        or word(profile.get("real_name"))
        or word(profile.get("name"))
        or word(bot.get("name"))
    )
    return Party(label, party.id, party.role)


def _unescaped(text: str) -> str:
    """A text without the three escapes that Slack puts in it; its own marks stay as they are."""
    if "&" in text:
        for escape, letter in _ESCAPES:
            text = text.replace(escape, letter)
    return text


def _attachments(value: dict[str, Any], room: Room, flags: list[str]) -> Iterator[Attachment]:
    files = [*dicts(value.get("files")), *dicts([value.get("file")])]
    if len(files) > MAX_PARTS:
        flags.append("parts-cut")
    for one in files[:MAX_PARTS]:
        found = room.file(one)
        name = word(one.get("name")) or word(one.get("title")) or word(one.get("id"))
        media_type, size_bytes = word(one.get("mimetype")), size(one.get("size"))
        address = word(one.get("url_private")) or word(one.get("permalink"))
        if found:
            yield replace(found, name=name, media_type=media_type)
        elif word(one.get("mode")) in _NOT_THERE:
            yield Attachment(name, media_type, size_bytes, status="omitted")
        elif address:
            yield Attachment(address, media_type, size_bytes, status="remote")
        else:
            yield Attachment(name, media_type, size_bytes, status="missing")


def _shown(value: dict[str, Any]) -> Iterator[Below]:
    """What Slack showed of an address, or a program wrote: no words of the sender's."""
    for one in dicts(value.get("attachments")):
        fields = (
            join(word(each.get("title")), word(each.get("value")))
            for each in dicts(one.get("fields"))
        )
        parts = (one.get(key) for key in ("pretext", "author_name", "title", "text"))
        text = join(*map(word, parts), *fields, word(one.get("footer")))
        address = word(one.get("from_url")) or word(one.get("title_link"))
        url = address or word(one.get("image_url"))
        yield Below("other", text=_unescaped(text or word(one.get("fallback"))), url=url)


def _reactions(value: dict[str, Any], room: Room) -> Iterator[Below]:
    for one in dicts(value.get("reactions")):
        name, users = word(one.get("name")), words(one.get("users"))
        for user in users:
            yield Below("reaction", room.users.party(user), name)
        count = one.get("count")
        if isinstance(count, int) and count > len(users):
            yield Below("reaction", text=f"{name} ({count - len(users)})")
