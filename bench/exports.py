"""Time the reading of exports that are JSON, in messages for each second.

They are those of Discord, Google Chat, X, Slack, Snapchat and Skype; `bench.chats` has the others.
`python -m bench.exports` makes one file of each and reads it in the same run, round by round. Time
is that of the processor. Beside each stands what `json.loads` alone takes for the same file, which
keeps no place and no hash, and needs the memory for all of it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from stalklog.readers.base import Reading
from stalklog.readers.table import find_reader
from stalklog.safety.limits import MAX_HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

_WORDS: Final = ("where", "are", "you", "I", "see", "the", "scarf", "call", "me", "back", "stop")
_HINDI: Final = ("मैं", "तुम", "घर", "कल", "रात", "फ़ोन", "बात", "देख", "रहा", "हूँ")
_BEGAN_MS: Final = 1_709_654_409_123
_DISCORD_MS: Final = 1_420_070_400_000
_X_MS: Final = 1_288_834_974_657
_GOAL: Final = 60_000
_HINDI_SHARE: Final = 0.2


def main() -> int:
    """Read each export, round by round; 0 if each is read as fast as is wanted."""
    parser = argparse.ArgumentParser(prog="python -m bench.exports", description=__doc__)
    parser.add_argument("--messages", type=int, default=60_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    speeds = [
        _told(name, make(options.messages), options.messages, options.rounds)
        for name, make in EXPORTS.items()
    ]
    return 0 if min(speeds) >= _GOAL else 1


def _told(name: str, data: bytes, count: int, rounds: int) -> float:
    whole = data.partition(b" = ")[2] or data
    ours = min(_cpu_s(lambda: _read(data)) for _ in range(rounds))
    alone = min(_cpu_s(lambda: json.loads(whole)) for _ in range(rounds))
    sys.stdout.write(
        f"{name:12} {len(data) / 1e6:6.1f} MB  {count / ours:9,.0f} messages/s"
        f"  json.loads alone {count / alone:9,.0f}\n"
    )
    sys.stdout.flush()
    return count / ours


def _cpu_s(work: Callable[[], object]) -> float:
    began_s = time.process_time()
    work()
    return time.process_time() - began_s


def _read(data: bytes) -> None:
    reader = find_reader(data[:MAX_HEAD_BYTES], "any name")
    if reader is None:
        raise ValueError
    reading = Reading(reader, BytesIO(data), "", size_bytes=len(data))
    for _message in reading:
        pass
    reading.report()


def _texts(count: int) -> list[tuple[int, int, str]]:
    """Number, milliseconds since 1970 and text of each message; one in five is Hindi."""
    draw = random.Random(2026)  # noqa: S311 - no secret
    return [(number, _BEGAN_MS + number * 1000, _words(draw)) for number in range(count)]


def _words(draw: random.Random) -> str:
    words = _HINDI if draw.random() < _HINDI_SHARE else _WORDS
    return " ".join(draw.choices(words, k=draw.randint(3, 18)))


def _iso(millis: int) -> str:
    return datetime.fromtimestamp(millis / 1000, UTC).isoformat(timespec="milliseconds")


def _bytes(value: object, indent: int | None = 2) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=indent).encode()


def discord(count: int) -> bytes:
    """A channel as DiscordChatExporter writes it."""
    authors: list[dict[str, Any]] = [
        {
            "id": str(10**17 + number), "name": f"u{number}", "discriminator": "0000",
            "nickname": f"Person {number}", "color": None, "isBot": False, "roles": [],
            "avatarUrl": "chat.json_Files/a.png",
        }
        for number in range(9)
    ]  # fmt: skip
    messages: list[dict[str, Any]] = [
        {
            "id": str((millis - _DISCORD_MS) << 22), "type": "Default", "timestamp": _iso(millis),
            "timestampEdited": None, "callEndedTimestamp": None, "isPinned": False,
            "content": text, "author": authors[number % 9], "attachments": [], "embeds": [],
            "stickers": [], "reactions": [], "mentions": [], "inlineEmojis": [],
        }
        for number, millis, text in _texts(count)
    ]  # fmt: skip
    around = {"guild": {"id": "1", "name": "S"}, "channel": {"id": "2", "name": "general"}}
    return _bytes({**around, "dateRange": {}, "messages": messages, "messageCount": count})


def google_chat(count: int) -> bytes:
    """A conversation as Takeout gives it."""
    creator = {"name": "Ravi", "email": "ravi@example.org", "user_type": "Human"}
    when = "Tuesday, March 5, 2024 at 4:00:09\N{NARROW NO-BREAK SPACE}PM UTC"
    messages = [
        {"creator": creator, "created_date": when, "text": text, "topic_id": f"t{number}",
         "message_id": f"g/t{number}/t{number}"}
        for number, _millis, text in _texts(count)
    ]  # fmt: skip
    return _bytes({"messages": messages})


def x(count: int) -> bytes:
    """A conversation as X gives it."""
    messages = [
        {"messageCreate": {
            "recipientId": "1", "reactions": [], "urls": [], "text": text, "mediaUrls": [],
            "senderId": "2", "id": str((millis - _X_MS) << 22),
            "createdAt": _iso(millis).replace("+00:00", "Z"),
        }}
        for _number, millis, text in _texts(count)
    ]  # fmt: skip
    value = [{"dmConversation": {"conversationId": "1-2", "messages": messages}}]
    return b"window.YTD.direct_messages.part0 = " + _bytes(value)


def slack(count: int) -> bytes:
    """A very long day of Slack."""

    def blocks(text: str) -> list[dict[str, Any]]:
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
        return [{"type": "rich_text", "block_id": "A", "elements": [section]}]

    return _bytes(
        [
            {"client_msg_id": f"23e3c58d-2e71-4ac7-a6e8-{number:012}", "type": "message",
             "text": text, "user": f"U{number % 9}", "ts": f"{millis // 1000}.000200",
             "blocks": blocks(text), "team": "T1"}
            for number, millis, text in _texts(count)
        ]
    )  # fmt: skip


def snapchat(count: int) -> bytes:
    """A chat as Snapchat's *My Data* gives it; one message in nine is a picture."""
    messages = [
        {"From": "asha" if number % 2 else "ravi_7",
         "Media Type": "TEXT" if number % 9 else "MEDIA",
         "Created": f"{_iso(millis)[:19].replace('T', ' ')} UTC", "Content": text,
         "Conversation Title": None, "IsSender": bool(number % 2), "IsSaved": True,
         "Created(microseconds)": millis, "Media IDs": "" if number % 9 else f"b~{number}"}
        for number, millis, text in _texts(count)
    ]  # fmt: skip
    return _bytes({"ravi_7": messages})


def skype(count: int) -> bytes:
    """A chat as Skype gave it; one message in ten has a tag in its text."""
    smile = ' <ss type="smile">:)</ss>'
    messages = [
        {"id": str(millis), "displayName": None, "version": millis, "properties": None,
         "originalarrivaltime": _iso(millis).replace("+00:00", "Z"), "messagetype": "RichText",
         "conversationid": "8:live:ravi", "content": text if number % 10 else text + smile,
         "from": "8:live:asha" if number % 2 else "8:live:ravi", "amsreferences": None}
        for number, millis, text in _texts(count)
    ]  # fmt: skip
    chat = {"id": "8:live:ravi", "displayName": "Ravi", "MessageList": messages}
    return _bytes({"userId": "8:live:asha", "exportDate": "2024", "conversations": [chat]})


EXPORTS: Final[dict[str, Callable[[int], bytes]]] = {
    "Discord": discord,
    "Google Chat": google_chat,
    "X": x,
    "Slack": slack,
    "Snapchat": snapchat,
    "Skype": skype,
}
"""What is timed."""

if __name__ == "__main__":
    sys.exit(main())
