"""One message of Signal's export, and the people and chats that it points to."""

from __future__ import annotations

import binascii
import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from stalklog.readers.epoch import told_epoch
from stalklog.readers.json_value import as_dict, called, dicts, word
from stalklog.records.message import Attachment, Party, make_message
from stalklog.safety.limits import MAX_NAMES, MAX_PARTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.beside import FilesBeside
    from stalklog.readers.zip_members import Member
    from stalklog.records.message import Message, MessageKind, Place, Told

_NAMES: Final = (
    ("systemGivenName", "systemFamilyName"),
    ("profileGivenName", "profileFamilyName"),
    ("username", ""),
)
"""Names of a contact, first that of her own address book, then what the other chose."""
_SHA256_BYTES: Final = 32
_CALLS: Final = ("individualCall", "groupCall")
_STATES: Final = (
    ("MISSED", "missed-call"),
    ("DECLINED", "rejected-call"),
    ("NOT_ACCEPTED", "missed-call"),
)
_OTHERS: Final[tuple[tuple[str, MessageKind], ...]] = (
    ("contactMessage", "contact"),
    ("poll", "poll"),
    ("stickerMessage", "message"),
    ("paymentNotification", "other"),
    ("giftBadge", "other"),
    ("viewOnceMessage", "message"),
)
_OTHER_NAMES: Final = frozenset(name for name, _kind in _OTHERS)


class SignalBook:
    """Who the people and chats are that messages name by a number.

    Args:
        notes: Told once if there are too many.
        files: The files beside the export, known by the SHA-256 in their names.
    """

    def __init__(
        self,
        notes: Notes,
        files: FilesBeside[Member] | None = None,
    ) -> None:
        self._notes = notes
        self.files = files
        self._parties: dict[str, Party] = {}
        self._groups: set[str] = set()
        self._chats: dict[str, str] = {}
        self._owner: tuple[Party, ...] = ()
        self._known: dict[tuple[str, bool], tuple[str, tuple[Party, ...]]] = {}
        self._is_full = False

    def learn(self, value: dict[str, Any]) -> None:
        """Take in a line that is no message."""
        self._known.clear()
        recipient, chat = as_dict(value.get("recipient")), as_dict(value.get("chat"))
        if len(self._parties) + len(self._chats) >= MAX_NAMES:
            if not self._is_full:
                self._notes.leave("over-limit", detail="names")
            self._is_full = True
        elif recipient:
            id_ = word(recipient.get("id"))
            self._parties[id_] = party = _party(recipient)
            self._owner = (party,) if party.role == "owner" else self._owner
            if "group" in recipient:
                self._groups.add(id_)
        elif chat:
            self._chats[word(chat.get("id"))] = word(chat.get("recipientId"))

    def party(self, id_: str) -> Party:
        """A person; one that was not named has only the number."""
        return self._parties.get(id_) or Party(id=id_)

    def chat(self, id_: str, *, is_own: bool) -> tuple[str, tuple[Party, ...]]:
        """What a chat is called, and who in it gets what is sent.

        Args:
            id_: Its number.
            is_own: Whether the owner of the account sends it.
        """
        known = self._known.get((id_, is_own))
        if known is None:
            other = self._chats.get(id_, "")
            known = self._called(other), self._recipients(other, is_own=is_own)
            if id_ in self._chats:
                self._known[id_, is_own] = known
        return known

    def _called(self, id_: str) -> str:
        party = self.party(id_)
        return called(party.label, party.id)

    def _recipients(self, id_: str, *, is_own: bool) -> tuple[Party, ...]:
        """The other one of a chat of two; of a group the export does not say who was in it then."""
        if id_ in self._groups or id_ not in self._parties:
            return ()
        if is_own:
            other = self._parties[id_]
            return (Party(other.label, other.id, other.role or "to"),)
        return self._owner


def signal_messages(
    item: dict[str, Any], first: int, place: Place, book: SignalBook, *, is_sound: bool
) -> Iterator[Message]:
    """The message, then what it said before it was edited, then the reactions to it.

    Args:
        item: What the export says.
        first: The number of the message.
        place: The line that it stands in.
        book: Who the people are.
        is_sound: Whether every letter could be decoded.
    """
    revisions, reactions = dicts(item.get("revisions")), _reactions(item)
    message = _message(item, first, place, book)
    odd = (() if is_sound else ("bad-charset",)) + (
        ("parts-cut",) if len(revisions) + len(reactions) > MAX_PARTS else ()
    )
    if odd or revisions:
        message = replace(message, is_edited=bool(revisions), flags=(*odd, *message.flags))
    yield message
    number = first
    for revision in revisions[:MAX_PARTS]:
        number += 1
        yield replace(_message(revision, number, place, book), parent=first)
    for reaction in reactions[: max(0, MAX_PARTS - len(revisions))]:
        number += 1
        yield make_message(
            number,
            place,
            "reaction",
            parent=first,
            sender=book.party(word(reaction.get("authorId"))),
            sent=_told(reaction.get("sentTimestamp")),
            text=word(reaction.get("emoji")),
            conversation=message.conversation,
        )


def _message(item: dict[str, Any], number: int, place: Place, book: SignalBook) -> Message:
    flags: list[str] = []
    sender = book.party(word(item.get("authorId")))
    conversation, recipients = book.chat(word(item.get("chatId")), is_own=sender.role == "owner")
    sent = _told(item.get("dateSent"))
    if sent is None or sent.instant is None:
        flags.append("bad-date" if sent else "no-date")
    standard = as_dict(item.get("standardMessage"))
    kind, text = _content(item, standard, flags)
    if len(text) > MAX_TEXT_CHARS:
        flags.append("text-cut")
    attachments = tuple(_attachments(standard, book, flags)) if "attachments" in standard else ()
    return make_message(
        number,
        place,
        kind,
        sender=sender,
        recipients=recipients,
        sent=sent,
        received=_told(as_dict(item.get("incoming")).get("dateReceived")),
        text=text[:MAX_TEXT_CHARS],
        conversation=conversation,
        native_id=word(item.get("dateSent")),
        reply_to=word(as_dict(standard.get("quote")).get("targetSentTimestamp")),
        attachments=attachments,
        is_edited=False,
        is_deleted="remoteDeletedMessage" in item,
        flags=tuple(dict.fromkeys(flags)) if flags else (),
    )


def _content(
    item: dict[str, Any], standard: dict[str, Any], flags: list[str]
) -> tuple[MessageKind, str]:
    """What kind it is, and its words; of what is no text, what the export says."""
    update = as_dict(item.get("updateMessage"))
    if update:
        name = next((name for name in _CALLS if name in update), "")
        state = word(as_dict(update.get(name)).get("state"))
        flags += [flag for part, flag in _STATES if part in state][:1]
        return "call" if name else "system", _written(update)
    if not _OTHER_NAMES.isdisjoint(item):
        name, kind = next((name, kind) for name, kind in _OTHERS if name in item)
        return kind, _written(as_dict(item[name]))
    return "message", word(as_dict(standard.get("text")).get("body"))


def _attachments(
    standard: dict[str, Any], book: SignalBook, flags: list[str]
) -> Iterator[Attachment]:
    named = dicts(standard.get("attachments"))
    if len(named) > MAX_PARTS:
        flags.append("parts-cut")
    for one in named[:MAX_PARTS]:
        pointer = as_dict(one.get("pointer"))
        located = as_dict(pointer.get("locatorInfo"))
        sha256 = _hash(located.get("plaintextHash"))
        name = word(pointer.get("fileName")) or (f"files/{sha256[:2]}/{sha256}" if sha256 else "")
        media_type = word(pointer.get("contentType"))
        found = book.files.find(*_file_names(sha256, located)) if book.files and sha256 else None
        if found is None:
            is_omitted = one.get("wasDownloaded") is False
            yield Attachment(name, media_type, status="omitted" if is_omitted else "missing")
            continue
        if found.sha256 not in {"", sha256}:
            flags.append("digest-mismatch")
        yield replace(found, name=name, media_type=media_type)


def _file_names(plain: str, located: dict[str, Any]) -> Iterator[str]:
    """What a file can be called: its SHA-256, or that of this and a key, as in Signal's backups.

    Args:
        plain: Its SHA-256 in hex.
        located: Where Signal says that it is.
    """
    yield plain
    for key in ("localKey", "key"):
        if data := _base64(located.get(key)):
            yield hashlib.sha256(bytes.fromhex(plain) + data).hexdigest()


def _party(recipient: dict[str, Any]) -> Party:
    if "self" in recipient:
        return Party(role="owner")
    group = as_dict(recipient.get("group"))
    if group:
        title = as_dict(as_dict(group.get("snapshot")).get("title")).get("title")
        return Party(word(title) or word(group.get("title")))
    contact = as_dict(recipient.get("contact"))
    names = (
        " ".join(filter(None, (word(contact.get(given)), word(contact.get(family)))))
        for given, family in _NAMES
    )
    number = word(contact.get("e164"))
    id_ = f"+{number.removeprefix('+')}" if number else word(contact.get("aci"))
    return Party(next(filter(None, names), ""), id_)


def _reactions(item: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        reaction
        for value in item.values()
        if isinstance(value, dict) and "reactions" in value
        for reaction in dicts(value["reactions"])
    ]


def _hash(written: Any) -> str:  # noqa: ANN401 - what JSON can hold
    """A SHA-256 that is written as base64, in lower-case hex; empty if it is none."""
    data = _base64(written)
    return data.hex() if len(data) == _SHA256_BYTES else ""


def _base64(written: Any) -> bytes:  # noqa: ANN401 - what JSON can hold
    """The bytes that are written as base64; none if they are not."""
    try:
        return binascii.a2b_base64(word(written).encode("ascii", "replace"))
    except binascii.Error:
        return b""


def _written(value: dict[str, Any]) -> str:
    """What the export says of something that is no text, in its own words."""
    return json.dumps(value, ensure_ascii=False)


def _told(date: Any) -> Told | None:  # noqa: ANN401 - what JSON can hold
    written = word(date)
    return told_epoch(written) if written and written != "0" else None
