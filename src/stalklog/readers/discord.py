"""A channel of Discord as the program DiscordChatExporter writes it: JSON, with a count at its end.

The fields are those of DiscordChatExporter's source, `JsonMessageWriter.cs`. A long channel comes
in several files, each whole: `… [part 2].json`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from stalklog.readers.base import NO, SURE
from stalklog.readers.discord_record import discord_messages
from stalklog.readers.json_records import JsonRecords, read_records
from stalklog.readers.json_value import as_dict, called, word
from stalklog.readers.window import Window
from stalklog.safety.limits import MAX_FACT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Message

_BEGINS: Final = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*+\{\s*+"guild"\s*+:\s*+\{')
_OWN: Final = (b'"channel"', b'"dateRange"', b'"messages"')
_PART: Final = re.compile(r"\[part ([0-9]{1,6})\]")
_FACTS: Final = (
    ("server", ("guild", "name")), ("server id", ("guild", "id")),
    ("channel", ("channel", "name")), ("channel id", ("channel", "id")),
    ("channel type", ("channel", "type")), ("channel topic", ("channel", "topic")),
    ("only after", ("dateRange", "after")), ("only before", ("dateRange", "before")),
)  # fmt: skip


class DiscordReader:
    """One channel, or one part of it."""

    name = "discord"
    version = 2
    media_types: tuple[str, ...] = ("application/json",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by how it begins."""
        is_export = _BEGINS.match(head) and sum(key in head for key in _OWN) > 1
        return SURE if is_export else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:
        """The messages in the order of the file, each before its embeds and the reactions to it."""
        window = Window(stream)
        records = JsonRecords(window, notes)
        number = pinned = 0
        conversation = ""
        for record in read_records(records, window, notes):
            conversation = conversation or _conversation(record.around)
            pinned += record.value.get("isPinned") is True
            for message in discord_messages(record, number + 1, conversation):
                yield message
                number = message.number
        _tell(records.root, name, notes)
        if pinned:
            notes.tell("pinned messages", str(pinned))
        notes.cover(window.start + len(window.data))


def _conversation(root: dict[str, Any]) -> str:
    """The server, the channel, and the number of the channel, which is its own."""
    guild, channel = as_dict(root.get("guild")), as_dict(root.get("channel"))
    names = (word(guild.get("name")), word(channel.get("name")))
    return called(" / ".join(filter(None, names)), word(channel.get("id")))


def _tell(root: dict[str, Any], name: str, notes: Notes) -> None:
    """What the export says of itself; a count that is missing tells that it was interrupted."""
    for what, (outer, inner) in _FACTS:
        told = word(as_dict(root.get(outer)).get(inner))
        if told:
            notes.tell(what, told[:MAX_FACT_CHARS])
    if exported := word(root.get("exportedAt")):
        notes.tell("exported at", exported[:MAX_FACT_CHARS])
    if part := _PART.search(name):
        notes.tell("part, by the name of the file", part[1])
    count = root.get("messageCount")
    if isinstance(count, int) and not isinstance(count, bool):
        notes.declare("messages", count)
    else:
        notes.tell("count at its end", "not there: the export may have been interrupted")
