"""An archive for each reader of exports that are a zip or a tar: the least that it reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.readers.exports import EXPORTS
from tests.readers.test_imessage import database

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS = ("one", "two", "three")


@dataclass(frozen=True, slots=True)
class Chat:
    """How an archive names its file of messages, and how that is written."""

    name: str
    of: Callable[..., bytes]
    """The file with messages of these words."""

    @property
    def data(self) -> bytes:
        """The file with three messages."""
        return self.of(*(word.encode() for word in WORDS))


def _of_database(*words: bytes) -> bytes:
    return database(*({"text": word.decode()} for word in words))


ARCHIVES = {
    "whatsapp-zip": Chat("_chat.txt", EXPORTS["iphone"].of),
    "meta-zip": Chat(
        "your_instagram_activity/messages/inbox/ravi_1/message_1.json", EXPORTS["meta"].of
    ),
    "signal-zip": Chat("main.jsonl", EXPORTS["signal"].of),
    "telegram-zip": Chat("ChatExport_x/result.json", EXPORTS["telegram"].of),
    "google-chat-zip": Chat(
        "Takeout/Google Chat/Groups/DM x/messages.json", EXPORTS["google-chat"].of
    ),
    "google-voice-zip": Chat("Takeout/Voice/Calls/Ravi.html", EXPORTS["google-voice"].of),
    "slack-zip": Chat("general/2024-03-05.json", EXPORTS["slack"].of),
    "x-zip": Chat("data/direct-messages.js", EXPORTS["x"].of),
    "snapchat-zip": Chat("json/chat_history.json", EXPORTS["snapchat"].of),
    "csv-zip": Chat("messages.csv", EXPORTS["linkedin"].of),
    "discord-own-zip": Chat(
        "Messages/c1212121212121212121/messages.json", EXPORTS["discord-own"].of
    ),
    "imessage-zip": Chat("Messages/chat.db", _of_database),
    "skype-tar": Chat("messages.json", EXPORTS["skype"].of),
}
"""By the reader."""
