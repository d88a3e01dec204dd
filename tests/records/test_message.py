"""When a message was, of the two times that it may tell; and how messages are made quickly."""

from __future__ import annotations

import dataclasses
import inspect
from datetime import UTC, datetime
from typing import Any

import pytest

from stalklog.records.message import Message, Place, Told, make_message

SENT = Told("a", datetime(2026, 11, 20, tzinfo=UTC), "2026-11-20T00:00:00")
WALL = Told("b", None, "2026-11-20T00:00:00")
BAD = Told("c")
RECEIVED = Told("d", datetime(2026, 11, 21, tzinfo=UTC), "2026-11-21T00:00:00")


@pytest.mark.parametrize(
    ("sent", "received", "time"),
    [
        (SENT, RECEIVED, SENT),
        (WALL, RECEIVED, WALL),
        (BAD, RECEIVED, RECEIVED),
        (None, RECEIVED, RECEIVED),
        (BAD, None, BAD),
        (BAD, Told("e"), BAD),
        (None, BAD, BAD),
        (None, None, None),
    ],
)
def test_what_is_understood_is_taken_first_as_the_sender_tells_it(
    sent: Told | None, received: Told | None, time: Told | None
) -> None:
    assert Message(1, Place(), sent=sent, received=received).time is time


def test_a_message_that_is_made_quickly_takes_the_same_and_is_the_same() -> None:
    empty = inspect.Parameter.empty
    fields = {one.name: one.default for one in dataclasses.fields(Message)}
    taken = {name: one.default for name, one in inspect.signature(make_message).parameters.items()}
    assert list(taken) == list(fields)
    assert taken == fields | {"number": empty, "place": empty}
    values: dict[str, Any] = {name: name for name in fields}
    assert make_message(**values) == Message(**values)
