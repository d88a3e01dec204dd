"""What stands below a message and is not its text: who reacted, what was shown of an address."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from stalklog.records.message import Party, make_message
from stalklog.safety.limits import MAX_PARTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stalklog.records.message import Message, MessageKind

_NOBODY: Final = Party()


@dataclass(frozen=True, slots=True)
class Below:
    """One such thing."""

    kind: MessageKind
    sender: Party = _NOBODY
    """Who reacted, or called up a program; empty of what the service shows."""
    text: str = ""
    url: str = ""


def messages_below(message: Message, things: Iterable[Below], first: int) -> Iterator[Message]:
    """Each of them as a message inside the one that they stand below, `MAX_PARTS` at most.

    Args:
        message: What they stand below.
        things: What is below it.
        first: The number of the first of them.
    """
    for number, one in enumerate(islice(things, MAX_PARTS), first):
        yield make_message(
            number,
            message.place,
            one.kind,
            parent=message.number,
            sender=one.sender,
            text=one.text[:MAX_TEXT_CHARS],
            conversation=message.conversation,
            url=one.url,
            flags=("text-cut",) if len(one.text) > MAX_TEXT_CHARS else (),
        )
