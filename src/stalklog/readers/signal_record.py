"""One message of Signal's export, and the people and chats that it points to."""

from __future__ import annotations

import binascii
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from stalklog.readers.base import ReadingError
from stalklog.readers.epoch import told_epoch
from stalklog.records.message import Attachment, Message, Party
from stalklog.safety.limits import MAX_NAMES, MAX_PARTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stalklog.readers.base import Notes
    from stalklog.readers.zip_members import Member
    from stalklog.records.message import MessageKind, Place, Told

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
        files: The files beside the export, by the SHA-256 in their names.
        digest: The SHA-256 of such a file.
    """

    def __init__(
        self,
        notes: Notes,
        files: Mapping[str, Member],
        digest: Callable[[Member], str] | None = None,
    ) -> None:
        self._notes = notes
        self.files = files
        self.digest = digest
        self.named: set[str] = set()
        """The files beside it that messages name."""
        self._parties: dict[str, Party] = {}
        self._groups: set[str] = set()
        self._chats: dict[str, str] = {}
        self._owner: tuple[Party, ...] = ()
        self._known: dict[tuple[str, bool], tuple[str, tuple[Party, ...]]] = {}
        self._is_full = False

    def learn(self, value: dict[str, Any]) -> None:
        """Take in a line that is no message."""
        self._known.clear()
        recipient, chat = _dict(value.get("recipient")), _dict(value.get("chat"))
        if len(self._parties) + len(self._chats) >= MAX_NAMES:
            if not self._is_full:
                self._notes.leave("over-limit", detail="names")
            self._is_full = True
        elif recipient:
            id_ = _word(recipient.get("id"))
            self._parties[id_] = party = _party(recipient)
            self._owner = (party,) if party.role == "owner" else self._owner
            if "group" in recipient:
                self._groups.add(id_)
        elif chat:
            self._chats[_word(chat.get("id"))] = _word(chat.get("recipientId"))

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
        return (
            f"{party.label} ({party.id})" if party.label and party.id else party.label or party.id
        )

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
    revisions, reactions = _dicts(item.get("revisions")), _reactions(item)
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
        yield Message(
            number,
            place,
            "reaction",
            parent=first,
            sender=book.party(_word(reaction.get("authorId"))),
            sent=_told(reaction.get("sentTimestamp")),
            text=_word(reaction.get("emoji")),
            conversation=message.conversation,
        )


def _message(item: dict[str, Any], number: int, place: Place, book: SignalBook) -> Message:
    flags: list[str] = []
    sender = book.party(_word(item.get("authorId")))
    conversation, recipients = book.chat(_word(item.get("chatId")), is_own=sender.role == "owner")
    sent = _told(item.get("dateSent"))
    if sent is None or sent.instant is None:
        flags.append("bad-date" if sent else "no-date")
    standard = _dict(item.get("standardMessage"))
    kind, text = _content(item, standard, flags)
    if len(text) > MAX_TEXT_CHARS:
        flags.append("text-cut")
    attachments = tuple(_attachments(standard, book, flags)) if "attachments" in standard else ()
    return Message(
        number,
        place,
        kind,
        sender=sender,
        recipients=recipients,
        sent=sent,
        received=_told(_dict(item.get("incoming")).get("dateReceived")),
        text=text[:MAX_TEXT_CHARS],
        conversation=conversation,
        native_id=_word(item.get("dateSent")),
        reply_to=_word(_dict(standard.get("quote")).get("targetSentTimestamp")),
        attachments=attachments,
        is_edited=False,
        is_deleted="remoteDeletedMessage" in item,
        flags=tuple(dict.fromkeys(flags)) if flags else (),
    )


def _content(
    item: dict[str, Any], standard: dict[str, Any], flags: list[str]
) -> tuple[MessageKind, str]:
    """What kind it is, and its words; of what is no text, what the export says."""
    update = _dict(item.get("updateMessage"))
    if update:
        name = next((name for name in _CALLS if name in update), "")
        state = _word(_dict(update.get(name)).get("state"))
        flags += [flag for word, flag in _STATES if word in state][:1]
        return "call" if name else "system", _written(update)
    if not _OTHER_NAMES.isdisjoint(item):
        name, kind = next((name, kind) for name, kind in _OTHERS if name in item)
        return kind, _written(_dict(item[name]))
    return "message", _word(_dict(standard.get("text")).get("body"))


def _attachments(
    standard: dict[str, Any], book: SignalBook, flags: list[str]
) -> Iterator[Attachment]:
    named = _dicts(standard.get("attachments"))
    if len(named) > MAX_PARTS:
        flags.append("parts-cut")
    for one in named[:MAX_PARTS]:
        pointer = _dict(one.get("pointer"))
        sha256 = _hash(_dict(pointer.get("locatorInfo")).get("plaintextHash"))
        name = _word(pointer.get("fileName")) or (f"files/{sha256[:2]}/{sha256}" if sha256 else "")
        media_type = _word(pointer.get("contentType"))
        member = book.files.get(sha256)
        if member is None or book.digest is None:
            is_omitted = one.get("wasDownloaded") is False
            yield Attachment(name, media_type, status="omitted" if is_omitted else "missing")
            continue
        try:
            found = book.digest(member)
        except ReadingError:
            yield Attachment(name, media_type, status="unread", place=member.place)
            continue
        if found != sha256:
            flags.append("digest-mismatch")
        book.named.add(sha256)
        yield Attachment(name, media_type, member.size_bytes, found, place=member.place)


def _party(recipient: dict[str, Any]) -> Party:
    if "self" in recipient:
        return Party(role="owner")
    group = _dict(recipient.get("group"))
    if group:
        title = _dict(_dict(group.get("snapshot")).get("title")).get("title")
        return Party(_word(title) or _word(group.get("title")))
    contact = _dict(recipient.get("contact"))
    names = (
        " ".join(filter(None, (_word(contact.get(given)), _word(contact.get(family)))))
        for given, family in _NAMES
    )
    number = _word(contact.get("e164"))
    id_ = f"+{number.removeprefix('+')}" if number else _word(contact.get("aci"))
    return Party(next(filter(None, names), ""), id_)


def _reactions(item: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        reaction
        for value in item.values()
        if isinstance(value, dict) and "reactions" in value
        for reaction in _dicts(value["reactions"])
    ]


def _hash(written: Any) -> str:  # noqa: ANN401 - what JSON can hold
    """A SHA-256 that is written as base64, in lower-case hex; empty if it is none."""
    try:
        data = binascii.a2b_base64(_word(written).encode("ascii", "replace"))
    except binascii.Error:
        return ""
    return data.hex() if len(data) == _SHA256_BYTES else ""


def _written(value: dict[str, Any]) -> str:
    """What the export says of something that is no text, in its own words."""
    return json.dumps(value, ensure_ascii=False)


def _told(date: Any) -> Told | None:  # noqa: ANN401 - what JSON can hold
    written = _word(date)
    return told_epoch(written) if written and written != "0" else None


def _dict(value: Any) -> dict[str, Any]:  # noqa: ANN401 - what JSON can hold
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - what JSON can hold
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _word(value: Any) -> str:  # noqa: ANN401 - what JSON can hold
    """A name or a number as text; anything else is nothing."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
