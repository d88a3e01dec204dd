"""One message, reaction or event of a database of Messages, from the row that it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from stalklog.readers.bplist import read_bplist
from stalklog.readers.epoch import told_apple
from stalklog.readers.typedstream import typedstream_text
from stalklog.records.message import Party, Told, make_message
from stalklog.safety.limits import MAX_PARTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stalklog.readers.bplist import Plain
    from stalklog.readers.imessage_book import Book
    from stalklog.readers.sqlite.record import Value
    from stalklog.records.message import Message, MessageKind, Place

COLUMNS: Final = (
    "guid", "text", "attributedbody", "subject", "handle_id", "is_from_me", "date",
    "date_delivered", "account", "destination_caller_id", "error", "item_type", "group_title",
    "group_action_type", "other_handle", "share_status", "share_direction", "balloon_bundle_id",
    "associated_message_guid", "associated_message_type", "associated_message_emoji",
    "thread_originator_guid", "message_summary_info", "date_edited", "date_retracted",
)  # fmt: skip
"""What is read of a message; a database may have fewer of them."""
_EVENT: Final = (
    "item_type", "group_title", "group_action_type", "other_handle", "share_status",
    "share_direction",
)  # fmt: skip
_LOCATION: Final = 4
"""The type of an event that tells that somebody began, or ended, to share where they are."""
_REACTIONS: Final = range(1000, 4000)
"""A sticker, a reaction, a reaction that was taken back."""
_TARGET: Final = re.compile(r"(?:p:[0-9]{1,4}/|bp:)?(.{0,200})", re.DOTALL)
_ACCOUNT: Final = re.compile(r"[EePp]:")
_UNKNOWN: Final = "\ufffd"


@dataclass(slots=True)
class Item:
    """A row of the table of messages."""

    number: int
    """Its number there."""
    values: dict[str, Value]
    """Its columns by their names."""
    place: Place
    """Where it lies."""

    def word(self, column: str) -> str:
        """A text; anything else is nothing."""
        value = self.values.get(column)
        return value if isinstance(value, str) else ""

    def count(self, column: str) -> int:
        """A number; anything else is 0."""
        value = self.values.get(column)
        return value if isinstance(value, int) else 0

    def data(self, column: str) -> bytes:
        """Bytes; anything else is none."""
        value = self.values.get(column)
        return value if isinstance(value, bytes) else b""


def imessage_messages(
    item: Item,
    first: int,
    book: Book,
    can_edit: bool,  # noqa: FBT001 - of the whole database
) -> Iterator[Message]:
    """The message, then what it said before it was edited.

    Args:
        item: The row.
        first: The number of the message.
        book: Who and where.
        can_edit: Whether such a database tells what was edited.
    """
    flags: list[str] = []
    text = _text(item, flags)
    kind = _kind(item)
    if kind in {"system", "location"}:
        text = "\n".join(filter(None, (text, _event(item, book))))
    elif kind == "reaction":
        text = item.word("associated_message_emoji") or text
        text = text or f"associated_message_type: {item.count('associated_message_type')}"
    files = list(book.files(item.number))
    if len(files) > MAX_PARTS:
        flags.append("parts-cut")
    if not text and not files and (balloon := item.word("balloon_bundle_id")):
        text = f"balloon_bundle_id: {balloon}"
    summary = read_bplist(item.data("message_summary_info"))
    edits = list(_edits(summary)) if isinstance(summary, dict) else []
    is_unsent = bool(item.count("date_retracted")) or (
        isinstance(summary, dict) and bool(summary.get("rp")) and not text
    )
    sender, recipients, conversation = _parties(item, book, flags)
    sent = _told(item.values.get("date"))
    if sent is None or sent.instant is None:
        flags.append("bad-date" if sent else "no-date")
    if item.count("error") and item.count("is_from_me"):
        flags.append("failed")
    if book.is_deleted(item.number):
        flags.append("recently-deleted")
    message = make_message(
        first,
        item.place,
        kind,
        sender=sender,
        recipients=recipients,
        sent=sent,
        received=_told(item.values.get("date_delivered")),
        subject=item.word("subject"),
        text=_cut(text, flags),
        conversation=conversation,
        native_id=item.word("guid"),
        reply_to=_target(item),
        attachments=tuple(files[:MAX_PARTS]),
        is_edited=bool(edits or item.count("date_edited")) if can_edit else None,
        is_deleted=is_unsent if can_edit else None,
        flags=tuple(flags),
    )
    yield message
    for number, (date, words) in enumerate(edits[:MAX_PARTS], first + 1):
        yield replace(
            message, number=number, parent=first, sent=date, received=None, attachments=(),
            text=_cut(words, odd := list[str]()), native_id="", is_edited=None, is_deleted=None,
            flags=tuple(odd),
        )  # fmt: skip


def _cut(text: str, flags: list[str]) -> str:
    if len(text) > MAX_TEXT_CHARS:
        flags.append("text-cut")
    if _UNKNOWN in text:
        flags.append("bad-charset")
    return text[:MAX_TEXT_CHARS]


def _text(item: Item, flags: list[str]) -> str:
    """Its words: newer programs write them only beside their forms."""
    plain = item.values.get("text")
    formed = item.data("attributedbody")
    shown = typedstream_text(formed) if formed else None
    if formed and shown is None:
        flags.append("bad-encoding")
    if not isinstance(plain, str):
        return shown or ""
    if shown is not None and shown != plain:
        flags.append("other-text")
    return plain


def _kind(item: Item) -> MessageKind:
    event = item.count("item_type")
    if event:
        return "location" if event == _LOCATION else "system"
    is_reaction = item.count("associated_message_type") in _REACTIONS
    return "reaction" if is_reaction and item.word("associated_message_guid") else "message"


def _event(item: Item, book: Book) -> str:
    """An event in the words of the database: what happened, to whom, the new name."""
    told = {column: item.word(column) or str(item.count(column)) for column in _EVENT}
    told["other_handle"] = book.person(item.count("other_handle")) or told["other_handle"]
    return ", ".join(
        f"{column}: {value}"
        for column, value in told.items()
        if value != "0" or column in {"item_type", "group_action_type"}
    )


def _parties(item: Item, book: Book, flags: list[str]) -> tuple[Party, tuple[Party, ...], str]:
    """Who it is from and to, and the chat that it is in."""
    chat = book.chat(item.number)
    title, members = book.room(chat) if chat is not None else ("", ())
    other = book.person(item.values.get("handle_id"))
    if not other and item.values.get("handle_id") not in {None, 0}:
        flags.append("bad-structure")
    title = title or other
    account = _ACCOUNT.sub("", item.word("account"), count=1)
    owner = Party(id=item.word("destination_caller_id") or account, role="owner")
    if item.count("is_from_me"):
        return owner, members or ((Party(id=other, role="to"),) if other else ()), title
    return Party(id=other), (owner, *(one for one in members if one.id != other)), title


def _target(item: Item) -> str:
    """The message that it answers, or reacts to."""
    written = item.word("associated_message_guid")
    found = _TARGET.match(written) if written else None
    return found[1] if found else item.word("thread_originator_guid")


def _told(date: Value) -> Told | None:
    if isinstance(date, int | float) and date:
        return told_apple(date)
    return Told(date) if isinstance(date, str) else None


def _edits(summary: dict[str, Plain]) -> Iterator[tuple[Told | None, str]]:
    """What each part said before, with when that was written; the last form is the message."""
    parts = summary.get("ec")
    for versions in parts.values() if isinstance(parts, dict) else ():
        earlier: Sequence[Plain] = versions[:-1] if isinstance(versions, list) else ()
        for one in earlier:
            date, data = (one.get("d"), one.get("t")) if isinstance(one, dict) else (None, None)
            text = typedstream_text(data) if isinstance(data, bytes) else None
            if text is not None:
                yield told_apple(date) if isinstance(date, int | float) else None, text
