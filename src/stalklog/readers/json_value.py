"""What stands in a JSON export, taken as what is wanted; anything else is nothing."""

from __future__ import annotations

from typing import Any, Final

_MAX_SIZE: Final = (1 << 63) - 1
"""The longest file that any system has."""


def word(value: Any) -> str:  # noqa: ANN401 - what JSON can hold
    """A name or a number as text."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def as_dict(value: Any) -> dict[str, Any]:  # noqa: ANN401 - what JSON can hold
    """An object."""
    return value if isinstance(value, dict) else {}


def dicts(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - what JSON can hold
    """The objects of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def words(value: Any) -> list[str]:  # noqa: ANN401 - what JSON can hold
    """The names and numbers of a list, as text."""
    return [found for one in value if (found := word(one))] if isinstance(value, list) else []


def size(value: Any) -> int | None:  # noqa: ANN401 - what JSON can hold
    """A size in bytes, as far as there can be such a file."""
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return value if is_count and 0 <= value <= _MAX_SIZE else None


def join(*parts: str) -> str:
    """The parts that say something, each on a line of its own."""
    return "\n".join(filter(None, parts))


def called(name: str, id_: str) -> str:
    """What a chat is called, with the number that tells it from others of that name."""
    return f"{name} ({id_})" if name and id_ and name != id_ else name or id_
