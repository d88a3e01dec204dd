"""One event of a conversation on X: a message and the reactions to it, or who came and went."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from stalklog.readers.epoch import flagged
from stalklog.readers.exact_time import told_iso
from stalklog.readers.json_value import as_dict, dicts, word, words
from stalklog.readers.snowflake import X
from stalklog.records.message import Attachment, Party, make_message
from stalklog.safety.limits import MAX_PARTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stalklog.readers.json_records import JsonRecord
    from stalklog.records.message import Message

_WRITTEN: Final = ("messageCreate", "welcomeMessageCreate")
_ACTORS: Final = ("initiatingUserId", "senderId", "userId")
_SHOWN_APART: Final = frozenset({"createdAt", "id", *_ACTORS})


def _nowhere(_id: str, _name: str) -> Attachment | None:
    return None


@dataclass(frozen=True, slots=True)
class Account:
    """Whose archive it is, and the files in it."""

    id: str = ""
    label: str = ""
    file: Callable[[str, str], Attachment | None] = field(default=_nowhere)
    """The file in the archive that belongs to the message of that number, and has that name."""

    def party(self, id_: str, role: str = "") -> Party:
        """Somebody: the archive has numbers, and names nobody but its owner."""
        return Party(self.label, id_, "owner") if id_ and id_ == self.id else Party("", id_, role)


def x_messages(record: JsonRecord, first: int, account: Account) -> Iterator[Message]:
    """The message and then the reactions to it; or the event.

    Args:
        record: What the archive says.
        first: The number of the message.
        account: Whose archive it is.
    """
    conversation = word(record.around.get("conversationId"))
    name = next((name for name in record.value if isinstance(record.value[name], dict)), "")
    value = as_dict(record.value.get(name))
    if name not in _WRITTEN:
        yield _event(name, value, first, record, account, conversation)
        return
    yield _message(value, first, record, account, conversation)
    reactions = dicts(value.get("reactions"))
    for number, one in enumerate(reactions[:MAX_PARTS], first + 1):
        yield make_message(
            number,
            record.place,
            "reaction",
            parent=first,
            sender=account.party(word(one.get("senderId"))),
            sent=flagged(told_iso(word(one.get("createdAt"))), []),
            text=word(one.get("reactionKey")),
            conversation=conversation,
            native_id=word(one.get("eventId")),
        )


def _message(
    value: dict[str, Any], number: int, record: JsonRecord, account: Account, conversation: str
) -> Message:
    flags = list(record.flags)
    native_id = word(value.get("id"))
    sent = flagged(told_iso(word(value.get("createdAt"))), flags)
    if X.contradicts(native_id, sent):
        flags.append("id-time")
    text = word(value.get("text"))
    if len(text) > MAX_TEXT_CHARS:
        flags.append("text-cut")
    recipient = word(value.get("recipientId"))
    return make_message(
        number,
        record.place,
        sender=account.party(word(value.get("senderId"))),
        recipients=(account.party(recipient, "to"),) if recipient else (),
        sent=sent,
        text=text[:MAX_TEXT_CHARS],
        conversation=conversation,
        native_id=native_id,
        attachments=_attachments(value, native_id, account, flags),
        is_edited=bool(value.get("editHistory")),
        flags=tuple(flags),
    )


def _event(
    name: str,
    value: dict[str, Any],
    number: int,
    record: JsonRecord,
    account: Account,
    conversation: str,
) -> Message:
    """Who came, went or changed the name, in the words of the archive."""
    flags = list(record.flags)
    actor = next((word(value[key]) for key in _ACTORS if key in value), "")
    told = ", ".join(
        f"{key}: {', '.join(words(one)) if isinstance(one, list) else word(one)}"
        for key, one in value.items()
        if key not in _SHOWN_APART and not isinstance(one, dict)
    )
    text = f"{name}: {told}" if told else name
    return make_message(
        number,
        record.place,
        "system",
        sender=account.party(actor),
        sent=flagged(told_iso(word(value.get("createdAt"))), flags),
        text=text[:MAX_TEXT_CHARS],
        conversation=conversation,
        native_id=word(value.get("id")),
        flags=(*flags, "text-cut") if len(text) > MAX_TEXT_CHARS else tuple(flags),
    )


def _attachments(
    value: dict[str, Any], native_id: str, account: Account, flags: list[str]
) -> tuple[Attachment, ...]:
    """The files of the message: in the archive, or else their addresses."""
    addresses = words(value.get("mediaUrls"))
    if len(addresses) > MAX_PARTS:
        flags.append("parts-cut")
    return tuple(
        account.file(native_id, address.partition("?")[0].rpartition("/")[2])
        or Attachment(address, status="remote")
        for address in addresses[:MAX_PARTS]
    )
