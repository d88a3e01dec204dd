"""The chats in an export: how many messages each holds, and one of them in the order of time.

Exports stand in orders of their own: newest first, or chat after chat. The number of a message
always tells its place in the original.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain, islice
from typing import TYPE_CHECKING

from stalklog.records.axis import standing
from stalklog.safety.limits import MAX_NAMES, MAX_ORDERED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime, tzinfo

    from stalklog.records.message import Message


class Chats:
    """Counts the messages of each chat as they pass by.

    Args:
        messages: All of an original's.
    """

    def __init__(self, messages: Iterable[Message]) -> None:
        self._messages = messages
        self.counts: Counter[str] = Counter()
        """By name; of a stranger's file that names very many, the first ones."""

    def __iter__(self) -> Iterator[Message]:
        counts = self.counts
        for message in self._messages:
            name = message.conversation
            if name and message.parent is None and (name in counts or len(counts) < MAX_NAMES):
                counts[name] += 1
            yield message


def in_order_of_time(messages: Iterable[Message], zone: tzinfo) -> tuple[Iterable[Message], bool]:
    """Messages in the order of their times, and whether they are.

    One whose time nobody can say stays behind the one that it stands behind. Of more than
    `MAX_ORDERED` the order is left as it is.

    Args:
        messages: In the order of the original.
        zone: Taken for times without a zone.
    """
    passing = iter(messages)
    held = list(islice(passing, MAX_ORDERED + 1))
    if len(held) > MAX_ORDERED:
        return chain(held, passing), False
    times: list[datetime] = []
    first = next((time for one in held if (time := _time(one, zone))), None)
    if first is None:
        return held, False
    for message in held:
        times.append(_time(message, zone) or (times[-1] if times else first))
    ranked = sorted(range(len(held)), key=lambda number: times[number])
    return [held[number] for number in ranked], True


def _time(message: Message, zone: tzinfo) -> datetime | None:
    time = standing(message.time, zone)
    return time.at if time else None
