"""The one way to write an entry as bytes: RFC 8785 JSON, in a profile without floats.

Allowed are strings without lone surrogates, booleans, null, integers with |n| < 2^53, arrays, and
objects whose keys match `[a-z0-9_]+`, nested at most 16 deep. On that profile orjson with sorted
keys, and `json.dumps` likewise, give the same bytes as RFC 8785.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stalklog.core.entry import JsonObject, JsonValue

MAX_DEPTH = 16
MAX_INTEGER = 2**53 - 1
_KEY = re.compile(r"[a-z0-9_]+")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class NotCanonicalError(ValueError):
    """The bytes are not a canonical line; `code` is the fault that `verify` names."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def encode(value: JsonObject) -> bytes:
    """The canonical bytes of an object, without a newline.

    Raises:
        NotCanonicalError: The object is outside the profile; nothing was encoded.
    """
    require_profile(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def decode(line: bytes) -> JsonObject:
    """The object that a canonical line holds.

    Raises:
        NotCanonicalError: With the first fault that applies, one of `NOT_UTF8`, `NOT_JSON`,
            `DUPLICATE_KEY`, `NOT_CANONICAL`.
    """
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise NotCanonicalError("NOT_UTF8") from None
    try:
        value = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse)
    except NotCanonicalError:
        raise
    except (ValueError, RecursionError):
        raise NotCanonicalError("NOT_JSON") from None
    if not isinstance(value, dict):
        raise NotCanonicalError("NOT_JSON")
    if encode(value) != line:
        raise NotCanonicalError("NOT_CANONICAL")
    return value


def require_profile(value: object, depth: int = 1) -> None:
    """Refuse what canonical lines cannot hold.

    Raises:
        NotCanonicalError: `NOT_CANONICAL`, for a value outside the profile.
    """
    if isinstance(value, str):
        is_held = value.isascii() or not _SURROGATE.search(value)
    elif isinstance(value, dict):
        is_held = depth <= MAX_DEPTH and all(map(_is_key, value))
        _require_items(value.values() if is_held else (), depth + 1)
    elif isinstance(value, list):
        is_held = depth <= MAX_DEPTH
        _require_items(value if is_held else (), depth + 1)
    else:
        is_held = value is None or (isinstance(value, int) and abs(value) <= MAX_INTEGER)
    if not is_held:
        raise NotCanonicalError("NOT_CANONICAL")


def _require_items(items: Iterable[object], depth: int) -> None:
    for item in items:  # of most a look tells it, and no call costs less
        kind = type(item)
        if kind is str and item.isascii():  # type: ignore[attr-defined]
            continue
        if kind is int and -MAX_INTEGER <= item <= MAX_INTEGER:  # type: ignore[operator]
            continue
        require_profile(item, depth)


@lru_cache(maxsize=1024)
def _is_key(key: object) -> bool:
    return isinstance(key, str) and _KEY.fullmatch(key) is not None


def _without_repeats(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise NotCanonicalError("DUPLICATE_KEY")
    return value


def _refuse(_constant: str) -> NoReturn:
    raise NotCanonicalError("NOT_JSON")
