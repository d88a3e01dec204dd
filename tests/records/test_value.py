"""Tests of values that are made by the million: they behave as frozen dataclasses do."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from stalklog.records.message import Attachment, Message, Party, Place, Told
from stalklog.records.value import value


@value(frozen=True, slots=True)
class _Quick:
    name: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class _Usual:
    name: str
    size: int = 0


def test_a_value_is_equal_to_one_with_the_same_fields_and_has_the_same_hash() -> None:
    assert _Quick("a") == _Quick("a", 0)
    assert _Quick("a") != _Quick("a", 1)
    assert hash(_Quick("a", 1)) == hash(_Usual("a", 1))
    assert len({_Quick("a"), _Quick("a"), _Quick("b")}) == 2


def test_a_value_is_a_dataclass_and_can_be_replaced() -> None:
    assert [one.name for one in fields(_Quick)] == ["name", "size"]
    assert replace(_Quick("a"), size=3) == _Quick("a", 3)
    assert repr(_Quick("a")) == "_Quick(name='a', size=0)"


def test_a_value_has_no_room_for_another_field() -> None:
    assert not hasattr(_Quick("a"), "__dict__")


def test_a_message_and_all_in_it_can_stand_in_a_set() -> None:
    message = Message(
        1,
        Place(1, 2),
        sender=Party("Ravi"),
        sent=Told("x", wall="2024-03-05T21:30:00"),
        attachments=(Attachment("a.jpg"),),
    )
    assert {message} == {replace(message)}
    assert {message} != {replace(message, text="x")}
