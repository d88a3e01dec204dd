"""What a mail's header says about where the mail ends; read before anything else of it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from stalklog.safety.limits import MAX_HEADER_BYTES, MAX_MAIL_BYTES

_END: Final = re.compile(rb"\n(?:\r?\n|(?=From ))")
"""A blank line; a broken header ends at the next separator."""
_TYPE: Final = re.compile(rb"\ncontent-type[ \t]*:[ \t\r\n]*multipart/[^\n]*(?:\n[ \t][^\n]*)*")
_BOUNDARY: Final = re.compile(
    rb"""[;\s]boundary\s*=\s*(?:"((?:[^"\\]|\\.){0,500})"?|([^\s;"]+))""", re.IGNORECASE | re.DOTALL
)
_ESCAPED: Final = re.compile(rb"\\(.)|[\r\n]")
_LENGTH: Final = re.compile(rb"\ncontent-length[ \t]*:[ \t]*(\d{1,12})[ \t]*\r?\n")
_MAX_BOUNDARY_BYTES: Final = 200
"""RFC 2046 section 5.1.1 allows 70."""


@dataclass(frozen=True, slots=True)
class Peek:
    """What a header says about its mail's end."""

    boundary: bytes = b""
    """Of the multipart that the mail is; empty if it is none."""
    length: int | None = None
    """Its `Content-Length`, which may be wrong; None if it is longer than a mail that is read."""


def find_end(window: bytes, at: int) -> int | None:
    """Where the body begins behind a header; None if the header goes on beyond the window.

    Args:
        window: A part of the file.
        at: The end of the line above the header.
    """
    found = _END.search(window, at, at + MAX_HEADER_BYTES)
    return found.end() if found else None


def peek(window: bytes, at: int, body: int) -> Peek:
    """Read the two fields that matter.

    Args:
        window: A part of the file.
        at: The end of the line above the header.
        body: Where the body begins.
    """
    header = window[at:body]
    lowered = header.lower()
    return Peek(_boundary(header, lowered), _length(lowered))


def _boundary(header: bytes, lowered: bytes) -> bytes:
    at = lowered.find(b"\ncontent-type")
    field = _TYPE.match(lowered, at) if at >= 0 else None
    found = field and _BOUNDARY.search(header, field.start(), field.end())
    if not found:
        return b""
    quoted, plain = found.groups()
    boundary = plain if plain is not None else _ESCAPED.sub(rb"\1", quoted)
    boundary = boundary.rstrip()
    return boundary if len(boundary) <= _MAX_BOUNDARY_BYTES else b""


def _length(lowered: bytes) -> int | None:
    at = lowered.find(b"\ncontent-length")
    found = _LENGTH.match(lowered, at) if at >= 0 else None
    length = int(found[1]) if found else None
    return length if length is not None and length <= MAX_MAIL_BYTES else None
