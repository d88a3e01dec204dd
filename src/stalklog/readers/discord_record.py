"""One message of an export of DiscordChatExporter, its embeds, and the reactions to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from stalklog.readers.below import Below, messages_below
from stalklog.readers.epoch import flagged
from stalklog.readers.exact_time import told_iso
from stalklog.readers.json_value import as_dict, dicts, join, size, word
from stalklog.readers.snowflake import DISCORD
from stalklog.records.message import Attachment, Party, make_message
from stalklog.safety.limits import MAX_PARTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stalklog.readers.json_records import JsonRecord
    from stalklog.records.message import AttachmentStatus, Message, MessageKind

_BY_PEOPLE: Final = frozenset({"", "Default", "Reply", "20", "21", "23"})
"""Types that somebody wrote; its names, and Discord's numbers of a command and a thread's start."""
_BELOW: Final = ("embeds", "interaction", "reactions", "forwardedMessage")
_NAMED_BY: Final = ("url", "sourceUrl", "fileName", "name")
"""By what a file or a sticker is known."""
_ADDRESSES: Final = ("http://", "https://")
_NO_TAG: Final = frozenset({"", "0", "0000"})


def discord_messages(record: JsonRecord, first: int, conversation: str) -> Iterable[Message]:
    """The message, then what was shown below it: embeds, the command behind it, reactions.

    Args:
        record: What the export says.
        first: The number of the message.
        conversation: The channel.
    """
    message = _message(record, first, conversation)
    if not any(map(record.value.get, _BELOW)):
        return (message,)
    return _with_below(message, record.value)


def _with_below(message: Message, value: dict[str, Any]) -> Iterator[Message]:
    below = [*_embeds(value), *_command(value), *_reactions(value)]
    is_cut = len(below) > MAX_PARTS
    yield replace(message, flags=(*message.flags, "parts-cut")) if is_cut else message
    yield from messages_below(message, below, message.number + 1)


def _message(record: JsonRecord, number: int, conversation: str) -> Message:
    value, flags = record.value, list(record.flags)
    native_id, type_ = word(value.get("id")), word(value.get("type"))
    kind: MessageKind = "message" if type_ in _BY_PEOPLE else "system"
    passed_on = as_dict(value.get("forwardedMessage"))
    text = word(value.get("content"))
    if passed_on:
        text = join(text, word(passed_on.get("content")))
    if type_ == "Call":
        kind = "call"
        ended = word(value.get("callEndedTimestamp"))
        text = join(text, f"callEndedTimestamp: {ended}" if ended else "")
    if len(text) > MAX_TEXT_CHARS:
        flags.append("text-cut")
    sent = flagged(told_iso(word(value.get("timestamp"))), flags)
    if DISCORD.contradicts(native_id, sent):
        flags.append("id-time")
    reference = as_dict(value.get("reference"))
    is_answer = kind == "message" and not passed_on and reference.get("type") != "Forward"
    return make_message(
        number,
        record.place,
        kind,
        sender=party(as_dict(value.get("author"))),
        sent=sent,
        text=text[:MAX_TEXT_CHARS],
        conversation=conversation,
        native_id=native_id,
        reply_to=word(reference.get("messageId")) if is_answer else "",
        attachments=_attachments(value, passed_on, flags),
        is_edited=bool(value.get("timestampEdited")),
        forwarded="inline" if passed_on else None,
        flags=tuple(flags),
    )


def party(author: dict[str, Any]) -> Party:
    """Somebody by the name that is shown and the name of the account; the number is the id."""
    name, tag = word(author.get("name")), word(author.get("discriminator"))
    handle = name if tag in _NO_TAG else f"{name}#{tag}"
    shown = word(author.get("nickname"))
    label = f"{shown} ({handle})" if shown and shown != handle else handle
    return Party(label, word(author.get("id")), "bot" if author.get("isBot") is True else "")


def attachment(address: str, size_bytes: int | None = None) -> Attachment:
    """A file, which lies on Discord's servers or beside the export."""
    is_remote = address.startswith(_ADDRESSES)
    status: AttachmentStatus = "remote" if is_remote else "missing"
    return Attachment(address, size_bytes=size_bytes, status=status)


def _attachments(
    value: dict[str, Any], passed_on: dict[str, Any], flags: list[str]
) -> tuple[Attachment, ...]:
    if not (value.get("attachments") or value.get("stickers") or passed_on):
        return ()
    files = [*dicts(value.get("attachments")), *dicts(passed_on.get("attachments"))]
    files += [*dicts(value.get("stickers")), *dicts(passed_on.get("stickers"))]
    if len(files) > MAX_PARTS:
        flags.append("parts-cut")
    return tuple(
        attachment(
            next(filter(None, (word(one.get(key)) for key in _NAMED_BY)), ""),
            size(one.get("fileSizeBytes")),
        )
        for one in files[:MAX_PARTS]
    )


def _embeds(value: dict[str, Any]) -> Iterator[Below]:
    """What Discord showed of an address, or a program wrote: no words of the sender's."""
    passed_on = as_dict(value.get("forwardedMessage"))
    for one in (*dicts(value.get("embeds")), *dicts(passed_on.get("embeds"))):
        fields = (
            join(word(field.get("name")), word(field.get("value")))
            for field in dicts(one.get("fields"))
        )
        author, footer = as_dict(one.get("author")), as_dict(one.get("footer"))
        text = join(
            word(author.get("name")),
            word(one.get("title")),
            word(one.get("description")),
            *fields,
            word(footer.get("text")),
        )
        picture = next((word(as_dict(one.get(key)).get("url")) for key in _SHOWN if key in one), "")
        yield Below("other", text=text, url=word(one.get("url")) or picture)


_SHOWN: Final = ("image", "thumbnail", "video")


def _command(value: dict[str, Any]) -> Iterator[Below]:
    """Who called up the program that wrote the message, and how."""
    command = as_dict(value.get("interaction"))
    if command:
        user = party(as_dict(command.get("user")))
        yield Below("system", user, f"/{word(command.get('name'))}")


def _reactions(value: dict[str, Any]) -> Iterator[Below]:
    """Who reacted; exports of older versions only count."""
    for one in dicts(value.get("reactions")):
        emoji = as_dict(one.get("emoji"))
        text = word(emoji.get("name")) or word(emoji.get("code"))
        users = dicts(one.get("users"))
        for user in users:
            yield Below("reaction", party(user), text)
        count = one.get("count")
        if isinstance(count, int) and count > len(users):
            yield Below("reaction", text=f"{text} ({count - len(users)})")
