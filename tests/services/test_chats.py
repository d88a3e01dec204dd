"""Tests of the chats in an export: their counts, and one of them in the order of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from stalklog.records.message import Message, Place, Told
from stalklog.services import chats
from stalklog.services.chats import Chats, in_order_of_time

if TYPE_CHECKING:
    import pytest

_START = datetime(2026, 10, 1, 21, 30, tzinfo=UTC)


def _message(number: int, minutes: int | None, chat: str = "Ravi", **more: object) -> Message:
    sent = None
    if minutes is not None:
        instant = _START + timedelta(minutes=minutes)
        sent = Told(instant.isoformat(), instant, instant.isoformat()[:19])
    return Message(number, Place(), sent=sent, conversation=chat, **more)  # type: ignore[arg-type]


def _numbers(messages: object) -> list[int]:
    return [message.number for message in messages]  # type: ignore[attr-defined]


def test_the_messages_of_each_chat_are_counted_as_they_pass() -> None:
    passing = Chats(
        [_message(1, 0), _message(2, 0, "Asha"), _message(3, 1), _message(4, 1, parent=3)]
    )
    assert _numbers(passing) == [1, 2, 3, 4]
    assert passing.counts == {"Ravi": 2, "Asha": 1}


def test_newest_first_becomes_oldest_first_and_a_reaction_stays_behind_its_message() -> None:
    messages = [_message(1, 9), _message(2, None, parent=1), _message(3, 4), _message(4, 4)]
    ordered, is_ordered = in_order_of_time(messages, UTC)
    assert _numbers(ordered) == [3, 4, 1, 2]
    assert is_ordered


def test_what_has_no_time_stays_where_it_stands() -> None:
    ordered, _is = in_order_of_time([_message(1, None), _message(2, 5), _message(3, 1)], UTC)
    assert _numbers(ordered) == [3, 1, 2]
    undated = [_message(2, None), _message(1, None)]
    assert in_order_of_time(undated, UTC) == (undated, False)


def test_of_very_many_the_order_is_left_and_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chats, "MAX_ORDERED", 3)
    messages = [_message(number, -number) for number in range(1, 8)]
    ordered, is_ordered = in_order_of_time(iter(messages), UTC)
    assert _numbers(ordered) == [1, 2, 3, 4, 5, 6, 7]
    assert not is_ordered
