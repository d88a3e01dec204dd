"""Time the reading of exports that are JSON or XML, beside the mere parsing of the same bytes.

`python -m bench.chats` makes a chat of invented people in each format and reads it, in one process
and in another order each round. Beside it stands what `json` or `expat` of Python need to go
through the file and keep nothing: reading gives times, people, places, hashes and flags besides.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from xml.parsers import expat

from stalklog.readers.base import Reading
from stalklog.readers.meta import MetaReader
from stalklog.readers.signal import SignalReader
from stalklog.readers.sms import SmsReader
from stalklog.readers.telegram import TelegramReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stalklog.readers.base import Reader

_TEXT: Final = "where are you I see the blue scarf tonight call me back नमस्ते रवि ok 😀"
_BEGAN_MS: Final = 1_700_000_000_000
_MINUTE_MS: Final = 60_000
_GOAL_S: Final = 60_000


@dataclass(frozen=True, slots=True)
class Format:
    """A format, and how a chat in it is made, read and merely parsed."""

    name: str
    make: Callable[[int], bytes]
    reader: Callable[[], Reader]
    parse: Callable[[bytes], object]


def main() -> int:
    """Read each format, round by round; 0 if every one meets the goal."""
    options = _options()
    chats = {one.name: (one, one.make(options.messages)) for one in FORMATS}
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in chats}
    for _round in range(options.rounds):
        for name in random.sample(list(chats), len(chats)):
            one, chat = chats[name]
            took[name].append((_timed(_read, one, chat), _timed(one.parse, chat)))
    speeds = []
    for name, (_one, chat) in chats.items():
        read_s, parse_s = (min(times) for times in zip(*took[name], strict=True))
        speeds.append(options.messages / read_s)
        sys.stdout.write(
            f"  {name:9} {len(chat) / 1e6:6.1f} MB  {speeds[-1]:9,.0f} messages/s of processor time"
            f"  {read_s / parse_s:5.1f} x mere parsing\n"
        )
    is_met = min(speeds) >= _GOAL_S
    sys.stdout.write(f"  goal: {_GOAL_S:,} messages/s: {'met' if is_met else 'NOT MET'}\n")
    return 0 if is_met else 1


def _timed(work: Callable[..., object], *given: object) -> float:
    """Seconds of processor time."""
    began_s = time.process_time()
    work(*given)
    return time.process_time() - began_s


def _read(one: Format, chat: bytes) -> None:
    reading = Reading(one.reader(), BytesIO(chat), one.name, size_bytes=len(chat))
    for _message in reading:
        pass
    reading.report()


def _texts(count: int) -> Iterator[tuple[int, int, str]]:
    """The number, the time in milliseconds and the words of each message."""
    draw, words = random.Random(2026), _TEXT.split()  # noqa: S311 - no secret
    for number in range(count):
        text = " ".join(draw.choices(words, k=draw.randrange(3, 18)))
        yield number, _BEGAN_MS + number * _MINUTE_MS, text


def _sms(count: int) -> bytes:
    rows = (
        f'  <sms protocol="0" address="+919800000000" date="{at}" type="{1 + number % 2}"'
        f' subject="null" body="{text}" toa="null" sc_toa="null" service_center="null" read="1"'
        f' status="-1" locked="0" date_sent="{at - 900}" sub_id="1"'
        ' readable_date="14 Nov 2023 22:13:20" contact_name="Ravi" />'
        for number, at, text in _texts(count)
    )
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<smses count="{count}">'
    return "\n".join([head, *rows, "</smses>"]).encode()


def _telegram(count: int) -> bytes:
    messages = [
        {
            "id": number,
            "type": "message",
            "date": "2023-11-14T22:13:20",
            "date_unixtime": str(at // 1000),
            "from": "Ravi",
            "from_id": "user123",
            "text": text,
            "text_entities": [{"type": "plain", "text": text}],
        }
        for number, at, text in _texts(count)
    ]
    chat = {"name": "Ravi", "type": "personal_chat", "id": 1, "messages": messages}
    return json.dumps(chat, ensure_ascii=False, indent=1).encode()


def _meta(count: int) -> bytes:
    """As Meta writes it: each byte of a letter as a letter; a reaction to every other message."""
    reaction = {"reaction": "\u00f0\u009f\u0098\u0080", "actor": "Asha"}
    messages = [
        {
            "sender_name": "Ravi",
            "timestamp_ms": at,
            "content": text.encode().decode("latin-1"),
            "is_geoblocked_for_viewer": False,
            **({"reactions": [reaction]} if number % 2 else {}),
        }
        for number, at, text in _texts(count)
    ]
    people = [{"name": "Ravi"}, {"name": "Asha"}]
    return json.dumps({"participants": people, "messages": messages}, indent=2).encode()


def _signal(count: int) -> bytes:
    lines: list[dict[str, Any]] = [
        {"recipient": {"id": "1", "self": {}}},
        {"recipient": {"id": "2", "contact": {"e164": "919800000000"}}},
        {"chat": {"id": "1", "recipientId": "2"}},
    ]
    lines += [
        {
            "chatItem": {
                "chatId": "1",
                "authorId": str(1 + number % 2),
                "dateSent": str(at),
                "incoming": {"dateReceived": str(at + 500), "read": True},
                "standardMessage": {"text": {"body": text}, "reactions": []},
            }
        }
        for number, at, text in _texts(count)
    ]
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()


def _parse_xml(chat: bytes) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda _name, _values: None
    parser.Parse(chat, True)  # noqa: FBT003 - it is the end


def _parse_lines(chat: bytes) -> None:
    for line in chat.splitlines():
        json.loads(line)


FORMATS: Final = (
    Format("sms", _sms, SmsReader, _parse_xml),
    Format("telegram", _telegram, TelegramReader, json.loads),
    Format("meta", _meta, MetaReader, json.loads),
    Format("signal", _signal, SignalReader, _parse_lines),
)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.chats", description=__doc__)
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
