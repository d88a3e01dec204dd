"""One message of Google Chat, what it said before it was edited, and the reactions to it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from stalklog.readers.epoch import flagged
from stalklog.readers.google_chat_date import told_google
from stalklog.readers.json_value import as_dict, dicts, word, words
from stalklog.records.message import Attachment, Party, make_message
from stalklog.safety.limits import MAX_PARTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from stalklog.readers.json_records import JsonRecord
    from stalklog.records.message import Message, Place, Told

_ADDRESS: Final = "private_do_not_access_or_else_safe_url_wrapped_value"
"""Under this name Google writes an address."""

_BEFORE: Final = "previous_message_versions"
_MORE: Final = frozenset({_BEFORE, "reactions"})
_FILES: Final = frozenset({"attached_files", "annotations"})


def _nowhere(_name: str) -> Attachment | None:
    return None


@dataclass(frozen=True, slots=True)
class Group:
    """The conversation that messages stand in, as far as it is known."""

    conversation: str = ""
    members: tuple[Party, ...] = ()
    """Who takes part in a conversation of two."""
    owner: str = ""
    """The e-mail address whose account it is."""
    file: Callable[[str], Attachment | None] = field(default=_nowhere)
    """The file of that name beside the messages."""

    def party(self, creator: dict[str, Any]) -> Party:
        """Somebody by name and address."""
        address = word(creator.get("email"))
        is_owner = bool(address) and address.casefold() == self.owner.casefold()
        is_bot = word(creator.get("user_type")).casefold() == "bot"
        role = "owner" if is_owner else "bot" if is_bot else ""
        return Party(word(creator.get("name")), address, role)

    def recipients(self, sender: Party) -> tuple[Party, ...]:
        """The other one of two."""
        if not self.members:
            return ()
        others = tuple(one for one in self.members if one.id != sender.id)
        if len(others) != 1:
            return ()
        return (replace(others[0], role=others[0].role or "to"),)


def google_messages(record: JsonRecord, first: int, group: Group) -> Iterable[Message]:
    """The message, then what it said before it was edited, then the reactions to it.

    Args:
        record: What the export says.
        first: The number of the message.
        group: The conversation.
    """
    message = _message(record.value, first, record.place, group)
    if not record.flags and _MORE.isdisjoint(record.value):
        return (message,)
    return _with_more(message, record, first, group)


def _with_more(message: Message, record: JsonRecord, first: int, group: Group) -> Iterator[Message]:
    value = record.value
    before, reactions = dicts(value.get(_BEFORE)), list(_reactions(value))
    flags = (*record.flags, *message.flags)
    if len(before) + len(reactions) > MAX_PARTS:
        flags = (*flags, "parts-cut")
    yield replace(message, flags=flags) if flags else message
    number = first
    for one in before[:MAX_PARTS]:
        number += 1
        told = {"created_date": one.get("updated_date"), "creator": value.get("creator"), **one}
        yield replace(_message(told, number, record.place, group), parent=first)
    for address, emoji in reactions[: max(0, MAX_PARTS - len(before))]:
        number += 1
        yield make_message(
            number,
            record.place,
            "reaction",
            parent=first,
            sender=group.party({"email": address}),
            text=emoji,
            conversation=group.conversation,
        )


def _message(value: dict[str, Any], number: int, place: Place, group: Group) -> Message:
    flags: list[str] = []
    sender = group.party(as_dict(value.get("creator")))
    sent = _told(value, flags)
    is_deleted = value.get("message_state") == "DELETED" or "deletion_metadata" in value
    has_files = not _FILES.isdisjoint(value)
    attachments = tuple(_attachments(value, group, flags)) if has_files else ()
    text = word(value.get("text"))
    if not text and not attachments and value.get("annotations"):
        text = json.dumps(value["annotations"], ensure_ascii=False)
    if len(text) > MAX_TEXT_CHARS:
        flags.append("text-cut")
    quoted = as_dict(value.get("quoted_message_metadata"))
    return make_message(
        number,
        place,
        sender=sender,
        recipients=group.recipients(sender),
        sent=sent,
        text=text[:MAX_TEXT_CHARS],
        conversation=group.conversation,
        native_id=word(value.get("message_id")),
        reply_to=word(quoted.get("message_id")) or _thread(value),
        attachments=attachments,
        is_edited="updated_date" in value or _BEFORE in value,
        is_deleted=is_deleted,
        flags=tuple(flags),
    )


def _told(value: dict[str, Any], flags: list[str]) -> Told | None:
    """When it was written; of some that were changed only their first form tells that."""
    written = word(value.get("created_date"))
    if not written:
        before = (word(one.get("created_date")) for one in dicts(value.get(_BEFORE)))
        written = next(filter(None, before), "")
    return flagged(told_google(written), flags)


def _thread(value: dict[str, Any]) -> str:
    """The message that its thread began with: its number ends with that of the thread, twice."""
    group, _slash, rest = word(value.get("message_id")).partition("/")
    topic, _slash, own = rest.partition("/")
    return f"{group}/{topic}/{topic}" if own and own != topic else ""


def _attachments(value: dict[str, Any], group: Group, flags: list[str]) -> Iterator[Attachment]:
    files, annotations = dicts(value.get("attached_files")), dicts(value.get("annotations"))
    if len(files) + len(annotations) > MAX_PARTS:
        flags.append("parts-cut")
    for one in files[:MAX_PARTS]:
        name = word(one.get("export_name"))
        found = group.file(name) if name else None
        shown = word(one.get("original_name")) or name
        yield replace(found, name=shown) if found else Attachment(shown, status="missing")
    for one in annotations[: max(0, MAX_PARTS - len(files))]:
        drive = as_dict(one.get("drive_metadata"))
        if drive:
            address = word(as_dict(drive.get("url")).get(_ADDRESS))
            name = address or word(drive.get("title")) or word(drive.get("id"))
            yield Attachment(name, status="remote")


def _reactions(value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for one in dicts(value.get("reactions")):
        emoji = as_dict(one.get("emoji"))
        shown = word(emoji.get("unicode")) or json.dumps(emoji, ensure_ascii=False)
        for address in words(one.get("reactor_emails")) or [""]:
            yield address, shown
