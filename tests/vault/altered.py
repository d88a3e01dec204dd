"""Lines and bodies altered in ways that a careless reader would let pass."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.core.entry import JsonObject

_BYTES: Final = (
    *(
        b'"',
        b",",
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b"1.5",
        b"1e3",
        b"-1",
        b"0",
        b" ",
        b"null",
        b"true",
    ),
    *(b'""', b"\\u0041", b"\\/", b"\\u001f", b"\\n", b"\0", b"\x1f", b"\xff", b"\xed\xa0\x80"),
    *(b"E-0000", b"#1", b"2026-02-30", b"range", b'"end":"2026-11-20T22:15:00+05:30",', b',"}'),
    *(b"18446744073709551615", b"9007199254740993", b"T24:00:00Z", b"0000-01-01"),
)
_VALUES: Final[tuple[Any, ...]] = (
    *(None, "", [], {}, 1.5, 0, 1, -1, 2**53, 2**63, 2**64 - 1, 2**70, True, "x", "a,", '\x01"\\'),
    *("E-0001", "E-0099", "T-0001.1", "#3", ["E-0001"], ["E-0099", "#2"], "range", "unknown"),
    *("2026-02-29", "2024-02-29", "2026-11-20T24:00:00Z", "0000-01-01T00:00:00Z", "2026-04-31"),
    *({"K": 1}, {"a": {"b": 1.5}}, [[[[[[[[[[[[[[[[["deep"]]]]]]]]]]]]]]]]], "मैं 🌙"),
)
_NAMES: Final = (
    *("end", "start", "x", "X", "name", "name_base64", "relative_path_base64", "by", "words"),
    *("evidence", "set", "unset", "sha256", "behaviour", "precision", "form", "to"),
)


@st.composite
def altered_objects(draw: st.DrawFn, good: JsonObject) -> JsonObject:
    """The object with up to three values replaced, removed, added."""
    value: Any = copy.deepcopy(good)
    for _ in range(draw(st.integers(0, 3))):
        places = list(_places(value))
        if not places:
            break
        holder, key = draw(st.sampled_from(places))
        match draw(st.sampled_from(("replace", "remove", "add"))):
            case "replace":
                holder[key] = copy.deepcopy(draw(st.sampled_from(_VALUES)))
            case "remove":
                del holder[key]
            case _ if isinstance(holder, dict):
                holder[draw(st.sampled_from(_NAMES))] = copy.deepcopy(
                    draw(st.sampled_from(_VALUES))
                )
            case _:
                holder.append(copy.deepcopy(draw(st.sampled_from(_VALUES))))
    return value  # type: ignore[no-any-return]


@st.composite
def altered_bytes(draw: st.DrawFn, good: bytes) -> bytes:
    """The bytes with up to two places changed, filled or cut out."""
    data = good
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 6))
        data = data[:at] + draw(st.sampled_from((b"", *_BYTES))) + data[at + length :]
    return data


def dumped(value: JsonObject) -> bytes:
    """As a line would hold it, were it valid."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - whatever JSON holds
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(items):
        yield value, key
        if isinstance(item, dict | list):
            yield from _places(item)
